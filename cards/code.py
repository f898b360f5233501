"""Commands and texts to copy: a code block, and the same in monospaced lines for clients without it."""

import re
from typing import Literal

from cards import parts
from cards.elements import CodeBlock, Container, Element, RichTextBlock, TextRun
from cards.language import say

MOST_BYTES = 5000
# Up to here the text is in the card a second time, for clients that draw no code block.
TWICE_BYTES = 4000
TWICE_LINES = 50

_BETWEEN_BRACES = re.compile(r"(?<=\{)(?=\{)")

Language = Literal["PowerShell", "PlainText"]


def code(snippet: str, language: Language, most: int = MOST_BYTES) -> CodeBlock:
    """As it is, to the character. What is longer than `most` bytes ends with whole lines, and says so."""
    kept = _cut(snippet, language, most)
    return CodeBlock(code_snippet=kept, language=language, fallback=_lines(kept), spacing="Small")


def _cut(snippet: str, language: Language, most: int) -> str:
    if parts.size(snippet) <= most:
        return snippet
    lines, kept, room = snippet.splitlines(), 0, most - 60
    while kept < len(lines) and room >= parts.size(lines[kept]):
        room -= parts.size(lines[kept])
        kept += 1
    mark = "# " if language == "PowerShell" else ""
    rest = say("… {count} more lines are left out here", count=len(lines) - kept)
    return "\n".join([*lines[:kept], f"{mark}{rest}"])


def _lines(snippet: str) -> Element:
    lines = [line for line in snippet.splitlines() if line.strip()]
    if parts.size(snippet) > TWICE_BYTES or len(lines) > TWICE_LINES:
        return parts.text(say("This app cannot show the text. Open the card in Teams on a computer to copy it."))
    blocks: list[Element] = [RichTextBlock(inlines=_runs(line), spacing="Small") for line in lines]
    return Container(items=blocks or [parts.text(say("(nothing)"))], style="emphasis", spacing="Small")


def _runs(line: str) -> list[TextRun]:
    """Two braces in a row would be read as a date macro, so the second begins a run of its own."""
    pieces = _BETWEEN_BRACES.split(line)
    return [TextRun(text=piece, font_type="Monospace", size="Small") for piece in pieces if piece]
