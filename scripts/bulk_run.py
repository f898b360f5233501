"""`python scripts/bulk_run.py [PEOPLE]`: one CSV of so many orders, attached in the 1:1 chat of a demo of its own.

Prints how long each part took and what it cost. With `--pictures FOLDER` the chat page is photographed as well: the
preview, at work and ended; light, dark and at phone width.
"""

import argparse
import base64
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.browser import ARGUMENTS, find_chromium
from support.site import Chat, Json, Site, running_site, text_of

PATIENCE_SECONDS = 1800
LOOKS = {"light": ("light", 1100), "dark": ("dark", 1100), "phone": ("light", 390)}

Picture = Callable[[str], None]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("people", nargs="?", type=int, default=200)
    options.add_argument("--pictures", type=Path)
    options.add_argument("--speed", type=int, default=60, help="simulated seconds a second, as in the demo")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder), speed=chosen.speed) as site:
        site.post("/sandbox/subscriptions/ENTERPRISEPACK", enabled=chosen.people + 1000)
        if not chosen.pictures:
            print(json.dumps(run(site, chosen.people, lambda _: None), indent=1))
            return
        chosen.pictures.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            figures = run(site, chosen.people, lambda name: photograph(browser, site, chosen.pictures / name))
            browser.close()
        print(json.dumps(figures, indent=1))


def run(site: Site, people: int, picture: Picture) -> Json:
    chat = site.chat()
    rows = [f"starter{number}@contoso.com;New Starter {number};E3;US;Sales" for number in range(1, people + 1)]
    content = "\r\n".join(["UPN;Display name;License;Location;Department", *rows, "nobody;N;E3;US;"])
    started = time.perf_counter()
    file = {"name": "new-starters.csv", "content": base64.b64encode(content.encode("utf-16")).decode()}
    chat.say("", files=[file])
    preview = chat.see("can start", "1 cannot")
    checked = time.perf_counter()
    picture("preview")
    begun = time.perf_counter()
    chat.click(preview, f"Start {people}")
    chat.see("Being prepared")
    picture("running")
    wait(lambda: site.effects()["licenses_assigned"] >= people, "everybody has a license")
    ordered = time.perf_counter()
    wait(lambda: ready(chat) >= 0.9 * people, "nine in ten are ready")
    most = time.perf_counter()
    wait(lambda: bool(chat.heard("ended") or chat.heard("all ready")), "the list has ended")
    done = time.perf_counter()
    time.sleep(4)  # the card is drawn again every three seconds
    picture("ended")
    log = [one for one in site.get("/sandbox/connector/log")["received"] if one["status"] < 300]
    return {
        "people": people,
        "told": text_of(chat.heard("new-starters.csv")[-1])[:120],
        "seconds_to_check": round(checked - started, 1),
        "seconds_until_all_have_licenses": round(ordered - begun, 1),
        "seconds_until_nine_in_ten_are_ready": round(most - begun, 1),
        "seconds_until_the_last_is_ready": round(done - begun, 1),
        "messages": sum(one["operation"] == "send" and one["type"] == "message" for one in log),
        "updates": sum(one["operation"] == "edit" for one in log),
        "changed": {name: count for name, count in site.effects().items() if count},
        "throttled": site.get("/sandbox/requests?limit=1")["throttled"],
    }


def ready(chat: Chat) -> int:
    """As the card has it."""
    found = re.findall(r" people — (\d+) ready| people — (all) ready", text_of(chat.heard("new-starters.csv")[-1]))
    return max((sys.maxsize if everybody else int(count) for count, everybody in found), default=0)


def wait(is_so: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > ends:
            raise SystemExit(f"Not within {PATIENCE_SECONDS} seconds: {what}")
        time.sleep(0.5)


def photograph(browser: Browser, site: Site, stem: Path) -> None:
    for look, (scheme, width) in LOOKS.items():
        page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
        page.goto(f"{site.url}/?as=helga&chat=personal&theme={scheme}")
        page.locator("#app[data-ready]").wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        page.screenshot(path=f"{stem}-{look}.png", animations="disabled")
        page.close()


if __name__ == "__main__":
    main()
