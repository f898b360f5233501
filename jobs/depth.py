"""How much there is to do, as numbers: one look at the database, quick with any number of cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from jobs.conversations import GONE
from jobs.tables import cases, messages, reading
from jobs.workflows import QUEUE
from provisioning.case import CaseState


@dataclass(frozen=True)
class Depth:
    """`cases` by state and stage. Ages are in seconds, of the oldest; 0 where there is none."""

    cases: Mapping[tuple[str, str], int]
    messages: int
    message_age: float
    looks: int  # overdue
    look_age: float
    workflows: int  # not begun


def measure(engine: sa.Engine, now: datetime) -> Depth:
    """Raises DatabaseUnavailable."""
    moment = now.timestamp()
    by_stage = sa.select(cases.c.state, cases.c.stage, sa.func.count()).group_by(cases.c.state, cases.c.stage)
    due = sa.select(sa.func.count(), sa.func.min(messages.c.due_since)).where(messages.c.is_due)
    due = due.where(messages.c.conversation_id.not_in(GONE))  # those wait for people, not for us
    is_overdue = (cases.c.state == CaseState.WAITING) & (cases.c.next_check_at <= moment)
    overdue = sa.select(sa.func.count(), sa.func.min(cases.c.next_check_at)).where(is_overdue)
    with reading(engine) as connection:
        states = {(state, stage): count for state, stage, count in connection.execute(by_stage)}
        due_count, due_since = connection.execute(due).one()
        look_count, look_since = connection.execute(overdue).one()
        queued = connection.execute(_queued(engine)).scalar_one()
    return Depth(states, due_count, _age(due_since, moment), look_count, _age(look_since, moment), queued)


def _age(since: float | None, now: float) -> float:
    return max(0.0, now - since) if since else 0.0


def _queued(engine: sa.Engine) -> sa.Select[Any]:
    """The engine's table is documented (docs.dbos.dev/explanations/system-tables); its own calls load every row."""
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    table = sa.table("workflow_status", sa.column("queue_name"), sa.column("status"), schema=schema)
    return sa.select(sa.func.count()).where(table.c.queue_name == QUEUE, table.c.status == "ENQUEUED")
