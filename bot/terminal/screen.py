"""What goes to the screen: words from outside made harmless, JSON alone on stdout, everything else in its place.

Nothing that comes from the tenant is read as markup, as it goes to rich only inside `Text`.
"""

import json
import signal
import sys
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.text import Text

from bot.refusing import JOINERS, safe

WELL, NOT_WELL, BAD, UNREACHABLE = range(4)  # exit codes; docs/cli.md
INTERRUPTED = 130  # as shells have it for Ctrl-C

PIPE_WIDTH = 200  # where no terminal says how wide it is: a line stays one line for grep
NARROW = 72  # below it, tables leave out what matters least

Json = dict[str, Any]


def words(text: str, style: str = "") -> Text:
    return Text(safe(text), style=style)


def screen(*, is_err: bool = False) -> Console:
    """stdout, or stderr. Colors and width are rich's: NO_COLOR, TERM and COLUMNS are heard."""
    stream = sys.stderr if is_err else sys.stdout
    console = Console(stderr=is_err, markup=False, highlight=False, emoji=False)
    if not stream.isatty() and console.width == 80:  # rich's own guess
        console.width = PIPE_WIDTH
    return console


def told(*, is_json: bool) -> Console:
    """Where what a person reads goes: beside the JSON where there is any."""
    return screen(is_err=is_json)


def is_narrow(console: Console) -> bool:
    return console.width < NARROW


def share_bar(share: float, width: int, style: str) -> ProgressBar:
    """What is left of it is gray on dark and on light screens, and nothing where there are no colors."""
    bar = ProgressBar(total=1.0, completed=share, width=width, style="bright_black", complete_style=style)
    bar.finished_style = style
    return bar


def print_json(document: object) -> None:
    """One document, as it is read by machines; what a terminal would obey is written as an escape."""
    written = json.dumps(document, ensure_ascii=False)
    kept = (letter if letter.isprintable() or letter in JOINERS else json.dumps(letter)[1:-1] for letter in written)
    sys.stdout.write("".join(kept) + "\n")


def stamp(moment: datetime | None) -> str | None:
    """For JSON: ISO 8601, UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def print_lines(*lines: str) -> None:
    """Plain lines on stdout; an indentation stays."""
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        sys.stdout.write(f"{' ' * indent}{safe(line)}\n")


def can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def agrees(question: str) -> bool:
    """Whether somebody types yes; no where nobody can be asked."""
    if not can_ask():
        return False
    sys.stderr.write(f"{safe(question)} Type yes: ")
    sys.stderr.flush()
    # asyncio only takes note of Ctrl-C, which nobody would see before the line is there.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input().strip().lower() == "yes"
    except EOFError:
        sys.stderr.write("\n")
        return False
    finally:
        signal.signal(signal.SIGINT, before)
