"""Cases by state, stage, asker and age, a page at a time; a click on one shows it with its buttons."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.elements import Action, Element
from cards.language import counted, marked, number, say, told
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
_GROUPS = (
    (marked("Open"), "open"),
    (marked("Late"), "late"),
    (marked("Failed"), "failed"),
    (marked("Given up"), "given_up"),
    (marked("Ready"), "ready"),
)


def case_list_card(page: CasePage, chosen: str, filters: str, now: datetime) -> Card:
    """`chosen` says in words what is shown; `filters` are the options as typed, for the buttons that turn the page."""
    count = counted("1 case", "{n} cases", page.total) if page.total else say("no case")
    title = say("Cases: {chosen}", chosen=plain(told(chosen), 160))
    body: list[Element] = [
        parts.header(title, _below_title(page, count)),
        *(_row(line, now) for line in page.lines),
        *_turn(page, filters),
        *_groups(page),
    ]
    return parts.card(body, f"{title}, {count}.", wide=True)


def _below_title(page: CasePage, count: str) -> str:
    pages = (page.total + PAGE - 1) // PAGE
    if pages <= 1:
        return count
    here = number(page.number + 1)
    return say("{cases}, newest first · page {number} of {pages}", cases=count, number=here, pages=number(pages))


def _row(line: CaseLine, now: datetime) -> Element:
    late = is_late(line, now)
    state = say("{state}, late", state=line_words(line)) if late else line_words(line)
    mark = parts.icon("Warning", "!", "Warning") if late else parts.icon(*_MARKS[line.state])
    who = plain(line.name or line.upn, 80)
    return parts.row(
        mark,
        [
            parts.text(f"{who} — {state}"),
            parts.small(_below(line, now), spacing="None"),
        ],
        parts.text(say("Show ›"), size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(say("Show {who}", who=who), "status", {"case": line.id}),
        spacing="Small",
    )


def _below(line: CaseLine, now: datetime) -> str:
    asker = plain(line.asker_name, 40)
    asked = say("watched by {who}", who=asker) if line.is_watch else say("asked by {who}", who=asker)
    age = say("for {span}", span=duration(now - line.created_at))
    if line.ended_at:
        age = say("ended {when}", when=at(line.ended_at, now))
    return f"{plain(line.upn)} · {asked} · {age}"


def _turn(page: CasePage, filters: str) -> list[Element]:
    def button(title: str, to: int) -> Action:
        return parts.button(title, "run", {"text": " ".join(filter(None, ["cases", filters, f"page={to + 1}"]))})

    newer = [button(say("‹ Newer"), page.number - 1)] if page.number else []
    older = [button(say("Older ›"), page.number + 1)] if page.has_more else []
    return [parts.buttons([*newer, *older])] if newer or older else []


def _groups(page: CasePage) -> list[Element]:
    counts = dict(page.counts)
    shown: Sequence[Action] = [
        parts.button(f"{told(title)} ({number(counts[word])})", "run", {"text": f"cases state={word}"})
        for title, word in _GROUPS
        if counts.get(word)
    ]
    return [parts.buttons(shown)] if shown else []
