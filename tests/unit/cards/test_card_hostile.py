"""Words from outside in every place that takes them: they change no card but by being read."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.card_checks import schema_errors
from support.card_samples import E3, NOW, TRACE, incomplete, ready, waiting

from cards.choices import choices_card
from cards.code import code
from cards.confirm import cancel_card
from cards.fixing import confirm_card
from cards.form import form_card
from cards.listing import cases_card
from cards.notice import notice_card
from cards.problem import problem_card
from cards.progress import progress_card
from cards.ready import ready_card
from cards.repair import repair_card
from cards.restore import restore_card
from cards.suggestion import suggestion_card
from provisioning.case import Case, Explanation, Problem
from provisioning.directory import DeletedAccount, Match
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.steps import Ask, FixPlan
from provisioning.orders import OrderRequest, Restorable
from provisioning.repair import Repair, RepairState

MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])
MACRO = re.compile(r"\{\{(?:DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?:, ?[A-Z]+)?\)\}\}")
OUR_LINKS = {"https://outlook.office.com"}
PIECES = [
    *(
        "<at>Mona</at>",
        "[x](http://evil.example)",
        "![x](y)",
        "http://evil.example",
        "<script>",
        "&lt;",
        "**",
        "*",
        "_",
    ),
    *("`", "~~", "{", "{{", "}}", "{{TIME(2026-11-23T10:00:00Z)}}", "${x}", "# ", "- ", "1. ", "> ", "|", "\\"),
    *("\n", "\r\n\r\n", "\u202e", '"}],"type":"Action.OpenUrl"'),
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=9).map("".join)


def case(words: str) -> Case:
    known = waiting(display_name=words, license_name=words, manager_name=words, department=words, manager_upn=words)
    named = replace(known, requester=replace(known.requester, name=words), ended_by=words, mail=words)
    explained = Explanation("C04", words, is_likely=True, at=NOW)
    return replace(named, problem=Problem(words, trace(words)), explanation=explained)


def trace(words: str) -> Any:
    return replace(TRACE, code=words, message=words, request_id=words, date=words)


def fix(words: str) -> Fix:
    return Fix("assign-license", words, FixKind.GRAPH, Risk.DATA_LOSS, words)


def plan(words: str) -> FixPlan:
    return FixPlan(
        "assign-license",
        Risk.DATA_LOSS,
        asks=(Ask("license", words, (("a", words), ("b", words)), "a"), Ask("keep", words, (), words)),
    )


def repair(words: str) -> Repair:
    known = Repair("r", words, "f", words, "C04", case(words).requester, NOW, ())
    return replace(known, state=RepairState.FAILED, problem=Problem(words, trace(words)), ended_at=NOW)


CARDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "progress": lambda words: progress_card(case(words), NOW),
    "ready": lambda words: ready_card(replace(ready(), requester=case(words).requester, mail=words)),
    "cancel": lambda words: cancel_card(case(words)),
    "cases": lambda words: cases_card([case(words)], NOW),
    "form": lambda words: form_card(
        incomplete("license", display_name=words, manager=words, department=words, skus=(replace(E3, name=words),))
    ),
    "restore": lambda words: restore_card(
        Restorable(OrderRequest("j@x.y", department=words), DeletedAccount("d", "j@x.y", words, NOW))
    ),
    "choices": lambda words: choices_card(words, [Match("i", "j@x.y", words, words)]),
    "suggestion": lambda words: suggestion_card(words, words),
    "problem": lambda words: problem_card(words, trace(words), retry_text=words),
    "notice": notice_card,
    "confirm": lambda words: confirm_card(fix(words), plan(words), words, "C04", {"license": words}),
    "repair": lambda words: repair_card(repair(words), NOW),
}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from nodes(item)


def outline(card: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """What the card is made of, without what stands in it."""
    return [(str(node.get("type", "")), sorted(node)) for node in nodes(card) if "verb" not in node or "type" in node]


def shown(card: dict[str, Any]) -> Iterator[str]:
    for node in nodes(card):
        is_read = node.get("type") in ("TextBlock",) or set(node) == {"title", "value"}
        yield from (node[key] for key in ("text", "title", "value") if is_read and isinstance(node.get(key), str))


def links(text: str) -> set[str]:
    inline = [child for token in MARKDOWN.parse(text) for child in token.children or ()]
    return {
        str(child.attrs.get("href") or child.attrs.get("src"))
        for child in inline
        if child.type in ("link_open", "image")
    }


@pytest.mark.parametrize("name", CARDS)
@settings(max_examples=40, deadline=None)
@given(words=hostile)
def test_words_from_outside_change_no_card(name: str, words: str) -> None:
    card = CARDS[name](words)
    readable = CARDS[name]("x" if words.strip() else words)
    if any(character.isalnum() for character in words):
        assert outline(card) == outline(readable)
    for text in shown(card):
        assert links(text) <= OUR_LINKS, text
        assert "{{" not in MACRO.sub("", text), text
        assert "<" not in text
        assert "\n" not in text
    assert all("entities" not in node and node.get("type") != "Action.OpenUrl" for node in nodes(card))
    assert json.loads(json.dumps(card)) == card


@pytest.mark.parametrize("name", CARDS)
def test_endless_words_make_no_endless_card(name: str) -> None:
    card = CARDS[name]("endless " * 10_000)
    assert max(len(text) for text in shown(card)) <= 700
    assert len(card["fallbackText"]) <= 700
    assert schema_errors(CARDS[name]("words")) == []


@given(st.text(st.sampled_from("{}xTIME()"), max_size=12))
def test_code_holds_no_macro_where_it_is_drawn_as_text(snippet: str) -> None:
    block = code(snippet, "PlainText").render()
    assert block["codeSnippet"] == snippet
    runs = [node["text"] for node in nodes(block["fallback"]) if node.get("type") == "TextRun"]
    assert not any("{{" in run for run in runs)
    assert "".join(runs) == snippet or not snippet.strip()
