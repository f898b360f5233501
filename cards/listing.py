"""Who is being worked on: `status` without a name."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.elements import Element
from cards.parts import Card, plain
from cards.people import person, state_words
from cards.texts import duration
from provisioning.case import Case
from provisioning.scheduled import Scheduled


def cases_card(cases: Sequence[Case], now: datetime, scheduled: Sequence[Scheduled] = ()) -> Card:
    """Those who are being worked on, and those whose order begins later."""
    if not (cases or scheduled):
        words = "Nobody is waiting for a mailbox."
        return parts.card([parts.text(words)], words)
    waiting = {0: "Nobody is waiting", 1: "1 person is waiting"}.get(len(cases), f"{len(cases)} people are waiting")
    title = f"{waiting}, {len(scheduled)} scheduled" if scheduled else waiting
    body: list[Element] = [parts.header(title)]
    body.extend(_row(case, now) for case in cases)
    body.extend(_later(one) for one in scheduled)
    return parts.card(body, f"{title} for a mailbox." if not scheduled else f"{title}.")


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
