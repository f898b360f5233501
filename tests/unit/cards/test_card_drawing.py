"""Every card drawn by Microsoft's renderer in headless Chromium: nothing unknown, nothing sticks out of a phone.

In German as well, which is longer; the colors change nothing about that, so once.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from support import browser, card_checks, card_samples, render_cards

from cards.language import speaking
from provisioning.causes import CAUSES
from provisioning.escalation import SUPPORT_URL

# What we link to ourselves; nothing from outside may become a link.
OUR_LINKS = {*(cause.source.url for cause in CAUSES.values()), SUPPORT_URL, "https://outlook.office.com"}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    with render_cards.browser_page(chromium, browser.ARGUMENTS) as opened:
        yield opened


@pytest.mark.parametrize(("theme", "locale"), [("light", "en-US"), ("dark", "en-US"), ("light", "de-DE")])
def test_every_card_is_drawn_whole_at_phone_width(page: Page, theme: str, locale: str) -> None:
    render_cards.prepare(page, theme, 340)
    with speaking(locale):
        samples = card_samples.all_cards()
    for name, card in samples.items():
        assert card_checks.size(card) <= card_checks.SIZE_LIMIT, name
        drawing = render_cards.draw(page, card_checks.downlevel(card), theme)
        assert (name, drawing.problems) == (name, [])
        assert (name, drawing.overflow) == (name, [])
        assert "{{" not in drawing.text, name
        written = json.dumps(card_checks.downlevel(card))
        assert drawing.links == sum(written.count(f"]({url})") for url in OUR_LINKS), name


def test_fallbacks_stand_in_for_what_the_renderer_lacks(page: Page) -> None:
    render_cards.prepare(page, "light", 340)
    drawing = render_cards.draw(page, card_samples.all_cards()["progress_waiting"], "light")
    assert all("Unknown element type" in problem for problem in drawing.problems)
    assert "58 %" in drawing.text
    assert "✓" in drawing.text


def test_evidence_opens_on_a_click(page: Page) -> None:
    render_cards.prepare(page, "light", 340)
    render_cards.draw(page, card_samples.all_cards()["problem"], "light")
    message = page.get_by_text("Request_BadRequest")
    assert not message.is_visible()
    page.get_by_role("button", name="What Microsoft 365 said").click()
    assert message.is_visible()
    assert page.evaluate(render_cards.OVERFLOW) == []
