"""The chat page in headless Chromium, with a fake bot behind it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect
from support.browser import ARGUMENTS
from support.chat import Teams, running_teams
from support.fake_bot import card, execute, form_card, message, progress_card, text

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        await started.close()


@dataclass
class Seat:
    """Somebody in front of the page. `troubles` are errors of the page and requests to other hosts."""

    page: Page
    teams: Teams
    troubles: list[str] = field(default_factory=list)

    async def sit(self, query: str = "as=helga&chat=personal") -> None:
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda note: self.troubles.append(note.text) if is_trouble(note.text) else None)
        self.page.on("request", self._watch)
        await self.page.goto(f"{self.teams.url}/?{query}")
        await expect(self.page.locator("#app[data-ready] .pane")).to_have_count(1)

    def _watch(self, request: Any) -> None:
        if not request.url.startswith(self.teams.url):
            self.troubles.append(f"asked {request.url}")

    @property
    def box(self) -> Locator:
        return self.page.locator("#text")

    async def say(self, words: str) -> None:
        await self.box.fill(words)
        await self.box.press("Enter")

    def button(self, name: str) -> Locator:
        return self.page.locator("#panes").get_by_role("button", name=name, exact=True)

    @property
    def card(self) -> Locator:
        return self.page.locator(".card").last


def is_trouble(words: str) -> bool:
    return any(sign in words for sign in ("Content Security Policy", "Uncaught", "TypeError", "Refused"))


@pytest_asyncio.fixture(loop_scope="module")
async def teams() -> AsyncIterator[Teams]:
    async with running_teams() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened.set_default_timeout(8000)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def seat(teams: Teams, context: BrowserContext) -> AsyncIterator[Seat]:
    taken = Seat(await context.new_page(), teams)
    yield taken
    assert taken.troubles == []


async def test_a_message_brings_a_card_that_changes_in_place(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("card")
    await expect(seat.card).to_contain_text("40% done")
    bar = seat.page.get_by_role("progressbar")
    await expect(bar).to_have_attribute("aria-valuenow", "40")
    article = await seat.page.locator("article").last.element_handle()
    last = await teams.bot.first_card()
    await teams.bot.update(last["to"], last["id"], message(progress_card(80), "80%"))
    await expect(bar).to_have_attribute("aria-valuenow", "80")
    await expect(seat.page.locator("article").last).to_contain_text("Edited")
    assert article is not None
    assert await article.evaluate("node => node.isConnected")
    await expect(seat.page.locator("article")).to_have_count(2)
    await expect(seat.page.locator(".toast")).to_have_count(0)
    await expect(seat.page.locator("[data-chat=personal]")).to_contain_text("80%")


async def test_a_view_is_for_the_clicker_alone(seat: Seat, teams: Teams, context: BrowserContext) -> None:
    await seat.sit("as=helga&chat=group")
    mona = Seat(await context.new_page(), teams)
    await mona.sit("as=mona&chat=group")
    await teams.say("helga", "group", "@Mailroom card")
    await mona.button("Check now").click()
    await expect(mona.card).to_contain_text("check by Mona Manager (manual)")
    await seat.page.bring_to_front()  # a page in the background draws once a second
    await expect(seat.card).to_contain_text("40% done")
    await seat.button("Say").click()
    await expect(seat.card.get_by_role("status")).to_have_text("Working on it")
    await seat.button("Fail").click()
    await expect(seat.card.locator(".strip.error")).to_have_text("No seats are left")
    assert mona.troubles == []


async def test_an_old_client_submits(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("card")
    await seat.page.locator("#who").click()
    await seat.page.get_by_role("menuitemcheckbox", name="Old client").click()
    await seat.button("Check now").click()
    await expect(seat.page.locator("article").last).to_contain_text('Submitted {"verb": "check"}')
    assert teams.bot.of_type("invoke") == []


async def test_a_card_refreshes_by_itself_once(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("refresh")
    await expect(seat.card).to_contain_text("refresh by Helga Desk (automatic)")
    await seat.page.reload()
    await expect(seat.card).to_contain_text("refresh by Helga Desk (automatic)")
    assert len(teams.bot.of_type("invoke")) == 1


async def test_refresh_by_hand(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("hello")
    await expect(seat.page.locator("article")).to_have_count(2)
    (activity,) = teams.bot.of_type("message")
    refresh = {"action": execute("Refresh", "refresh")}
    await teams.bot.send(activity, message(card(text("Old"), refresh=refresh)))
    article = seat.page.locator("article").last
    await expect(article).to_contain_text("Old")
    await article.hover()
    await article.get_by_role("button", name="Message options").click()
    await seat.page.get_by_role("menuitem", name="Refresh card").click()
    await expect(article).to_contain_text("refresh by Helga Desk (manual)")


async def test_news_elsewhere_is_a_toast(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("hello")
    await expect(seat.page.locator("article")).to_have_count(2)
    await teams.say("mona", "group", "Has anybody seen **Jane**?")
    toast = seat.page.locator(".toast")
    await expect(toast).to_contain_text("Mona Manager in Helpdesk group")
    await expect(seat.page.locator("[data-chat=group] .badge")).to_have_text("1")
    await expect(seat.page.locator("#announce")).to_contain_text("Mona Manager: Has anybody seen Jane?")
    await toast.get_by_role("button", name="Mona Manager").click()
    await expect(seat.page.locator("#title")).to_have_text("Helpdesk group")
    await expect(seat.page.locator("article")).to_contain_text("Has anybody seen")
    await expect(seat.page.locator("[data-chat=group] .badge")).to_have_count(0)


async def test_the_bots_own_news_here_is_a_toast_too(seat: Seat, teams: Teams) -> None:
    await teams.say("helga", "personal", "hello")
    await seat.sit()
    (asked,) = teams.bot.of_type("message")
    ready = await teams.bot.send(asked, message(card(text("Jane has a mailbox")), "Jane is ready"))
    await expect(seat.page.locator(".toast")).to_contain_text("Jane is ready")
    await expect(seat.card).to_contain_text("Jane has a mailbox")
    await teams.bot.update(asked, ready, message(card(text("Jane still has it"))))
    await expect(seat.card).to_contain_text("Jane still has it")
    await expect(seat.page.locator(".toast")).to_have_count(1)


async def test_the_sandbox_starts_anew(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("hello")
    await expect(seat.page.locator("article")).to_have_count(2)
    await teams.call("POST", "/chat/reset", {})
    await expect(seat.page.locator("article")).to_have_count(0)
    await seat.say("hello")
    await expect(seat.page.locator("article")).to_have_count(2)


async def fill_form(seat: Seat) -> None:
    await seat.button("Details").click()
    await seat.button("More").click()
    await seat.page.locator(".card").get_by_role("combobox").select_option("DE")
    await seat.page.locator(".card input").last.fill("A note")
    name = seat.page.get_by_label("Display name")
    await name.fill("Jane D")
    await name.evaluate("field => field.setSelectionRange(2, 4)")


async def check_form(seat: Seat) -> None:
    name = seat.page.get_by_label("Display name")
    await expect(name).to_have_value("Jane D")
    await expect(seat.page.locator(".card").get_by_role("combobox")).to_have_value("DE")
    await expect(seat.page.get_by_text("The details")).to_be_visible()
    await expect(seat.page.locator(".card input").last).to_have_value("A note")


async def test_a_half_typed_form_survives(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("form")
    form = await teams.bot.first_card()
    await expect(seat.button("Order")).to_be_visible()
    await fill_form(seat)
    field = await seat.page.get_by_label("Display name").element_handle()
    (asked,) = teams.bot.of_type("message")
    other = await teams.bot.send(asked, message(progress_card(10)))
    await teams.bot.update(asked, other, message(progress_card(20)))
    await expect(seat.page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "20")
    assert field is not None
    assert await field.evaluate("node => node.isConnected && node === document.activeElement")
    await check_form(seat)
    # Another theme, another chat and back, and a new version of the very same form.
    await seat.page.locator("#theme").click()
    await check_form(seat)
    await seat.page.locator("[data-chat=group]").click()
    await seat.page.locator("[data-chat=personal]").click()
    await check_form(seat)
    name = seat.page.get_by_label("Display name")
    await name.focus()
    await name.evaluate("field => field.setSelectionRange(2, 4)")
    await teams.bot.update(asked, form["id"], message(form_card("What is still missing?")))
    await expect(seat.page.get_by_text("What is still missing?")).to_be_visible()
    await check_form(seat)
    await expect(name).to_be_focused()
    assert await name.evaluate("field => [field.selectionStart, field.selectionEnd]") == [2, 4]
    await seat.button("Order").click()
    sent = '"display_name": "Jane D", "upn": "jane@contoso.com", "usage_location": "DE", "verb": "order"'
    await expect(seat.page.locator("article").nth(1)).to_contain_text(sent)


async def test_becoming_somebody_else(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("hello from Helga")
    await expect(seat.page.locator("article")).to_have_count(2)
    await seat.page.locator("#who").click()
    await expect(seat.page.get_by_role("menuitemradio", name="Helga Desk")).to_be_focused()
    await seat.page.keyboard.press("ArrowDown")
    await seat.page.keyboard.press("Enter")
    await expect(seat.page.locator("#who")).to_contain_text("Mona Manager")
    await expect(seat.page.locator("article")).to_have_count(0)
    await seat.say("hallo")
    await expect(seat.page.locator("article").last).to_contain_text("You said hallo")
    assert re.search(r"as=mona&chat=personal", seat.page.url)
    assert [one["from"]["id"] for one in teams.bot.of_type("message")] == ["29:helga", "29:mona"]


async def test_mentioning_by_keyboard(seat: Seat, teams: Teams) -> None:
    await seat.sit("as=helga&chat=group")
    await seat.say("lunch?")
    await expect(seat.page.locator("article")).to_have_count(1)
    await seat.box.press_sequentially("@mai")
    await expect(seat.page.get_by_role("option", name="Mailroom")).to_be_visible()
    await seat.box.press("Enter")
    await seat.box.press_sequentially("one")
    await seat.box.press("Shift+Enter")
    await seat.box.press_sequentially("two")
    await expect(seat.page.locator("#mirror mark")).to_have_text("@Mailroom")
    await seat.box.press("Enter")
    await expect(seat.page.locator("article")).to_have_count(3)
    await expect(seat.page.locator("article .mention")).to_have_text("Mailroom")
    (activity,) = teams.bot.of_type("message")
    assert activity["text"] == "<at>Mailroom</at> one\ntwo"


async def test_threads_of_a_channel(seat: Seat, teams: Teams) -> None:
    await seat.sit("as=helga&chat=channel")
    await seat.say("First post")
    await seat.say("@Mailroom card")
    await expect(seat.page.locator(".thread")).to_have_count(2)
    second = seat.page.locator(".thread").nth(1)
    await expect(second).to_contain_text("40% done")
    await second.get_by_role("button", name="Reply").click()
    await seat.say("Thank you")
    await expect(second.locator("article")).to_have_count(3)
    await expect(second).to_contain_text("Thank you")


async def test_a_message_that_could_not_be_delivered(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    teams.bot.failing = True
    await seat.say("please keep this")
    article = seat.page.locator("article")
    await expect(article).to_contain_text("Could not deliver. The bot answered with HTTP 500.")
    teams.bot.failing = False
    await article.get_by_role("button", name="Retry").click()
    await expect(seat.page.locator("article").last).to_contain_text("You said please keep this")
    await expect(seat.page.locator(".fate", has_text="Could not deliver")).to_have_count(0)


async def test_a_click_that_takes_too_long(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("card")
    await teams.call("PUT", "/chat/bot", {"invokeSeconds": 0.2})
    teams.bot.invoke_delay = 10
    await seat.button("Check now").click()
    await expect(seat.card.locator(".strip.error")).to_have_text("Something went wrong. Please try again.")
    await expect(seat.card).to_contain_text("40% done")


async def test_what_the_renderer_lacks(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    await seat.say("hello")
    await expect(seat.page.locator("article")).to_have_count(2)
    (asked,) = teams.bot.of_type("message")
    code = {"type": "CodeBlock", "codeSnippet": "Get-Mailbox jane", "language": "PowerShell", "fallback": text("code")}
    badge = {"type": "Badge", "text": "Late", "style": "Warning", "appearance": "Tint", "fallback": text("late")}
    icon = {"type": "Icon", "name": "CheckmarkCircle", "style": "Filled", "color": "Good", "fallback": text("tick")}
    ring = {"type": "ProgressRing", "fallback": text("Turning")}
    bars = [{"x": "< 5 min", "y": 3}, {"x": "> 24 h", "y": 12}]
    chart = {"type": "Chart.VerticalBar", "title": "Mailboxes", "data": bars, "fallback": text("no chart")}
    parts = [{"legend": "in use", "value": 38}, {"legend": "free", "value": 12}]
    seats = {"type": "Chart.HorizontalBar.Stacked", "data": [{"title": "E3", "data": parts}], "fallback": text("none")}
    await teams.bot.send(asked, message(card(code, badge, icon, ring, chart, seats)))
    await expect(seat.card.get_by_role("figure", name="Mailboxes")).to_contain_text("< 5 min")
    await expect(seat.card.locator("figure").last).to_contain_text("38 / 12")
    await expect(seat.card).not_to_contain_text("no chart")
    await expect(seat.card.locator(".ac-badge")).to_have_text("Late")
    await expect(seat.card.locator(".ac-icon svg")).to_be_visible()
    await expect(seat.card).to_contain_text("Turning")
    await expect(seat.card).not_to_contain_text("late")
    await seat.card.get_by_role("button", name="Copy").click()
    await expect(seat.card.get_by_role("status").first).to_have_text("Copied")


async def test_text_from_outside_stays_text(seat: Seat, teams: Teams) -> None:
    await seat.sit()
    hostile = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) <at>Somebody</at>"
    await seat.say("hello")
    await expect(seat.page.locator("article")).to_have_count(2)
    (asked,) = teams.bot.of_type("message")
    await teams.bot.send(asked, message(card(text(hostile))))
    await teams.bot.send(asked, {"type": "message", "text": hostile})
    await seat.say(hostile)
    await expect(seat.page.locator("article")).to_have_count(6)
    assert await seat.page.locator("article img, article a").count() == 0
    assert await seat.card.locator(".mention").count() == 0
    await expect(seat.card).to_contain_text("<img src=x onerror=alert(1)>")


async def test_one_part_at_a_time_on_a_phone(seat: Seat) -> None:
    await seat.page.set_viewport_size({"width": 390, "height": 844})
    await seat.sit("as=helga&chat=personal&theme=dark")
    await expect(seat.page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(seat.page.locator("#rail")).to_be_hidden()
    await expect(seat.page.locator("#tenant")).to_be_hidden()
    await seat.say("card")
    await expect(seat.card).to_be_visible()
    width = await seat.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await seat.page.locator("#show-tenant").click()
    await expect(seat.page.locator("#tenant")).to_be_visible()
    await seat.page.get_by_role("button", name="Close the tenant panel").click()
    await seat.page.locator("#back").click()
    await expect(seat.page.locator("#rail")).to_be_visible()
    await expect(seat.page.locator("#thread")).to_be_hidden()
    await seat.page.locator("[data-chat=group]").click()
    await expect(seat.page.locator("#title")).to_have_text("Helpdesk group")


async def test_typing_is_shown(seat: Seat) -> None:
    await seat.sit()
    await seat.say("typing")
    await expect(seat.page.locator("#typing")).to_have_text("Mailroom is typing…")
