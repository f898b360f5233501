"""An order for later: a row with a time. It becomes a case when its time has come, with everything checked then."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from provisioning.case import Case, Conversation, Order, Person, Problem, fail
from provisioning.errors import GraphTrace
from provisioning.orders import OrderRequest

UTC_NAME = "UTC"
_SAID = re.compile(r"(\w+, \d{1,2} \w+ \d{4}, \d\d:\d\d) \(([\w/+-]+)\)")


@dataclass(frozen=True)
class Scheduled:
    """`id` is that of the case that it becomes; `request` as it was typed, so that the profile counts as it is then."""

    id: str
    request: OrderRequest
    requester: Person
    conversation: Conversation
    starts_at: datetime
    created_at: datetime

    @property
    def when(self) -> str:
        """With the date and the zone, as whoever ordered it said it."""
        return said(self.starts_at, self.request.zone)

    @property
    def order_now(self) -> OrderRequest:
        """The same, without the time."""
        return replace(self.request, starts_at=None, zone="")


def zone_of(name: str) -> ZoneInfo:
    """UTC where Teams did not say one, or one that nobody knows."""
    try:
        return ZoneInfo(name or UTC_NAME)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; the name of a folder
        return ZoneInfo(UTC_NAME)


def said(moment: datetime, zone: str) -> str:
    """Tuesday, 1 December 2026, 08:00 (Europe/Berlin)"""
    where = zone_of(zone)
    local = moment.astimezone(where)
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M} ({where.key})"


def moment_in(text: str) -> datetime | None:
    """The moment that `said` wrote, in its zone; None for any other text."""
    found = _SAID.fullmatch(text)
    if not found:
        return None
    try:
        return datetime.strptime(found[1], "%A, %d %B %Y, %H:%M").replace(tzinfo=zone_of(found[2]))
    except ValueError:
        return None


def could_not_begin(one: Scheduled, sentence: str, trace: GraphTrace, now: datetime) -> Case:
    """The case that says why nothing was begun, with a button to try again."""
    request = one.request
    order = Order(
        upn=request.upn,
        display_name=request.display_name,
        usage_location=request.usage_location,
        license_name=request.license,
        manager_upn=request.manager,
        department=request.department,
        profile=request.profile,
    )
    return fail(Case(one.id, order, one.requester, now), Problem(sentence, trace), now)
