"""The pieces that cards share: header, text, facts, buttons, evidence behind a toggle, the finished card."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cards.elements import (
    Action,
    ActionSet,
    AdaptiveCard,
    Column,
    ColumnSet,
    Container,
    Element,
    Execute,
    Fact,
    FactSet,
    Icon,
    Refresh,
    Submit,
    TextBlock,
    ToggleVisibility,
)
from cards.language import say
from cards.texts import plain as plain
from provisioning.errors import GraphTrace

Card = dict[str, Any]
"""Plain JSON values only."""

BUTTON_LIMIT = 6
_SAFE_URL = re.compile(r"https://[\w.-]+(?:/[\w./#?=%&+-]*)?", re.ASCII)


def text(words: str, **style: Any) -> TextBlock:
    """A paragraph. Words from outside have been through `plain`."""
    return TextBlock(text=words, wrap=True, **style)


def small(words: str, **style: Any) -> TextBlock:
    return text(words, size="Small", is_subtle=True, **style)


def header(title: str, below: str = "", style: str = "emphasis") -> Container:
    """The band at the top: who or what it is about, in words that carry the state."""
    items: list[Element] = [text(title, size="Medium", weight="Bolder", style="heading")]
    if below:
        items.append(small(below, spacing="None"))
    return Container(items=items, style=style, bleed=True)


def facts(pairs: Iterable[tuple[str, str]], **style: Any) -> FactSet:
    """Rows of label and value; those without a value are left out."""
    return FactSet(facts=[Fact(title=title, value=value) for title, value in pairs if value], **style)


def link(title: str, url: str) -> str:
    """A link inside a text, to an address that we wrote ourselves; anything else stays words."""
    return f"[{plain(title)}]({url})" if _SAFE_URL.fullmatch(url) else plain(title)


def icon(name: str, mark: str, color: str, **style: Any) -> Icon:
    """A Fluent icon, or the same shape as a character."""
    return Icon(name=name, size="xSmall", style="Filled", color=color, fallback=text(mark, color=color, **style))


def row(mark: Element, words: Sequence[Element], aside: Element | None = None, **style: Any) -> ColumnSet:
    """An icon, what it is about, and a short remark at the right; rows under one another line up."""
    columns = [
        Column(width="24px", items=[mark]),
        Column(width="stretch", items=list(words), spacing="Small"),
    ]
    if aside is not None:
        columns.append(Column(width="auto", items=[aside], spacing="Small"))
    return ColumnSet(columns=columns, **style)


def button(title: str, verb: str, data: Mapping[str, Any], *, sends_inputs: bool = False, **style: Any) -> Execute:
    """A button that the bot answers; clients without Action.Execute send the same data as a message."""
    values = {"verb": verb, **data} | {"verb": verb}  # first, and not for `data` to change
    inputs = "auto" if sends_inputs else "none"
    plain_one = Submit(title=title, data=values, associated_inputs=inputs, **style)
    return Execute(title=title, verb=verb, data=values, associated_inputs=inputs, fallback=plain_one, **style)


def buttons(actions: Sequence[Action]) -> ActionSet:
    """In an ActionSet, because only there do older clients honour the fallback of an action."""
    return ActionSet(actions=list(actions[:BUTTON_LIMIT]), spacing="Medium")


def evidence(label: str, content: Sequence[Element], id: str = "evidence") -> list[Element]:  # noqa: A002
    """`content`, shown and hidden by a click on `label`."""
    shut, opened = f"{id}-shut", f"{id}-open"
    toggle = ToggleVisibility(title=label, target_elements=[id, shut, opened])
    link = Container(
        items=[
            text(f"▸ {label}", color="Accent", size="Small", id=shut),
            text(f"▾ {label}", color="Accent", size="Small", id=opened, is_visible=False),
        ],
        select_action=toggle,
    )
    return [link, Container(items=list(content), id=id, is_visible=False, spacing="Small")]


def trace_evidence(trace: GraphTrace | None, id: str = "evidence") -> list[Element]:  # noqa: A002
    """Graph's own words, for whoever has to ask Microsoft; nothing when Graph said nothing."""
    if trace is None or trace == GraphTrace():
        return []
    rows = facts(
        [
            (say("Code"), plain(trace.code)),
            (say("Message"), plain(trace.message, 600)),
            (say("Status"), str(trace.status) if trace.status else ""),
            (say("Request id"), plain(trace.request_id)),
            (say("Date"), plain(trace.date)),
        ]
    )
    return evidence(say("What Microsoft 365 said"), [rows], id)


def size(what: str | Sequence[Element]) -> int:
    """Bytes of a text or of elements in the JSON of a card."""
    plain_json = what if isinstance(what, str) else [element.render() for element in what]
    return len(json.dumps(plain_json, ensure_ascii=False).encode("utf-8", "replace"))


def card(body: Sequence[Element], says: str, *, refresh: Refresh | None = None, wide: bool = False) -> Card:
    """The finished card. `says` is what a notification, a screen reader and a client without cards give.

    No `lang`: it would write every time in English form, and Microsoft's JavaScript renderer 3.0.6 refuses it on
    every second card (a stateful regular expression).
    """
    whole = AdaptiveCard(
        body=list(body),
        fallback_text=says,
        speak=says,
        refresh=refresh,
        msteams={"width": "full"} if wide else None,
    )
    return whole.render()
