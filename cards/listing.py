"""Who is being worked on: `status` without a name."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.bulk import bulk_row
from cards.elements import Element
from cards.language import counted, number, say, told
from cards.parts import Card, plain
from cards.people import person, state_words
from cards.texts import duration
from provisioning.bulk import BulkSummary
from provisioning.case import Case
from provisioning.scheduled import Scheduled


def cases_card(
    cases: Sequence[Case],
    now: datetime,
    total: int = 0,
    untold: Sequence[Case] = (),
    bulks: Sequence[BulkSummary] = (),
    scheduled: Sequence[Scheduled] = (),
    usually: str = "",
) -> Card:
    """`cases` may be the newest of `total`: how many more there are is said. A bulk is one line.

    `untold`: those that are ready, and their notification reached nobody. `scheduled`: whose order begins later.
    `usually`: how long it takes here.
    """
    if not (cases or untold or bulks or scheduled):
        nobody = say("Nobody is waiting for a mailbox.")
        return parts.card([parts.text(nobody)], nobody)
    total = max(total, len(cases))
    waiting = _title(total, len(bulks))
    title = say("{waiting}, {count} scheduled", waiting=waiting, count=len(scheduled)) if scheduled else waiting
    body: list[Element] = [parts.header(title), *map(bulk_row, bulks)]
    body.extend(_row(case, say("for {span}", span=duration(now - case.created_at))) for case in cases)
    if total > len(cases):
        more = number(total - len(cases))
        words = say("And {count} ordered earlier. To see one, type status jane@contoso.com.", count=more)
        body.append(parts.small(words))
    body.extend(_later(one) for one in scheduled)
    body.extend(_untold(untold))
    if usually and (cases or bulks):
        body.append(parts.small(say("Usually ready within {span}.", span=usually), spacing="Medium"))
    return parts.card(body, f"{title}." if scheduled else say("{waiting} for a mailbox.", waiting=title))


def _untold(cases: Sequence[Case]) -> list[Element]:
    if not cases:
        return []
    title = say("Ready, but nobody could be told: the chat where it was ordered is gone.")
    rows = [_row(case, say("ordered by {who}", who=plain(case.requester.name, 80)), is_ready=True) for case in cases]
    return [parts.text(title, weight="Bolder", spacing="Large"), *rows]


def _later(one: Scheduled) -> Element:
    who = plain(one.request.display_name or one.request.upn, 80)
    return parts.row(
        parts.icon("CalendarClock", "◷", "Default"),
        [
            parts.text(" — ".join((who, say("scheduled")))),
            parts.small(f"{plain(one.request.upn)} · {plain(told(one.when))}", spacing="None"),
        ],
        parts.text(say("Show ›"), size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(say("Show {who}", who=who), "schedule-show", {"schedule": one.id}),
    )


def _title(cases: int, bulks: int) -> str:
    people = counted("1 person is waiting", "{n} people are waiting", cases) if cases else say("No people are waiting")
    if not bulks:
        return people
    lists = counted("1 list is at work", "{n} lists are at work", bulks)
    return say("{lists} and {people}", lists=lists, people=people) if cases else lists


def _row(case: Case, aside: str, *, is_ready: bool = False) -> Element:
    return parts.row(
        parts.icon("Warning", "▲", "Warning") if is_ready else parts.icon("ArrowSyncCircle", "●", "Accent"),
        [
            parts.text(f"{person(case)} — {state_words(case)}"),
            parts.small(f"{plain(case.order.upn)} · {aside}", spacing="None"),
        ],
        parts.text(say("Show ›"), size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(say("Show {who}", who=person(case)), "status", {"case": case.id}),
    )
