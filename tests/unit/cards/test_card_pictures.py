"""The pictures of charts: what Teams takes, small enough for a message, and never a surprise."""

import base64
import io
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from support import card_checks, card_samples

from cards.charts import Series, bars, columns
from cards.pictures import COLORS, WIDTH

DATA = "data:image/png;base64,"
MOST_BYTES = 6_000
CHARTS = sorted(name for name in card_checks.TEAMS_ONLY if name.startswith("Chart."))
NUMBERS = st.floats(0, 1e7, allow_nan=False)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def pictures(card: Any) -> list[str]:
    return [item["fallback"]["url"] for item in card_checks.walk(card) if item["type"].startswith("Chart.")]


def opened(url: str) -> Image.Image:
    assert url.startswith(DATA)
    return Image.open(io.BytesIO(base64.b64decode(url.removeprefix(DATA), validate=True)))


def test_every_kind_of_chart_is_among_the_samples() -> None:
    cards = card_samples.all_cards().values()
    assert {item["type"] for card in cards for item in card_checks.walk(card)} >= set(CHARTS)


def test_every_picture_of_the_samples_is_a_small_png_as_teams_takes_it() -> None:
    found = [url for card in card_samples.all_cards().values() for url in pictures(card)]
    assert found
    for url in found:
        picture = opened(url)
        assert picture.format == "PNG"
        assert picture.width == WIDTH
        assert picture.height <= 1024
        assert len(url) <= MOST_BYTES


def test_the_alternative_text_has_the_numbers() -> None:
    chart = columns("Mailboxes", ["< 5 min", "5–10 min"], [Series("mailboxes", (3.0, 12.0), "good")]).render()
    assert chart["fallback"]["altText"] == "Mailboxes. < 5 min: mailboxes 3; 5–10 min: mailboxes 12."


@settings(max_examples=15, deadline=None)
@given(
    title=WORDS,
    rows=st.lists(st.tuples(WORDS, NUMBERS, NUMBERS), min_size=0, max_size=12),
    color=st.sampled_from(sorted(COLORS)),
    draw=st.sampled_from([columns, bars]),
)
@example(title="two\nlines\x00", rows=[("a\r\nb", 1.0, 2.0)], color="good", draw=columns)
def test_whatever_the_words_and_numbers_a_picture_comes(title: str, rows: list[Any], color: str, draw: Any) -> None:
    labels = [label for label, _, _ in rows]
    both = [Series(title, tuple(row[at] for row in rows), color) for at in (1, 2)]
    for series in (both[:1], both):
        chart = draw(title, labels, series).render()
        assert opened(chart["fallback"]["url"]).width == WIDTH


def test_a_series_with_too_few_numbers_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="one number for each of its 2 labels"):
        columns("Mailboxes", ["a", "b"], [Series("x", (1.0,), "good")])
