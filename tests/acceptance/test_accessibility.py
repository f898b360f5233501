"""Every card in the chat page: named, labelled, readable in both themes, reached by the keyboard; on a phone, too."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from support.accessibility import AUDIT, OUTSIDE
from support.browser import ARGUMENTS
from support.card_samples import all_cards
from support.chat import Teams, running_teams
from support.fake_bot import message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SIZES = {"wide": (1280, 900), "phone": (380, 780)}
LOOKS = [("light", "wide"), ("dark", "wide"), ("light", "phone")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def teams() -> AsyncIterator[Teams]:
    """Helga's chat with every card that there is in it."""
    async with running_teams() as running:
        await running.post("open", "helga", "personal")
        await running.call("POST", "/sandbox/connector/limits", {"enabled": False})
        for card in all_cards().values():
            path = "/connector/v3/conversations/a:helga-personal/activities"
            await running.call("POST", path, message(card), 201)
        yield running


async def look(browser: Browser, teams: Teams, theme: str, size: str) -> Page:
    width, height = SIZES[size]
    page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    await page.goto(f"{teams.url}/?as=helga&chat=personal&theme={theme}")
    await expect(page.locator("#app[data-ready] .pane .card")).to_have_count(len(all_cards()), timeout=20_000)
    return page


@pytest.mark.parametrize(("theme", "size"), LOOKS)
async def test_cards_can_be_read_and_used_by_everybody(browser: Browser, teams: Teams, theme: str, size: str) -> None:
    page = await look(browser, teams, theme, size)
    for toggle in await page.locator(".pane .ac-selectable[aria-expanded=false]").all():
        await toggle.dispatch_event("click")  # what is behind a toggle is read as well
    assert await page.evaluate(AUDIT, "#thread") == []
    assert await page.evaluate(OUTSIDE, "#panes") == []
    await page.close()


async def test_the_tab_key_reaches_every_button_and_field_of_a_form(browser: Browser, teams: Teams) -> None:
    page = await look(browser, teams, "light", "wide")
    form = page.locator(".card", has_text="Check who they are").last
    await form.locator("input").first.focus()
    wanted = await form.locator("input:visible, select:visible, button:visible").count()
    reached: list[Any] = [await page.evaluate("document.activeElement.outerHTML")]
    for _ in range(wanted - 1):
        await page.keyboard.press("Tab")
        assert await form.evaluate("(card) => card.contains(document.activeElement)")
        reached.append(await page.evaluate("document.activeElement.outerHTML"))
    assert len(set(reached)) == wanted
    await page.close()
