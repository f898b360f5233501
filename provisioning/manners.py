"""When Mailroom speaks up, and when it keeps quiet. Pure.

A card that changes in place disturbs nobody. A message of its own does, so only these notify: a mailbox is ready, an
approval is asked for, an order has failed or is overdue. Quiet hours of a 1:1 chat hold all but the approval until they
end, and a mute leaves them out. An approval is asked at any hour: somebody else waits for it, and it expires.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from provisioning.case import Case, CaseState, Conversation, Stage
from provisioning.errors import BadOrder
from provisioning.waiting import OVERDUE
from provisioning.words import say

WATCHED = timedelta(minutes=2)  # whoever has just ordered still looks at the card
EVERYBODY = ""  # whom a mute of a whole conversation is about

_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|—|to|bis)\s*(\d{1,2})(?:[:.](\d\d))?")


@dataclass(frozen=True)
class QuietHours:
    """From `starts` to `ends`, over midnight if it is the later one, in an IANA time zone."""

    starts: time
    ends: time
    zone: str

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"

    def end_after(self, now: datetime) -> datetime | None:
        """When the quiet that `now` is in ends; None when it is not quiet."""
        here = now.astimezone(_zone(self.zone))
        is_quiet = (
            self.starts <= here.time() < self.ends
            if self.starts < self.ends
            else here.time() >= self.starts or here.time() < self.ends
        )
        if not is_quiet:
            return None
        day = here.date() if here.time() < self.ends else here.date() + timedelta(days=1)
        return datetime.combine(day, self.ends, here.tzinfo).astimezone(UTC)


class Manners(Protocol):
    """What people have asked for, and whom Mailroom has greeted."""

    async def greet(self, conversation: Conversation) -> bool:
        """True once for a conversation, until it is forgotten."""
        ...

    async def forget(self, conversation: Conversation) -> None:
        """Mailroom was removed there."""
        ...

    async def quiet_hours(self, conversation: Conversation) -> QuietHours | None: ...

    async def set_quiet_hours(self, conversation: Conversation, hours: QuietHours | None) -> None:
        """Of a 1:1 chat. What was held comes when the new hours say so; with None at once."""
        ...

    async def mute(self, conversation: Conversation, user: str = EVERYBODY) -> None:
        """No notifications in the conversation, about `user` or at all."""
        ...

    async def unmute(self, conversation: Conversation, user: str = EVERYBODY) -> tuple[str, ...]:
        """Notifications again; of a whole conversation that ends the mutes of single people, too. Who was muted."""
        ...


def parse_hours(typed: str, zone: str) -> QuietHours:
    """`18:00-07:00`, `18-7`, `18.00 to 7.00`. Raises BadOrder."""
    found = _HOURS.fullmatch(" ".join(typed.lower().split()))
    if not found:
        raise BadOrder(say("Write quiet hours as quiet 18:00-07:00, or quiet off."))
    try:
        _zone(zone)
        starts, ends = time(int(found[1]), int(found[2] or 0)), time(int(found[3]) % 24, int(found[4] or 0))
    except ZoneInfoNotFoundError:
        raise BadOrder(say("Teams does not say in which time zone you are, so I cannot keep your hours.")) from None
    except ValueError:
        raise BadOrder(say("A day has 24 hours of 60 minutes. Write quiet hours as quiet 18:00-07:00.")) from None
    if starts == ends:
        raise BadOrder(say("These quiet hours would have no length. To be left alone at all hours, type mute."))
    return QuietHours(starts, ends, zone)


def trouble(before: Case, after: Case, now: datetime) -> str:
    """The kind of notification that the change deserves, since somebody has to decide: failed, overdue, or ""."""
    has_ended = before.is_open and after.state in (CaseState.FAILED, CaseState.GIVEN_UP)
    if has_ended:
        return "failed" if now - after.created_at >= WATCHED else ""
    is_overdue = after.is_open and after.stage(Stage.MAILBOX).note == OVERDUE
    return "overdue" if is_overdue and before.stage(Stage.MAILBOX).note != OVERDUE else ""


def _zone(name: str) -> ZoneInfo:
    """Raises ZoneInfoNotFoundError, also for what cannot be a name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:
        raise ZoneInfoNotFoundError(name) from error
