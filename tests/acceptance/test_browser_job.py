"""The job in the chat page: a form that is filled in while other cards change, the news as a toast, two people."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from support.browser import ARGUMENTS
from support.site import Site, newcomer

pytestmark = pytest.mark.browser

PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Any, desk: Site) -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE_MS)
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(f"{desk.url}/?as=helga&chat=personal")
    yield opened
    opened.close()


def look_at(page: Page, desk: Site, who: str, chat: str) -> None:
    page.goto(f"{desk.url}/?as={who}&chat={chat}")
    expect(page.locator("#app[data-ready] .pane")).to_have_count(1)


def say(page: Page, text: str) -> None:
    box = page.locator("#text")
    box.fill(text)
    box.press("Enter")


def message(page: Page, *words: str) -> Locator:
    """The newest message with the words. It is pinned by its id, so that an edit is seen in the very same one."""
    found = page.locator("article")
    for each in words:
        found = found.filter(has_text=each)
    expect(found.last).to_be_visible()
    return page.locator(f"article[data-id='{found.last.get_attribute('data-id')}']")


def test_a_half_typed_form_survives_what_happens_around_it(page: Page, desk: Site) -> None:
    first, second = newcomer(), newcomer()
    look_at(page, desk, "helga", "personal")
    say(page, f'provision {first} name="Joe Other" license=E3 location=US')
    live = message(page, first, "Joe Other — preparing the mailbox")

    say(page, f"provision {second}")
    form = message(page, f"A few details for {second}")
    name = form.get_by_role("textbox", name="Display name")
    name.fill("Jane")
    name.press("End")

    desk.mailbox_answers(first)
    expect(live).to_contain_text("Joe Other — mailbox ready")  # in place, while somebody types
    notification = message(page, first, "Show sign-in details")
    expect(notification).to_be_visible()
    expect(name).to_have_value("Jane")
    expect(name).to_be_focused()

    page.keyboard.type(" Doe")
    form.get_by_placeholder("Type to find a country").fill("Germany (DE)")
    licenses = form.locator("select")
    offered = licenses.locator("option", has_text="Office 365 E3")
    licenses.select_option(offered.get_attribute("value"))
    form.get_by_role("button", name="Provision").click()
    message(page, second, "Jane Doe — preparing the mailbox")
    expect(form.get_by_role("button", name="Provision")).to_have_count(0)
    assert desk.effects(second) == {"created": 1, "licenses_assigned": 1}


def test_the_requester_hears_of_it_elsewhere_and_alone_sees_the_details(page: Page, desk: Site) -> None:
    upn = newcomer()
    look_at(page, desk, "helga", "group")
    say(page, f'@Mailroom provision {upn} name="Jane Doe" license=E3 location=US')
    live = message(page, upn, "Jane Doe — preparing the mailbox")
    live.get_by_role("button", name="Cancel").click()
    expect(live).to_contain_text("Stop working on Jane Doe?")
    live.get_by_role("button", name="Back").click()
    expect(live).to_contain_text("Jane Doe — preparing the mailbox")

    become(page, "Adam Admin")
    page.get_by_role("button", name="Mailroom").first.click()
    desk.mailbox_answers(upn)
    expect(page.locator("#toasts")).to_contain_text("Jane Doe — mailbox ready")
    page.locator("#toasts").get_by_text("Jane Doe — mailbox ready").click()
    notification = message(page, upn, "Show sign-in details")
    notification.get_by_role("button", name="Show sign-in details").click()
    expect(notification).to_contain_text("shown only to Helga Desk")

    become(page, "Helga Desk")
    notification = message(page, upn, "Show sign-in details")
    notification.get_by_role("button", name="Show sign-in details").click()
    expect(notification).to_contain_text("1:1 chat")
    look_at(page, desk, "helga", "personal")
    own = message(page, upn, "Show sign-in details")
    own.get_by_role("button", name="Show sign-in details").click()
    expect(own).to_contain_text("Temporary Access Pass")
    assert desk.effects(upn)["access_passes"] == 1


def become(page: Page, name: str) -> None:
    page.locator("#who").click()
    page.get_by_role("menuitemradio", name=name).or_(page.get_by_role("menuitem", name=name)).first.click()
    expect(page.locator("#who")).to_contain_text(name)
