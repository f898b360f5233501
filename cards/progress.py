"""The live card of a case: one card per conversation that changes in place until the end."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts
from cards.elements import REFRESH_LIMIT, Element, Execute, Refresh
from cards.parts import Card, plain
from cards.people import person, state_words
from provisioning.case import Case


def progress_card(case: Case, now: datetime, *, refresh_for: Sequence[str] = ()) -> Card:
    title = f"{person(case)} — {state_words(case)}"
    body: list[Element] = [parts.header(title, plain(case.order.upn))]
    return parts.card(body, title, refresh=_refresh(case, refresh_for))


def _refresh(case: Case, people: Sequence[str]) -> Refresh | None:
    if not people:
        return None
    action = Execute(verb="refresh", data={"verb": "refresh", "case": case.id})
    return Refresh(action=action, user_ids=list(people[:REFRESH_LIMIT]))
