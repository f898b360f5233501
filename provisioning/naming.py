"""Whom a text names: every address in it, with the name that stands beside it. Pure, and never a guess."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_JOINERS = " \t<([{\"'“”„:;,–—-|"
_AFTER = re.compile(r"^[>\]\s]*\(\s*([^()@]{3,80}?)\s*\)")
_BREAKS = re.compile(r"[.;:!?()<>|\[\]{}]\s+|[,;:|\t]|\s[–—-]\s")
_MOST_WORDS = 4
_NO_NAMES = frozenset(
    {
        "a",
        "an",
        "and",
        "account",
        "address",
        "bitte",
        "create",
        "dear",
        "email",
        "e-mail",
        "für",
        "for",
        "from",
        "hello",
        "hi",
        "konto",
        "mail",
        "mailbox",
        "name",
        "new",
        "order",
        "please",
        "provision",
        "the",
        "to",
        "und",
        "user",
    }
)


@dataclass(frozen=True)
class Named:
    """One person as far as the text tells. `name` is "" where none stands beside the address."""

    address: str
    name: str = ""


def people_in(lines: str) -> tuple[Named, ...]:
    """Each address once, in order, lower case. `lines` is plain text."""
    found: dict[str, Named] = {}
    for line in lines.splitlines():
        for named in _in_line(line):
            known = found.get(named.address)
            if known is None or not known.name:
                found[named.address] = named
    return tuple(found.values())


def _in_line(line: str) -> Iterator[Named]:
    start = 0
    for match in _ADDRESS.finditer(line):
        after = _AFTER.match(line[match.end() :])
        name = _name_before(line[start : match.start()]) or (_whole_name(after[1]) if after else "")
        yield Named(match[0].lower().rstrip(".'"), name)
        start = match.end()


def _name_before(text: str) -> str:
    """The last words before an address, as far as they are written like a name."""
    nearest = _BREAKS.split(text.rstrip(_JOINERS))[-1]
    words: list[str] = []
    for word in reversed(nearest.split()):
        if not _is_of_a_name(word) or len(words) == _MOST_WORDS:
            break
        words.insert(0, word.strip("\"'“”„"))
    return " ".join(words) if len(words) > 1 else ""


def _whole_name(text: str) -> str:
    words = text.split()
    return " ".join(words) if 1 < len(words) <= _MOST_WORDS and all(map(_is_of_a_name, words)) else ""


def _is_of_a_name(word: str) -> bool:
    bare = word.strip("\"'“”„")
    is_written_so = bare[:1].isupper() or bare.lower() in ("de", "van", "von", "der", "da", "di", "la")
    is_word = all(character.isalpha() or character in "-'’." for character in bare)
    return bool(bare) and is_written_so and is_word and bare.lower() not in _NO_NAMES
