"""Teams' rules for an app's icons, and whether ours keep them.

Source: "App icons" in "Teams app package" and `icons` in the manifest's schema (learn.microsoft.com): a colour icon of
192 x 192 whose symbol keeps to the middle 120 x 120, and an outline icon of 32 x 32 that is white on transparent.
"""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

FOLDER = Path(__file__).parent / "icons"
SIZES = {"color": 192, "outline": 32}
SYMBOL = 120  # pixels in the middle of the colour icon


def complaints(folder: Path = FOLDER) -> list[str]:
    """What is wrong with color.png and outline.png in `folder`, as sentences."""
    return [words for name in SIZES for words in _of_one(name, folder / f"{name}.png")]


def _of_one(name: str, path: Path) -> list[str]:
    try:
        with Image.open(path) as image:
            if image.format != "PNG":
                return [f"{path.name} is no PNG."]
            drawn = image.convert("RGBA")
    except (FileNotFoundError, UnidentifiedImageError):
        return [f"{path.name} is missing or is no picture."]
    size = SIZES[name]
    if drawn.size != (size, size):
        return [f"{path.name} is {drawn.width} x {drawn.height}; it has to be {size} x {size}."]
    return _color(path.name, drawn) if name == "color" else _outline(path.name, drawn)


def _color(name: str, image: Image.Image) -> list[str]:
    """One opaque background to the edge, the symbol in the middle."""
    found = []
    if image.getchannel("A").getextrema() != (255, 255):
        found.append(f"{name} is transparent in places; its background has to fill the square.")
    edge = (image.width - SYMBOL) // 2
    background = image.getpixel((0, 0))
    around = image.copy()
    around.paste(background or 0, (edge, edge, edge + SYMBOL, edge + SYMBOL))
    if len(around.getcolors(image.width * image.height) or ()) != 1:
        found.append(f"{name} has something outside of its middle {SYMBOL} x {SYMBOL} pixels.")
    return found


def _outline(name: str, image: Image.Image) -> list[str]:
    """Every pixel that can be seen is white, and there are some of either kind."""
    colors = image.getcolors(image.width * image.height) or []
    seen = [color for _, color in colors if isinstance(color, tuple) and color[3]]
    found = []
    if any(color[:3] != (255, 255, 255) for color in seen):
        found.append(f"{name} has a colour that is not white.")
    if not seen or len(seen) == len(colors):
        found.append(f"{name} has to be a white drawing on a transparent background.")
    return found
