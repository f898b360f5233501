"""Commands and texts to copy: a code block, and the same in monospaced lines for clients without it."""

from typing import Literal

from cards.elements import CodeBlock, Container, Element, RichTextBlock, TextRun
from cards.parts import text

MOST_CHARACTERS = 6000
TWICE = 1500  # up to here the text is in the card a second time, for clients that draw no code block

Language = Literal["PowerShell", "PlainText"]


def code(snippet: str, language: Language) -> CodeBlock:
    """As it is, to the character. What is too long is cut at the end of a line, and says so."""
    kept = _cut(snippet, language)
    return CodeBlock(code_snippet=kept, language=language, fallback=_lines(kept), spacing="Small")


def _cut(snippet: str, language: Language) -> str:
    if len(snippet) <= MOST_CHARACTERS:
        return snippet
    kept, _, _ = snippet[:MOST_CHARACTERS].rpartition("\n")
    left_out = len(snippet.splitlines()) - len(kept.splitlines())
    mark = "# " if language == "PowerShell" else ""
    return f"{kept}\n{mark}… {left_out} more lines are left out here"


def _lines(snippet: str) -> Element:
    if len(snippet) > TWICE:
        return text("This app cannot show the text. Open the card in Teams on a computer to copy it.")
    blocks: list[Element] = [
        RichTextBlock(inlines=_runs(line), spacing="None") for line in snippet.splitlines() if line.strip()
    ]
    return Container(items=blocks or [text("(nothing)")], style="emphasis", spacing="Small")


def _runs(line: str) -> list[TextRun]:
    """Two braces in a row would be read as a date macro, so each brace is a run of its own."""
    pieces = line.replace("{{", "{\0{").split("\0")
    return [TextRun(text=piece, font_type="Monospace", size="Small") for piece in pieces]
