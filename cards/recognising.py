"""A finished English sentence, known again by its template, and said by a catalogue of another language.

"jane@contoso.com has no license." is "{upn} has no license." with a value. Values that are sentences themselves are
translated too; several sentences in a row are taken one by one. Numbers and moments are written anew.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from string import Formatter

from babel.dates import format_date, format_time
from babel.messages.mofile import read_mo
from babel.numbers import format_decimal

from provisioning.scheduled import moment_in

ENOUGH = 6  # letters and marks of a template; with fewer, anything would look like it
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")
_AFTER_A_SENTENCE = re.compile(r"(?<=[.!?:;])(\s+)")


@dataclass(frozen=True)
class Template:
    """`one` and `many` as gettext knows them; the same where nothing is counted. `anchor`: its longest fixed part."""

    pattern: re.Pattern[str]
    anchor: str
    weight: int
    one: str
    many: str


# Values that somebody typed, or can type: an option "license" is called so in every language.
TYPED = frozenset({"also_typed", "command", "near", "option", "options", "stages", "states", "typed"})


class Sentences:
    """The templates of one catalogue, those with the most words of their own first."""

    def __init__(
        self, language: str, templates: list[Template], fixed: dict[str, str], catalogue: NullTranslations
    ) -> None:
        self._language = language
        self._templates = sorted(templates, key=lambda template: -template.weight)
        self._fixed = fixed
        self._catalogue = catalogue
        self.told = lru_cache(maxsize=4096)(self._told)

    def _told(self, text: str) -> str:
        whole = self._one(text) or _rewritten(text, self._language)
        if whole:
            return whole
        parts = _AFTER_A_SENTENCE.split(text)  # sentence, space, sentence …
        if len(parts) == 1:
            return text
        return self._in_a_row(parts)

    def _in_a_row(self, parts: list[str]) -> str:
        """The longest known run of sentences each time; one that is not known stays."""
        said, start = [], 0
        while start < len(parts):
            for end in range(len(parts), start, -1):
                known = self._one("".join(parts[start:end])) if (end - start) % 2 else None
                if known is not None:
                    said.append(known)
                    start = end
                    break
            else:
                said.append(parts[start])
                start += 1
        return "".join(said)

    def _one(self, text: str) -> str | None:
        if text in self._fixed:
            return self._fixed[text]
        for template in self._templates:
            found = template.pattern.fullmatch(text) if template.anchor in text else None
            if found:
                return self._say(template, found.groupdict())
        return None

    def _say(self, template: Template, values: dict[str, str]) -> str:
        told = {name: value if name in TYPED else self.told(value) for name, value in values.items()}
        if template.one == template.many:
            return self._catalogue.gettext(template.one).format(**told)
        digits = re.sub(r"\D", "", values.get("n", "1"))
        return self._catalogue.ngettext(template.one, template.many, int(digits or 1)).format(**{"n": "1", **told})


def _rewritten(text: str, language: str) -> str:
    """What Mailroom writes in the English way by itself: "12,000", and when an order begins. "" for anything else."""
    if _NUMBER.fullmatch(text):
        return format_decimal(int(text.replace(",", "")), locale=language)
    moment = moment_in(text)
    if moment is None:
        return ""
    day, time = format_date(moment, "full", locale=language), format_time(moment, "HH:mm", locale=language)
    return f"{day}, {time} ({moment.tzinfo})"


def sentences_of(language: str, file: Path, catalogue: NullTranslations) -> Sentences:
    """Of a compiled catalogue."""
    templates: list[Template] = []
    fixed: dict[str, str] = {}
    with file.open("rb") as compiled:
        found = [(str(message.id),) * 2 if isinstance(message.id, str) else message.id for message in read_mo(compiled)]
    for one, many in found:
        for english in {one, many} - {""}:
            template = template_of(english, one, many)
            if template is None:
                fixed[english] = catalogue.gettext(one) if one == many else catalogue.ngettext(one, many, 1)
            elif template.weight >= ENOUGH:
                templates.append(template)
    return Sentences(language, templates, fixed, catalogue)


def template_of(english: str, one: str, many: str) -> Template | None:
    """None where nothing is to be filled in."""
    pattern, fixed, names = "", [], set[str]()
    for literal, name, _, _ in Formatter().parse(english):
        pattern += re.escape(literal)
        fixed.append(literal)
        if name is None:
            continue
        pattern += f"(?P={name})" if name in names else f"(?P<{name}>.*?)"
        names.add(name)
    if not names:
        return None
    weight = sum(not letter.isspace() for literal in fixed for letter in literal)
    return Template(re.compile(pattern, re.DOTALL), max(fixed, key=len), weight, one, many)
