"""Who is being worked on: `status` without a name."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.bulk import bulk_row
from cards.elements import Element
from cards.parts import Card, plain
from cards.people import person, state_words
from cards.texts import duration
from provisioning.bulk import BulkSummary
from provisioning.case import Case
from provisioning.scheduled import Scheduled

NOBODY = "Nobody is waiting for a mailbox."
UNTOLD = "Ready, but nobody could be told: the chat where it was ordered is gone."


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
        return parts.card([parts.text(NOBODY)], NOBODY)
    total = max(total, len(cases))
    waiting = _title(total, len(bulks))
    title = f"{waiting}, {len(scheduled)} scheduled" if scheduled else waiting
    body: list[Element] = [parts.header(title), *map(bulk_row, bulks)]
    body.extend(_row(case, f"for {duration(now - case.created_at)}") for case in cases)
    if total > len(cases):
        body.append(
            parts.small(f"And {total - len(cases):,} ordered earlier. To see one, type status jane@contoso.com.")
        )
    body.extend(_later(one) for one in scheduled)
    if untold:
        body.append(parts.text(UNTOLD, weight="Bolder", spacing="Large"))
        body.extend(_row(case, f"ordered by {plain(case.requester.name, 80)}", is_ready=True) for case in untold)
    if usually and (cases or bulks):
        body.append(parts.small(f"Usually ready within {usually}.", spacing="Medium"))
    return parts.card(body, f"{title}." if scheduled else f"{title} for a mailbox.")


def _later(one: Scheduled) -> Element:
    who = plain(one.request.display_name or one.request.upn, 80)
    return parts.row(
        parts.icon("CalendarClock", "◷", "Default"),
        [
            parts.text(f"{who} — scheduled"),
            parts.small(f"{plain(one.request.upn)} · {plain(one.when)}", spacing="None"),
        ],
        parts.text("Show ›", size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(f"Show {who}", "schedule-show", {"schedule": one.id}),
    )


def _title(cases: int, bulks: int) -> str:
    people = "1 person is waiting" if cases == 1 else f"{f'{cases:,}' if cases else 'No'} people are waiting"
    lists = "1 list is at work" if bulks == 1 else f"{bulks} lists are at work"
    return " and ".join([*([lists] if bulks else []), *([people] if cases or not bulks else [])])


def _row(case: Case, aside: str, *, is_ready: bool = False) -> Element:
    return parts.row(
        parts.icon("Warning", "▲", "Warning") if is_ready else parts.icon("ArrowSyncCircle", "●", "Accent"),
        [
            parts.text(f"{person(case)} — {state_words(case)}"),
            parts.small(f"{plain(case.order.upn)} · {aside}", spacing="None"),
        ],
        parts.text("Show ›", size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(f"Show {person(case)}", "status", {"case": case.id}),
    )
