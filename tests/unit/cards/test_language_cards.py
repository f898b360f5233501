"""Cards in German: nothing that the catalogue knows is left in English; durations, numbers, countries and charts."""

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from support import card_samples

from cards.cause_names import NAMES
from cards.charts import Series, bars
from cards.countries import country_names
from cards.language import speaking, told
from cards.texts import duration
from provisioning.causes import CAUSES

SEEN = ("text", "title", "label", "placeholder", "errorMessage", "altText", "fallbackText", "legend", "tooltip")
IN_ENGLISH = ("escalation", "escalation_hostile")  # for Microsoft's support


def words(value: Any) -> Iterator[str]:
    """What is read or heard, and nothing that travels hidden."""
    if isinstance(value, list):
        for member in value:
            yield from words(member)
    if isinstance(value, dict):
        yield from (value[name] for name in SEEN if name in value)
        yield from (fact["value"] for fact in value.get("facts", []))
        for name, member in value.items():
            if name != "data":
                yield from words(member)


def test_no_sentence_that_the_catalogue_knows_is_left_in_english() -> None:
    with speaking("de-DE"):
        samples = card_samples.all_cards()
        for name in samples.keys() - set(IN_ENGLISH):
            assert [one for one in words(samples[name]) if told(one) != one] == [], name


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(milliseconds=300), "unter 1 s"),
        (timedelta(minutes=65), "1 h 5 min"),
        (timedelta(days=1), "1 Tag"),
        (timedelta(days=3, hours=4), "3 Tage 4 h"),
    ],
)
def test_durations(span: timedelta, expected: str) -> None:
    with speaking("de"):
        assert duration(span) == expected


def test_countries_by_their_german_names_in_order() -> None:
    english = country_names()
    with speaking("de"):
        german = country_names()
    assert (english["AT"], german["AT"]) == ("Austria", "Österreich")
    assert german.keys() == english.keys()
    order = [unicodedata.normalize("NFKD", name) for name in german.values()]
    assert order == sorted(order)


def test_a_chart_has_the_readers_decimal_mark_in_words_and_picture() -> None:
    def drawn() -> tuple[str, str]:
        fallback = bars("Minuten", ["A"], [Series("", (7.5,), "good")]).render()["fallback"]
        return fallback["altText"], fallback["url"]

    english, english_picture = drawn()
    with speaking("de"):
        german, german_picture = drawn()
    assert (english, german) == ("Minuten. A: 7.5.", "Minuten. A: 7,5.")
    assert english_picture != german_picture


def test_every_cause_has_a_name_for_charts() -> None:
    assert NAMES.keys() == CAUSES.keys()
