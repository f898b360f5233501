"""Every sentence that the code marks is in the catalogue, translated, with the same values; and is known again."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import language
from cards.language import counted, number, say, speaking, told
from cards.recognising import ENOUGH, template_of
from provisioning import words
from scripts import translations

ROOT = Path(__file__).parents[3]
OTHERS = [code for code in language.LANGUAGES if code != language.SOURCE]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def messages(code: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    from babel.messages.pofile import read_po

    with (language.FOLDER / code / "LC_MESSAGES" / "mailroom.po").open("rb") as file:
        found = [(one.id, one.string) for one in read_po(file, locale=code) if one.id]
    return [
        (ids if isinstance(ids, tuple) else (ids,), said if isinstance(said, tuple) else (said,)) for ids, said in found
    ]


def marked_calls() -> list[tuple[str, ast.expr]]:
    """Where, and the first argument, of every call that marks a sentence."""
    return [
        (f"{file.relative_to(ROOT)}:{node.lineno}", node.args[0])
        for package in translations.PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in translations.KEYWORDS
    ]


def test_every_marked_sentence_is_found_by_the_extraction() -> None:
    """Which sees literals, and nothing within an f-string."""
    found = {one for message in translations.extracted() for one in ([message.id] if message.id else [])}
    known = {ids if isinstance(ids, str) else ids[0] for ids in found}
    lost = [where for where, said in marked_calls() if not isinstance(said, ast.Constant) or said.value not in known]
    assert lost == []


def test_the_catalogues_are_complete_and_up_to_date() -> None:
    ran = subprocess.run(
        [sys.executable, "scripts/translations.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_values(code: str) -> None:
    for ids, strings in messages(code):
        wanted = set().union(*map(fields, ids))
        for english in ids:
            assert all(re.fullmatch(r"[a-z_]+", name) for name in fields(english)), f"{english}: name the values"
        for translated in strings:
            assert fields(translated) <= wanted, translated
        assert fields(strings[-1]) == wanted, strings[-1]


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_known_again_with_its_values(code: str) -> None:
    """Or is so short that it would be found in anything: cards say those themselves."""
    for ids, strings in messages(code):
        if len(ids) > 1:
            continue
        [english], [german] = ids, strings
        template = template_of(english, english, english)
        if template is not None and template.weight < ENOUGH:
            continue
        values = {name: f"<{name}>" for name in fields(english)}
        with speaking(code):
            assert told(english.format(**values)) == german.format(**values), english


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=60))
def test_anything_can_be_told(text: str) -> None:
    """Words from outside, whatever they look like: no error, and English readers see them as they are."""
    assert told(text) == text
    with speaking("de-DE"):
        assert isinstance(told(text), str)


@given(st.sampled_from(["", "en-US", "fr-FR", "xx", "DE", "de-AT", "de"]))
def test_the_readers_locale_decides(locale: str) -> None:
    with speaking(locale):
        said = number(10_000)
    assert said == ("10.000" if locale.lower().startswith("de") else "10,000")


def test_english_is_as_it_is_written() -> None:
    assert say("{who} waits", who="Jane") == "Jane waits"
    assert counted("1 person", "{n} people", 1) == "1 person"
    assert (
        counted("1 person", "{n} people", 12_000) == words.counted("1 person", "{n} people", 12_000) == "12,000 people"
    )
    assert told("Anything at all.") == "Anything at all."
