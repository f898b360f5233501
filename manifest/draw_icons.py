"""Draws icons/*.svg to the PNG that Teams wants, with the system's Chromium: `python -m manifest.draw_icons`."""

import shutil

from playwright.sync_api import sync_playwright

from manifest.icons import FOLDER, SIZES

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Write color.png and outline.png beside their sources."""
    chromium = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--force-color-profile=srgb"])
        for name, size in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            drawing = (FOLDER / f"{name}.svg").read_text()
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{drawing}")
            page.screenshot(path=FOLDER / f"{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
