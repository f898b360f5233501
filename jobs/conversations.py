"""Conversations in which nothing can be said just now, or any more. Those without a row are fine.

Paused: Teams did not take a message there, so all of them wait, in their order. Gone: Teams will take none until
somebody there speaks to Mailroom again. What such a conversation is owed stays owed, and is not tried.
"""

from collections.abc import Collection

import sqlalchemy as sa

from jobs.tables import conversations, has_come, insert_new

FARTHEST_SECONDS = 3600.0  # nothing is put off for longer

_is_gone = conversations.c.gone_since.is_not(None)

# Ids, for a query's `in`.
GONE = sa.select(conversations.c.id).where(_is_gone)


def shut(at: float) -> sa.Select[tuple[str]]:
    """Ids of those in which nothing is to be said at that moment (epoch seconds)."""
    is_paused = ~has_come(conversations.c.paused_until, at, FARTHEST_SECONDS)
    return sa.select(conversations.c.id).where(_is_gone | is_paused)


def pause(connection: sa.Connection, conversation_id: str, until: float) -> None:
    times = conversations.c.attempts + 1
    if insert_new(connection, conversations, id=conversation_id, paused_until=until, attempts=1):
        return
    its = conversations.update().where(conversations.c.id == conversation_id)
    connection.execute(its.values(paused_until=until, attempts=times))


def end_pause(connection: sa.Connection, conversation_id: str) -> None:
    """Teams took a message there."""
    connection.execute(conversations.delete().where(conversations.c.id == conversation_id))


def next_end_of_pause(connection: sa.Connection, at: float) -> float | None:
    query = sa.select(sa.func.min(conversations.c.paused_until)).where(~_is_gone, conversations.c.paused_until > at)
    return connection.execute(query).scalar()


def mark_gone(connection: sa.Connection, conversation_id: str, why: str, at: float) -> None:
    if not insert_new(connection, conversations, id=conversation_id, gone_since=at, why=why):
        its = conversations.update().where(conversations.c.id == conversation_id)
        connection.execute(its.values(gone_since=at, why=why))


def is_gone(connection: sa.Connection, conversation_id: str) -> bool:
    return connection.execute(GONE.where(conversations.c.id == conversation_id)).scalar() is not None


def all_gone(connection: sa.Connection) -> frozenset[str]:
    return frozenset(connection.execute(GONE).scalars())


def reopen(connection: sa.Connection, ids: Collection[str]) -> None:
    """Somebody spoke there: what is owed is tried again."""
    connection.execute(conversations.delete().where(conversations.c.id.in_(ids)))
