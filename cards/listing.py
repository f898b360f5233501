"""Who is being worked on: `status` without a name."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.elements import Element
from cards.parts import Card, plain
from cards.people import person, state_words
from cards.texts import duration
from provisioning.case import Case


def cases_card(cases: Sequence[Case], now: datetime, usually: str = "") -> Card:
    """`usually`: how long it takes here."""
    if not cases:
        words = "Nobody is waiting for a mailbox."
        return parts.card([parts.text(words)], words)
    title = "1 person is waiting" if len(cases) == 1 else f"{len(cases)} people are waiting"
    body: list[Element] = [parts.header(title)]
    body.extend(_row(case, now) for case in cases)
    if usually:
        body.append(parts.small(f"Usually ready within {usually}.", spacing="Medium"))
    return parts.card(body, f"{title} for a mailbox.")


def _row(case: Case, now: datetime) -> Element:
    return parts.row(
        parts.icon("ArrowSyncCircle", "●", "Accent"),
        [
            parts.text(f"{person(case)} — {state_words(case)}"),
            parts.small(f"{plain(case.order.upn)} · for {duration(now - case.created_at)}", spacing="None"),
        ],
        parts.text("Show ›", size="Small", color="Accent", horizontal_alignment="Right"),
        select_action=parts.button(f"Show {person(case)}", "status", {"case": case.id}),
    )
