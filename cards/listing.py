"""Who is being worked on: `status` without a name."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.elements import Element
from cards.parts import Card, plain
from cards.people import person, state_words
from cards.texts import duration
from provisioning.case import Case

NOBODY = "Nobody is waiting for a mailbox."
UNTOLD = "Ready, but nobody could be told: the chat where it was ordered is gone."


def cases_card(cases: Sequence[Case], now: datetime, total: int = 0, untold: Sequence[Case] = ()) -> Card:
    """`cases` may be the newest of `total`: how many more there are is said.

    `untold`: those that are ready, and their notification reached nobody.
    """
    if not cases and not untold:
        return parts.card([parts.text(NOBODY)], NOBODY)
    total = max(total, len(cases))
    title = {0: "No people are waiting", 1: "1 person is waiting"}.get(total, f"{total:,} people are waiting")
    body: list[Element] = [parts.header(title)]
    body.extend(_row(case, f"for {duration(now - case.created_at)}") for case in cases)
    if total > len(cases):
        body.append(
            parts.small(f"And {total - len(cases):,} ordered earlier. To see one, type status jane@contoso.com.")
        )
    if untold:
        body.append(parts.text(UNTOLD, weight="Bolder", spacing="Large"))
        body.extend(_row(case, f"ordered by {plain(case.requester.name, 80)}", is_ready=True) for case in untold)
    return parts.card(body, f"{title} for a mailbox.")


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
