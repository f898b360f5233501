"""What was done for a person and by whom: the audit trail, newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cards import parts
from cards.elements import Element
from cards.language import counted, say, told
from cards.parts import Card, plain
from cards.texts import at
from provisioning.audit import HIDDEN, AuditEntry, Kind

SIZE = 20_000  # bytes of rows; Teams takes 28 KB a message
CHANGES = 6  # properties of one change that are shown

_MARKS: dict[str, tuple[str, str, str]] = {
    Kind.ORDER: ("Add", "●", "Accent"),
    Kind.CANCEL: ("DismissCircle", "✕", "Default"),
    Kind.ENDED: ("Flag", "⚑", "Good"),
    Kind.CHANGE: ("Edit", "✎", "Accent"),
    Kind.REPAIR: ("Wrench", "⚒", "Accent"),
    Kind.APPROVAL: ("PersonQuestionMark", "?", "Accent"),
    Kind.DECISION: ("Gavel", "§", "Accent"),
    Kind.CREDENTIAL: ("Key", "◆", "Warning"),
    Kind.REFUSAL: ("Prohibited", "⊘", "Warning"),
    Kind.SETTING: ("Settings", "⚙", "Default"),
    Kind.FAILURE: ("ErrorCircle", "!", "Attention"),
}
_UNKNOWN = ("Info", "i", "Default")
_BAD_ENDS = ("failed", "given_up", "not_cured", "follow_ups_left")


def history_card(upn: str, entries: Sequence[AuditEntry], count: int, now: datetime) -> Card:
    """`entries` are the newest of `count`."""
    who = plain(upn, 120)
    if not entries:
        words = say("Nothing is written down about {who}.", who=who)
        return parts.card([parts.text(words)], words)
    rows = _fitting([_row(entry, now) for entry in entries])
    title = say("{who}: what was done", who=who)
    body: list[Element] = [parts.header(title, _scope(count)), *rows, *_request_ids(entries[: len(rows)])]
    if count > len(rows):
        more = say("And {count} more: python -m bot.audit export", count=count - len(rows))
        body.append(parts.small(more, spacing="Medium"))
    return parts.card(body, f"{title}, {_scope(count)}.", wide=True)


def _scope(count: int) -> str:
    return counted("1 entry", "{n} entries, newest first", count)


def _fitting(rows: list[Element]) -> list[Element]:
    """As many of the newest as one message holds."""
    total = 0
    for number, row in enumerate(rows):
        total += parts.size([row])
        if total > SIZE:
            return rows[:number]
    return rows


def _row(entry: AuditEntry, now: datetime) -> Element:
    when = at(datetime.fromisoformat(entry.at), now)
    number = say("no. {number}", number=entry.seq)
    lines: list[Element] = [
        parts.text(plain(told(entry.sentence), 400)),
        *(parts.small(line, spacing="None") for line in _changes(entry.details)),
        parts.small(f"{plain(entry.actor_name, 60)} · {when} · {number}", spacing="None"),
    ]
    return parts.row(_mark(entry), lines, spacing="Medium")


def _mark(entry: AuditEntry) -> Element:
    name, mark, color = _MARKS.get(entry.kind, _UNKNOWN)
    if entry.kind == Kind.ENDED and entry.details.get("state") in _BAD_ENDS:
        name, mark, color = "Flag", "⚑", "Attention"
    return parts.icon(name, mark, color)


def _changes(details: Mapping[str, Any]) -> list[str]:
    """Before → after, a line for each property."""
    before, after = details.get("before"), details.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    names = list(dict.fromkeys([*before, *after]))
    lines = [f"{plain(name, 40)}: {_value(before.get(name))} → {_value(after.get(name))}" for name in names[:CHANGES]]
    return lines if len(names) <= CHANGES else [*lines, say("and {count} more", count=len(names) - CHANGES)]


def _value(value: Any) -> str:
    """A JSON value in words."""
    if value is None or value in ("", [], {}):
        return say("nothing")
    if value == HIDDEN:
        return told(HIDDEN)
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list):
        return plain(", ".join(_value(one) for one in value), 160)
    if isinstance(value, dict):
        return plain(", ".join(f"{name} {_value(one)}" for name, one in value.items()), 160)
    return plain(str(value), 120)


def _request_ids(entries: Sequence[AuditEntry]) -> list[Element]:
    """For whoever has to ask Microsoft."""
    asked = [entry for entry in entries if entry.request_id]
    pairs = [(say("No. {number}", number=entry.seq), plain(entry.request_id, 60)) for entry in asked]
    return parts.evidence(say("Request ids of Microsoft Graph"), [parts.facts(pairs)]) if pairs else []
