"""Draws cards to PNG in headless Chromium with Microsoft's own renderer, in colours like those of Teams.

`python tests/support/render_cards.py OUT [NAME…]` draws the samples, light and dark, 640 and 340 px wide, in the
language of the locale MAILROOM_CARDS_LOCALE.
Teams' own elements are replaced by their fallbacks first, so this is the least that any client shows.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "sandbox/chat/vendor"
WIDTHS = (640, 340)

THEMES: dict[str, dict[str, Any]] = {
    "light": {
        "page": "#f5f5f5",
        "text": ("#242424", "#616161"),
        "accent": "#4f52b2",
        "good": "#237b4b",
        "warning": "#835b00",
        "attention": "#c4314b",
        "containers": {
            "default": "#ffffff",
            "emphasis": "#f5f5f5",
            "accent": "#e8ebfa",
            "good": "#e7f2da",
            "warning": "#fbf6d9",
            "attention": "#fcf4f6",
        },
    },
    "dark": {
        "page": "#1f1f1f",
        "text": ("#ffffff", "#adadad"),
        "accent": "#9299f7",
        "good": "#92c353",
        "warning": "#f8d22a",
        "attention": "#f9526b",
        "containers": {
            "default": "#292929",
            "emphasis": "#333333",
            "accent": "#2f2f4a",
            "good": "#0d2e0d",
            "warning": "#463100",
            "attention": "#3e1f25",
        },
    },
}

STYLES = """
body { margin: 0; padding: 12px; background: PAGE; font-family: 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; }
#card { border-radius: 6px; overflow: hidden; box-shadow: 0 1px 3px #0004; }
.ac-actionSet { flex-wrap: wrap; gap: 8px; }
.ac-actionSet > div[aria-hidden] { display: none; }
.ac-pushButton { font: 600 14px 'Segoe UI', 'Noto Sans', sans-serif; padding: 5px 12px; border-radius: 4px;
  border: 1px solid #8888; background: transparent; color: TEXT;
  white-space: normal !important; flex: 0 1 auto !important; }
.ac-pushButton.style-positive { background: #5b5fc7; border-color: #5b5fc7; color: #fff; }
.ac-pushButton.style-destructive { color: ATTENTION; border-color: ATTENTION; }
.ac-input { font: 14px 'Segoe UI', 'Noto Sans', sans-serif; padding: 5px 8px;
  border: 1px solid #8888; border-radius: 4px;
  background: PAGE; color: TEXT; box-sizing: border-box; width: 100%; }
.ac-container p, .ac-textBlock p { margin: 0; }
"""

DRAW = """
([card, config]) => {
  const md = window.markdownit();
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = md.render(text);
    result.didProcess = true;
  };
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(config);
  const context = new AdaptiveCards.SerializationContext();
  drawn.parse(card, context);
  const place = document.getElementById('card');
  place.replaceChildren(drawn.render());
  const problems = [];
  for (let i = 0; i < context.eventCount; i++) problems.push(context.getEventAt(i).message);
  for (const event of drawn.validateProperties().validationEvents) problems.push(event.message);
  return problems;
}
"""

OVERFLOW = """
() => {
  const edge = document.getElementById('card').getBoundingClientRect();
  const out = [];
  for (const item of document.querySelectorAll('#card *')) {
    const box = item.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const clipsItself = ['INPUT', 'SELECT'].includes(item.tagName);
    const clipped = item.scrollWidth > item.clientWidth + 1 && item.clientWidth && !clipsItself;
    if (!clipped && box.right <= edge.right + 1) continue;
    out.push(`${item.className || item.tagName}: ${item.textContent.slice(0, 60)}`);
  }
  return out;
}
"""


@dataclass(frozen=True)
class Drawing:
    """What became of one card: what the renderer complained about, what sticks out, and the text that is seen."""

    problems: list[str]
    overflow: list[str]
    links: int
    text: str


@contextmanager
def browser_page(chromium: str, arguments: list[str]) -> Iterator[Page]:
    """A page with the renderer in it and no network."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        try:
            page = browser.new_page(device_scale_factor=2)
            page.context.set_offline(True)
            yield page
        finally:
            browser.close()


def prepare(page: Page, theme: str, width: int) -> None:
    colors = THEMES[theme]
    styles = STYLES.replace("PAGE", colors["page"]).replace("TEXT", colors["text"][0])
    page.set_viewport_size({"width": width + 24, "height": 800})
    page.set_content(f"<style>{styles.replace('ATTENTION', colors['attention'])}</style><div id=card></div>")
    for script in ("adaptivecards.min.js", "markdown-it.min.js"):
        page.add_script_tag(path=VENDOR / script)


def draw(page: Page, card: dict[str, Any], theme: str) -> Drawing:
    problems = page.evaluate(DRAW, [card, host_config(theme)])
    return Drawing(
        problems=problems,
        overflow=page.evaluate(OVERFLOW),
        links=page.locator("#card a[href]").count(),
        text=page.locator("#card").inner_text(),
    )


def host_config(theme: str) -> dict[str, Any]:
    colors = THEMES[theme]
    sizes = {"small": 12, "default": 14, "medium": 16, "large": 18, "extraLarge": 24}
    fonts = {"fontSizes": sizes, "fontWeights": {"lighter": 300, "default": 400, "bolder": 600}}
    return {
        "spacing": {"small": 4, "default": 8, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16},
        "separator": {"lineThickness": 1, "lineColor": "#8884"},
        "fontTypes": {
            "default": {"fontFamily": "'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif", **fonts},
            "monospace": {"fontFamily": "Consolas, 'DejaVu Sans Mono', monospace", **fonts},
        },
        "containerStyles": {
            name: {"backgroundColor": color, "foregroundColors": _foreground(colors)}
            for name, color in colors["containers"].items()
        },
        "supportsInteractivity": True,
        "actions": {"maxActions": 6, "buttonSpacing": 8, "actionsOrientation": "horizontal", "actionAlignment": "left"},
        "factSet": {
            "title": {"weight": "bolder", "wrap": True, "maxWidth": 130},
            "value": {"wrap": True},
            "spacing": 16,
        },
        "inputs": {
            "label": {
                "requiredInputs": {"weight": "bolder", "suffix": " *", "suffixColor": "attention"},
                "optionalInputs": {"weight": "bolder"},
            }
        },
    }


def _foreground(colors: dict[str, Any]) -> dict[str, Any]:
    normal, subtle = colors["text"]
    plain = {name: {"default": normal, "subtle": subtle} for name in ("default", "dark", "light")}
    marked = {
        name: {"default": colors[name], "subtle": colors[name]} for name in ("accent", "good", "warning", "attention")
    }
    return {**plain, **marked}


def main(out: Path, names: list[str]) -> None:
    from support import browser, card_checks, card_samples

    from cards.language import speaking

    out.mkdir(parents=True, exist_ok=True)
    chromium = browser.find_chromium() or sys.exit("no Chromium on PATH")
    with speaking(os.environ.get("MAILROOM_CARDS_LOCALE", "")):
        samples = card_samples.all_cards()
    with browser_page(chromium, browser.ARGUMENTS) as page:
        for theme in THEMES:
            for width in WIDTHS:
                prepare(page, theme, width)
                for name in names or samples:
                    drawing = draw(page, card_checks.downlevel(samples[name]), theme)
                    page.locator("body").screenshot(path=out / f"{name}_{theme}_{width}.png")
                    for complaint in drawing.problems + drawing.overflow:
                        print(f"{name} {theme} {width}: {complaint}")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    main(Path(sys.argv[1]), sys.argv[2:])
