"""Greetings, quiet hours and mutes as rows. Notifications ask here, in the transaction that owes them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa

from jobs.tables import greetings, insert_new, messages, mutes, quiet_hours, reading, writing
from provisioning.case import Conversation
from provisioning.manners import EVERYBODY, QuietHours
from provisioning.ports import Clock

# Kinds of messages that may wait for the morning.
HELD = ("ready", "decision", "failed", "overdue", "bulk-ended", "incident", "incident over")


@dataclass(frozen=True)
class Hush:
    """Whether a notification may be said at all, and from which moment (epoch seconds) on."""

    is_muted: bool = False
    until: float = 0.0


def hush(connection: sa.Connection, conversation: Conversation, user: str, now: datetime) -> Hush:
    """What the conversation has asked for, about notifications concerning `user`."""
    place = _place(conversation.id)
    muted = sa.select(mutes.c.user).where(mutes.c.conversation_id == place, mutes.c.user.in_([EVERYBODY, user.lower()]))
    if connection.execute(muted).first():
        return Hush(is_muted=True)
    hours = _hours(connection, place)
    end = hours.end_after(now) if hours else None
    return Hush(until=end.timestamp() if end else 0.0)


class StoredManners:
    """Implements provisioning.manners.Manners; `wake` is called when something held may be due."""

    def __init__(self, engine: sa.Engine, clock: Clock, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._clock = clock
        self._wake = wake

    async def greet(self, conversation: Conversation) -> bool:
        return await asyncio.to_thread(self._greet, _place(conversation.id))

    async def forget(self, conversation: Conversation) -> None:
        await asyncio.to_thread(self._forget, _place(conversation.id))

    async def quiet_hours(self, conversation: Conversation) -> QuietHours | None:
        return await asyncio.to_thread(self._read_hours, _place(conversation.id))

    async def set_quiet_hours(self, conversation: Conversation, hours: QuietHours | None) -> None:
        await asyncio.to_thread(self._set_hours, _place(conversation.id), hours)
        self._wake()

    async def mute(self, conversation: Conversation, user: str = EVERYBODY) -> None:
        await asyncio.to_thread(self._mute, _place(conversation.id), user.lower())

    async def unmute(self, conversation: Conversation, user: str = EVERYBODY) -> tuple[str, ...]:
        return await asyncio.to_thread(self._unmute, _place(conversation.id), user.lower())

    def _greet(self, place: str) -> bool:
        with writing(self._engine) as connection:
            return insert_new(connection, greetings, conversation_id=place)

    def _forget(self, place: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(greetings.delete().where(greetings.c.conversation_id == place))

    def _read_hours(self, place: str) -> QuietHours | None:
        with reading(self._engine) as connection:
            return _hours(connection, place)

    def _set_hours(self, place: str, hours: QuietHours | None) -> None:
        """And what is held comes at the new time."""
        end = hours.end_after(self._clock.now()) if hours else None
        held = messages.update().where(
            messages.c.conversation_id == place,
            messages.c.kind.in_(HELD),
            messages.c.is_due,
            messages.c.claimed_by == "",
        )
        with writing(self._engine) as connection:
            connection.execute(quiet_hours.delete().where(quiet_hours.c.conversation_id == place))
            if hours:
                written = {"starts": f"{hours.starts:%H:%M}", "ends": f"{hours.ends:%H:%M}", "zone": hours.zone}
                connection.execute(quiet_hours.insert().values(conversation_id=place, **written))
            connection.execute(held.values(held_until=end.timestamp() if end else 0.0))

    def _mute(self, place: str, user: str) -> None:
        with writing(self._engine) as connection:
            insert_new(connection, mutes, conversation_id=place, user=user)

    def _unmute(self, place: str, user: str) -> tuple[str, ...]:
        its = mutes.c.conversation_id == place
        if user != EVERYBODY:
            its &= mutes.c.user == user
        with writing(self._engine) as connection:
            muted = connection.execute(sa.select(mutes.c.user).where(its).order_by(mutes.c.user)).scalars().all()
            connection.execute(mutes.delete().where(its))
        return tuple(muted)


def _hours(connection: sa.Connection, place: str) -> QuietHours | None:
    row = connection.execute(sa.select(quiet_hours).where(quiet_hours.c.conversation_id == place)).first()
    if row is None:
        return None
    return QuietHours(time.fromisoformat(row.starts), time.fromisoformat(row.ends), row.zone)


def _place(conversation_id: str) -> str:
    """A channel's threads are one place: Teams adds ";messageid=…" to the channel's id."""
    return conversation_id.partition(";")[0]
