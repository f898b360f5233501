"""The reader's language: `say` for what the cards say, `told` for sentences that were made in English elsewhere.

Tables of a module are made before anyone reads: `marked` there, `told` where they are drawn.

One gettext catalogue (cards/locale, domain "mailroom"); a sentence that it lacks is said in English. Who the reader
is, is set around a turn or a message by `speaking`, and holds for everything that is drawn in it.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal, get_decimal_symbol

from cards.recognising import Sentences, sentences_of
from provisioning.words import marked

__all__ = ["counted", "decimal_mark", "language_of", "marked", "number", "say", "speaking", "spoken", "told"]

DOMAIN = "mailroom"
FOLDER = Path(__file__).parent / "locale"
SOURCE = "en"
LANGUAGES = (SOURCE, "de")

_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


def language_of(locale: str) -> str:
    """The language for a Teams locale such as "de-AT"; English where we do not speak it."""
    language = locale.partition("-")[0].lower()
    return language if language in LANGUAGES else SOURCE


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """What is drawn inside is for a reader with this Teams locale; "" is not known, so English."""
    token = _spoken.set(language_of(locale))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The reader's language, for Babel."""
    return _spoken.get()


def say(template: str, /, **values: object) -> str:
    """`template`, a literal, in the reader's language and with its `{values}`."""
    language = _spoken.get()
    words = template if language == SOURCE else _catalogue(language).gettext(template)
    return words.format(**values)


def counted(one: str, many: str, n: int, /, **values: object) -> str:
    """`one` for 1, else `many`, as the reader's language counts; `{n}` is the number in its way of writing."""
    language = _spoken.get()
    words = (one if n == 1 else many) if language == SOURCE else _catalogue(language).ngettext(one, many, n)
    return words.format(n=number(n), **values)


def number(value: int | float) -> str:
    """As the reader writes it: "10,000" or "10.000"."""
    return format_decimal(value, locale=_spoken.get())


def decimal_mark() -> str:
    """What stands before the fraction: "." or ","."""
    return get_decimal_symbol(_spoken.get())


def told(sentence: str) -> str:
    """A sentence that `provisioning.words` made, in the reader's language; what is not known stays as it is."""
    language = _spoken.get()
    return sentence if language == SOURCE else _sentences(language).told(sentence)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language])


@cache
def _sentences(language: str) -> Sentences:
    return sentences_of(language, FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo", _catalogue(language))
