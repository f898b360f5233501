"""Bar charts as small PNG pictures, for clients that draw no charts; as data URIs, so that nothing is served.

Teams takes PNG, JPEG and GIF up to 1024 x 1024 pixels; a message has 28 KB with everything in it, so a picture has
few colors and keeps to a few KB. Served pictures would need an address that anybody can read.
"""

import base64
import io
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

WIDTH = 420  # of a phone, nearly: it is made no smaller there than can be read
MARGIN = 12
LINE = 18
FONT_SIZE = 12
ROW = 26  # of a lying bar
PLOT = 110  # height of upright bars
LABELS = 150  # width of the names of lying bars
SHADES = 24  # colors of the picture, with those of smooth edges

INK, QUIET, RULE, PAPER = "#242424", "#616161", "#e0e0e0", "#ffffff"
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "–": "-"})
# Names of Teams' chart colors, and what comes near them.
COLORS = {
    "categoricalBlue": "#637cef",
    "categoricalLavender": "#b6b9ee",
    "neutral": "#c7c7c7",
    "good": "#4f9d69",
    "warning": "#d98f2b",
    "attention": "#c4314b",
}


@dataclass(frozen=True)
class Bars:
    """What is drawn. `series`: name, color and a number for each label; `mark`: what stands before a fraction."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, str, tuple[float, ...]], ...]
    is_upright: bool
    mark: str = "."


def written(value: float, mark: str) -> str:
    return f"{value:g}".replace(".", mark)


@lru_cache(maxsize=32)
def picture(bars: Bars) -> str:
    """The data URI."""
    from PIL import Image, ImageDraw  # here: nothing else needs it, and it takes a tenth of a second to import

    if any(len(values) != len(bars.labels) for _, _, values in bars.series):
        raise ValueError(f"a chart needs one number for each of its {len(bars.labels)} labels")
    legend = LINE if len(bars.series) > 1 else 0
    plot = PLOT + 3 * LINE if bars.is_upright else ROW * len(bars.labels)
    image = Image.new("RGB", (WIDTH, 2 * MARGIN + LINE + legend + plot + 4), PAPER)
    drawing = ImageDraw.Draw(image)
    drawing.text((MARGIN, MARGIN), _clipped(drawing, bars.title, WIDTH - 2 * MARGIN), INK, _font())
    if legend:
        _draw_legend(drawing, bars)
    top = MARGIN + LINE + legend + 4
    (_draw_upright if bars.is_upright else _draw_lying)(drawing, bars, top)
    kept = io.BytesIO()
    image.quantize(SHADES).save(kept, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def _draw_legend(drawing: "ImageDraw.ImageDraw", bars: Bars) -> None:
    left, top = float(MARGIN), MARGIN + LINE
    for name, color, _ in bars.series:
        drawing.rectangle((left, top + 4, left + 9, top + 13), COLORS[color])
        drawing.text((left + 15, top), _ascii(name), QUIET, _font())
        left += 15 + drawing.textlength(_ascii(name), _font()) + 18


def _draw_upright(drawing: "ImageDraw.ImageDraw", bars: Bars, top: int) -> None:
    """Groups of bars from left to right, each with its number on top."""
    base, room = top + LINE + PLOT, (WIDTH - 2 * MARGIN) / max(1, len(bars.labels))
    highest = max((value for _, _, values in bars.series for value in values), default=0) or 1
    width = min(36.0, room * 0.8 / len(bars.series))
    drawing.line((MARGIN, base, WIDTH - MARGIN, base), RULE)
    for number, label in enumerate(bars.labels):
        middle = MARGIN + room * (number + 0.5)
        for place, part in enumerate(_lines(drawing, label, room)):
            _centered(drawing, middle, base + 3 + (LINE - 4) * place, part, room, QUIET)
        for place, (_, color, values) in enumerate(bars.series):
            left = middle + width * (place - len(bars.series) / 2)
            height = PLOT * values[number] / highest
            if not values[number]:
                continue
            drawing.rectangle((left + 1, base - max(height, 1), left + width - 1, base), COLORS[color])
            shown = written(values[number], bars.mark)
            _centered(drawing, left + width / 2, base - height - LINE + 2, shown, width + 8, INK)


def _draw_lying(drawing: "ImageDraw.ImageDraw", bars: Bars, top: int) -> None:
    """A bar a row, its parts one after another, with the numbers behind it."""
    totals = [sum(values[row] for _, _, values in bars.series) for row in range(len(bars.labels))]
    room, longest = WIDTH - 2 * MARGIN - LABELS - 60, max(totals, default=0) or 1
    for row, label in enumerate(bars.labels):
        line = top + ROW * row
        drawing.text((MARGIN, line + 3), _clipped(drawing, label, LABELS - 8), QUIET, _font())
        left = float(MARGIN + LABELS)
        for _, color, values in bars.series:
            right = left + room * values[row] / longest
            if values[row]:
                drawing.rectangle((left, line + 3, max(right, left + 1), line + ROW - 7), COLORS[color])
            left = right
        numbers = " / ".join(written(values[row], bars.mark) for _, _, values in bars.series)
        drawing.text((left + 8, line + 3), numbers, INK, _font())


def _lines(drawing: "ImageDraw.ImageDraw", label: str, room: float) -> list[str]:
    """Two where one is too narrow."""
    label = _ascii(label)
    first, _, last = label.rpartition(" ")
    return [first, last] if first and drawing.textlength(label, _font()) > room else [label]


def _centered(drawing: "ImageDraw.ImageDraw", middle: float, top: float, words: str, room: float, color: str) -> None:
    shown = _clipped(drawing, words, room)
    drawing.text((middle - drawing.textlength(shown, _font()) / 2, top), shown, color, _font())


def _clipped(drawing: "ImageDraw.ImageDraw", words: str, room: float) -> str:
    """As much of it as there is room for."""
    words = _ascii(words)
    if drawing.textlength(words, _font()) <= room:
        return words
    while words and drawing.textlength(f"{words}…", _font()) > room:
        words = words[:-1]
    return f"{words}…"


def _ascii(words: str) -> str:
    """All that the font has, in one line; the card and the alternative text have the words as they are."""
    plain = unicodedata.normalize("NFKD", " ".join(words.split()).translate(_LETTERS))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter == "…" or (letter.isascii() and letter.isprintable()) else "?" for letter in kept)


@cache
def _font() -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    """Pillow's own, so that a picture is the same on every machine."""
    from PIL import ImageFont

    return ImageFont.load_default(FONT_SIZE)
