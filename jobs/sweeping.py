"""Deletes what ended long ago, or is about one person: a few rows in one transaction, so that nobody waits long.

What belongs together goes together: a case with its line, its cards and its mutes. Whatever is still at work stays.
The engine's history is jobs/history.py's, the audit trail jobs/audit_cutting.py's business.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from jobs.tables import (
    bulk_lines,
    bulks,
    case_lines,
    cases,
    conversations,
    greetings,
    incidents,
    messages,
    mutes,
    quiet_hours,
    repairs,
    writing,
)
from provisioning.bulk import BulkState
from provisioning.repair import OPEN_STATES as OPEN_REPAIRS

AT_ONCE = 100  # of a kind in one transaction

Connection = sa.Connection


@contextmanager
def erasing(engine: sa.Engine) -> Iterator[Connection]:
    """A transaction whose deleted rows are overwritten in a SQLite file; PostgreSQL's VACUUM does it later."""
    with writing(engine) as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def sweep(engine: sa.Engine, before: float) -> dict[str, int]:
    """Some of what ended before that moment (epoch seconds), by kind; nothing once all of it is gone."""
    found: dict[str, int] = {}
    for name, some in SWEEPS.items():
        with erasing(engine) as connection:
            count = some(connection, before)
        if count:
            found[name] = count
    return found


def delete_cases(connection: Connection, ids: Sequence[str]) -> None:
    """With their lines and cards, and what was muted about people of whom nothing else is known."""
    upns = connection.execute(sa.select(cases.c.upn).where(cases.c.id.in_(ids)).distinct()).scalars().all()
    connection.execute(messages.delete().where(messages.c.subject_id.in_(ids)))
    connection.execute(case_lines.delete().where(case_lines.c.id.in_(ids)))
    connection.execute(cases.delete().where(cases.c.id.in_(ids)))
    is_unknown = mutes.c.user.not_in(sa.select(cases.c.upn)) & mutes.c.user.not_in(sa.select(repairs.c.user))
    connection.execute(mutes.delete().where(mutes.c.user.in_(upns), is_unknown))


def delete_repairs(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(messages.delete().where(messages.c.subject_id.in_(ids)))
    connection.execute(repairs.delete().where(repairs.c.id.in_(ids)))


def _cases(connection: Connection, before: float) -> int:
    ended = sa.select(cases.c.id).join(case_lines, case_lines.c.id == cases.c.id)
    ended = ended.where(case_lines.c.ended_at < before, cases.c.open_upn.is_(None)).order_by(case_lines.c.ended_at)
    ids = _some(connection, ended, cases)
    delete_cases(connection, ids)
    return len(ids)


def _repairs(connection: Connection, before: float) -> int:
    """From the day on which they were asked for: a fix is over within days."""
    old = sa.select(repairs.c.id).where(repairs.c.created_at < before, repairs.c.state.not_in(OPEN_REPAIRS))
    ids = _some(connection, old, repairs)
    delete_repairs(connection, ids)
    return len(ids)


def _lists(connection: Connection, before: float) -> int:
    """Also those that were checked and never begun."""
    old = sa.select(bulks.c.id).where(bulks.c.created_at < before, bulks.c.state != BulkState.RUNNING)
    ids = _some(connection, old, bulks)
    connection.execute(messages.delete().where(messages.c.subject_id.in_(ids)))
    connection.execute(bulk_lines.delete().where(bulk_lines.c.bulk_id.in_(ids)))
    connection.execute(bulks.delete().where(bulks.c.id.in_(ids)))
    return len(ids)


def _incidents(connection: Connection, before: float) -> int:
    ids = _some(connection, sa.select(incidents.c.id).where(incidents.c.ended_at < before), incidents)
    connection.execute(messages.delete().where(messages.c.subject_id.in_(ids)))
    connection.execute(incidents.delete().where(incidents.c.id.in_(ids)))
    return len(ids)


def _messages(connection: Connection, before: float) -> int:
    """Those of whose subject nothing is left."""
    subjects = (cases, repairs, bulks, incidents)
    is_orphan = [~sa.exists().where(table.c.id == messages.c.subject_id) for table in subjects]
    is_old = sa.func.coalesce(messages.c.due_since, 0.0) < before
    ids = _some(connection, sa.select(messages.c.id).where(is_old, *is_orphan), messages)
    connection.execute(messages.delete().where(messages.c.id.in_(ids)))
    return len(ids)


def _conversations(connection: Connection, before: float) -> int:
    """In which Teams takes nothing any more, and nothing is owed."""
    owed = sa.select(messages.c.conversation_id)
    gone = sa.select(conversations.c.id).where(conversations.c.gone_since < before, conversations.c.id.not_in(owed))
    ids = _some(connection, gone, conversations)
    for table in (greetings, quiet_hours, mutes):
        connection.execute(table.delete().where(table.c.conversation_id.in_(ids)))
    connection.execute(conversations.delete().where(conversations.c.id.in_(ids)))
    return len(ids)


def _some(connection: Connection, query: sa.Select[Any], of: sa.Table) -> list[Any]:
    """Ids; rows that another process holds come later."""
    return list(connection.execute(query.limit(AT_ONCE).with_for_update(skip_locked=True, of=of)).scalars())


SWEEPS: dict[str, Callable[[Connection, float], int]] = {
    "cases": _cases,
    "fixes": _repairs,
    "lists": _lists,
    "incidents": _incidents,
    "messages": _messages,
    "conversations": _conversations,
}
