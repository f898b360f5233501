"""Cases by state, stage, asker and age, a page at a time; a click on one shows it with its buttons."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.elements import Action, Element
from cards.parts import Card, plain
from cards.people import line_words
from cards.texts import at, duration
from provisioning.case import CaseState
from provisioning.listing import PAGE, CaseLine, CasePage, is_late

_MARKS: dict[CaseState, tuple[str, str, str]] = {
    CaseState.RUNNING: ("ArrowSyncCircle", "◐", "Accent"),
    CaseState.WAITING: ("Clock", "◷", "Accent"),
    CaseState.READY: ("CheckmarkCircle", "✓", "Good"),
    CaseState.FAILED: ("DismissCircle", "✕", "Attention"),
    CaseState.GIVEN_UP: ("ErrorCircle", "!", "Attention"),
    CaseState.CANCELLED: ("SubtractCircle", "–", "Default"),
}
# What the buttons below offer, with the word of the command.
_GROUPS = (("Open", "open"), ("Late", "late"), ("Failed", "failed"), ("Given up", "given_up"), ("Ready", "ready"))


def case_list_card(page: CasePage, chosen: str, filters: str, now: datetime) -> Card:
    """`chosen` says in words what is shown; `filters` are the options as typed, for the buttons that turn the page."""
    count = "no case" if not page.total else "1 case" if page.total == 1 else f"{page.total:,} cases"
    title = f"Cases: {plain(chosen, 160)}"
    pages = (page.total + PAGE - 1) // PAGE
    below = f"{count}, newest first · page {page.number + 1:,} of {pages:,}" if pages > 1 else count
    body: list[Element] = [
        parts.header(title, below),
        *(_row(line, now) for line in page.lines),
        *_turn(page, filters),
        *_groups(page),
    ]
    return parts.card(body, f"{title}, {count}.", wide=True)


def _row(line: CaseLine, now: datetime) -> Element:
    late = is_late(line, now)
    mark = parts.icon("Warning", "!", "Warning") if late else parts.icon(*_MARKS[line.state])
    who = plain(line.name or line.upn, 80)
    return parts.row(
        mark,
        [
            parts.text(f"{who} — {line_words(line)}{', late' if late else ''}"),
            parts.small(_below(line, now), spacing="None"),
        ],
        parts.text("Show ›", size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(f"Show {who}", "status", {"case": line.id}),
        spacing="Small",
    )


def _below(line: CaseLine, now: datetime) -> str:
    asked = f"{'watched' if line.is_watch else 'asked'} by {plain(line.asker_name, 40)}"
    if line.ended_at:
        return f"{plain(line.upn)} · {asked} · ended {at(line.ended_at, now)}"
    return f"{plain(line.upn)} · {asked} · for {duration(now - line.created_at)}"


def _turn(page: CasePage, filters: str) -> list[Element]:
    def button(title: str, number: int) -> Action:
        return parts.button(title, "run", {"text": " ".join(filter(None, ["cases", filters, f"page={number + 1}"]))})

    newer = [button("‹ Newer", page.number - 1)] if page.number else []
    older = [button("Older ›", page.number + 1)] if page.has_more else []
    return [parts.buttons([*newer, *older])] if newer or older else []


def _groups(page: CasePage) -> list[Element]:
    counts = dict(page.counts)
    shown: Sequence[Action] = [
        parts.button(f"{title} ({counts[word]:,})", "run", {"text": f"cases state={word}"})
        for title, word in _GROUPS
        if counts.get(word)
    ]
    return [parts.buttons(shown)] if shown else []
