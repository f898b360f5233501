"""`make screenshot`: start the demo, order a mailbox in the chat page, and keep the picture as docs/screenshot.png."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import ARGUMENTS, find_chromium

TARGET = ROOT / "docs" / "screenshot.png"
ORDER = 'provision jane@contoso.com name="Jane Doe" license=E3 location=US'
AWAITED = "Preparing a mailbox"


def main() -> None:
    chromium = find_chromium()
    if not chromium:
        raise SystemExit("There is no Chromium on PATH: apt-get install chromium")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 880}, color_scheme="light")
        take(page, address)
        browser.close()
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1024} KB")


def take(page: Page, address: str) -> None:
    """Order, wait until the mailbox is being prepared, and look."""
    page.goto(address)
    box = page.get_by_placeholder("Try: provision jane@contoso.com")  # there once the page has come to life
    box.fill(ORDER)
    box.press("Enter")
    page.get_by_text(AWAITED).first.wait_for(timeout=60_000)
    page.wait_for_timeout(2500)  # the panel beside it looks at the tenant every other second
    for dismiss in page.locator("#toasts").get_by_label("Dismiss").all():
        dismiss.click()
    TARGET.parent.mkdir(exist_ok=True)
    page.screenshot(path=TARGET, animations="disabled")


@contextmanager
def demo() -> Iterator[str]:
    """The demo on free ports, with a tenant whose mailboxes take long enough to look at."""
    port, bot_port = free_port(), free_port()
    address = f"http://127.0.0.1:{port}/"
    ports = ("--port", str(port), "--bot-port", str(bot_port))
    with tempfile.TemporaryDirectory() as keep:
        argv = [sys.executable, "-m", "sandbox.demo", *ports, "--keep", keep, "--speed", "30"]
        running = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{bot_port}/readyz", running)
            yield address
        finally:
            running.terminate()
            running.wait(30)


def wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if running.poll() is not None:
            raise SystemExit("The demo did not start; see above.")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} did not answer within a minute.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
