"""The main job as a person does it, in a browser: once in the chat page and once in Microsoft's Agents Playground.

Both are started by the very commands behind `make demo` and `make playground`.
"""

import asyncio
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from support.browser import ARGUMENTS
from support.processes import Process, Processes, free_port, wait_until

pytestmark = pytest.mark.browser

ORDER = 'provision jane@contoso.com name="Jane Doe" license=E3 location=US'
PREPARING = "Jane Doe — preparing the mailbox"
READY = "Jane Doe — mailbox ready"
UP = "Ctrl-C stops everything"
PATIENCE_MS = 60_000


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        opened = await browser.new_page(viewport={"width": 1280, "height": 1000})
        opened.set_default_timeout(PATIENCE_MS)
        yield opened
        await browser.close()


def command(processes: Processes, module: str, port: int, keep: Path, *more: str) -> Process:
    """The command, with a tenant whose mailboxes come when the test says so."""
    ports = ("--port", str(port), "--bot-port", str(free_port()), *more)
    return processes.python("-m", module, *ports, "--keep", str(keep), "--scenario", "mailbox-never-ready")


def mailbox_answers(sandbox_port: int) -> None:
    """From now on Jane's does."""
    url = f"http://127.0.0.1:{sandbox_port}/sandbox/users/jane@contoso.com/mailbox"
    request = urllib.request.Request(url, b'{"ready": true}', {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


async def see_it_through(page: Page, sandbox_port: int) -> None:
    """After the order was typed: the card changes in place, the ready message comes, its button answers."""
    patiently = {"timeout": PATIENCE_MS}
    await expect(page.get_by_text(PREPARING).last).to_be_visible(**patiently)
    await expect(page.get_by_text("Office 365 E3 is assigned and active.")).to_have_count(1)

    await asyncio.to_thread(mailbox_answers, sandbox_port)
    await expect(page.get_by_text("The notification was sent.")).to_be_visible(**patiently)
    await expect(page.get_by_text(PREPARING, exact=True)).to_have_count(0)
    await expect(page.get_by_text("Office 365 E3 is assigned and active.")).to_have_count(1)

    await page.get_by_role("button", name="Show sign-in details").last.click()
    await expect(page.get_by_text("Sign-in details for Jane Doe").last).to_be_visible(**patiently)


async def test_the_chat_page(page: Page, processes: Processes, tmp_path: Path) -> None:
    port = free_port()
    demo = command(processes, "sandbox.demo", port, tmp_path)
    await asyncio.to_thread(demo.wait_printed, UP, 60)
    await page.goto(f"http://127.0.0.1:{port}/")
    box = page.get_by_placeholder("Try: provision jane@contoso.com")
    await box.fill(ORDER)
    await box.press("Enter")
    await see_it_through(page, port)


@pytest.mark.playground
async def test_the_agents_playground(page: Page, processes: Processes, tmp_path: Path) -> None:
    port, own_port = free_port(), free_port()
    started = command(processes, "sandbox.playground", port, tmp_path, "--playground-port", str(own_port))
    await asyncio.to_thread(wait_until, lambda: UP in started.printed or not started.is_alive, "it starts", 180)
    if "could not fetch" in started.printed:
        pytest.skip(f"npm cannot be reached, so there is no Playground to try: {started.printed[-200:]}")
    assert UP in started.printed, started.printed
    await page.goto(f"http://127.0.0.1:{own_port}/")
    box = page.get_by_role("textbox").first
    await box.click()
    await page.keyboard.type(ORDER)
    await page.keyboard.press("Enter")
    await see_it_through(page, port)
