"""The one line on stderr by which every program of Mailroom's says what stopped it, without what a terminal obeys."""

import sys

JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji need them between letters


def safe(text: str) -> str:
    """On one line: no escape sequence, and nothing that turns the writing round."""
    kept = (letter if letter.isprintable() or letter in JOINERS else " " * letter.isspace() for letter in text)
    return " ".join("".join(kept).split())


def refuse(sentence: str, code: int) -> int:
    """Says it; answers the exit code."""
    sys.stderr.write(f"mailroom: {safe(sentence)}\n")
    return code
