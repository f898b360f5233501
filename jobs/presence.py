"""Which processes live, as rows: a process that gives no sign of life is dead, and one other takes over its work.

On PostgreSQL every process has an id of its own, also as the engine's executor. DBOS recovers what a process left
when that process starts again under its id; a machine that never comes back would leave it for ever
(docs/adr/0001-engine.md). On SQLite there is one process, with a fixed id, and nobody to take over from.
"""

import socket
import time
import uuid
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from jobs.tables import insert_new, processes, reading, takeovers, writing

BEAT_SECONDS = 5.0  # between two signs of life
LIVES_SECONDS = 15.0  # after one: shorter than what is left to whoever has signed off
DEAD_AFTER_SECONDS = 30.0  # without one
LEAVING_SECONDS = 10.0  # from signing off until what is still on its way has surely ended, with its process
TAKEOVERS = 5  # of one workflow: it may be what kills its processes
ONLY_ONE = "mailroom"  # the id where there is one process


def anybody_lives(engine: sa.Engine) -> bool:
    """Whether a bot is at work on this database. Raises DatabaseUnavailable."""
    with reading(engine) as connection:
        now = _now(connection)
        # Not later either: the first migration leaves a row of hours ahead for processes that it knows nothing of.
        is_there = processes.c.seen_at.between(now - LIVES_SECONDS, now + LIVES_SECONDS)
        return connection.execute(sa.select(processes.c.id).where(is_there).limit(1)).first() is not None


def own_id(engine: sa.Engine) -> str:
    """The id of this process, to be asked for once."""
    return ONLY_ONE if engine.dialect.name == "sqlite" else f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"


class Presence:
    """Synchronous; callers run it in a thread. Raises DatabaseUnavailable."""

    def __init__(self, engine: sa.Engine, process_id: str) -> None:
        self._engine = engine
        self.process_id = process_id
        self.is_alone = engine.dialect.name == "sqlite"

    def beat(self) -> None:
        """A sign of life."""
        with writing(self._engine) as connection:
            self._see(connection, _now(connection))

    def leave(self) -> None:
        """What this process did not finish need not wait until it is taken for dead."""
        with writing(self._engine) as connection:
            self._see(connection, _now(connection) - DEAD_AFTER_SECONDS + LEAVING_SECONDS)

    def bury_dead(self, take_over: Callable[[str], None]) -> bool:
        """Call `take_over` with the id of each dead process, here and nowhere else; whether there was one.

        The dead one's row stays locked meanwhile, so that no two take over the same work; where `take_over` or this
        very process fails, the row stays, for another try.
        """
        if self.is_alone:
            return False
        with writing(self._engine) as connection:
            is_dead = (processes.c.id != self.process_id) & (
                processes.c.seen_at < _now(connection) - DEAD_AFTER_SECONDS
            )
            query = sa.select(processes.c.id).where(is_dead).with_for_update(skip_locked=True)
            dead = connection.execute(query).scalars().all()
            for process_id in dead:
                take_over(process_id)
                connection.execute(processes.delete().where(processes.c.id == process_id))
        return bool(dead)

    def count_takeovers(self, workflow_ids: Sequence[str]) -> list[str]:
        """Count one more for each; answers those that may still be taken over."""
        with writing(self._engine) as connection:
            for workflow_id in workflow_ids:
                if not insert_new(connection, takeovers, workflow_id=workflow_id, times=1):
                    same = takeovers.update().where(takeovers.c.workflow_id == workflow_id)
                    connection.execute(same.values(times=takeovers.c.times + 1))
            few = (takeovers.c.workflow_id.in_(workflow_ids)) & (takeovers.c.times <= TAKEOVERS)
            return list(connection.execute(sa.select(takeovers.c.workflow_id).where(few)).scalars())

    def _see(self, connection: sa.Connection, seen_at: float) -> None:
        if not insert_new(connection, processes, id=self.process_id, seen_at=seen_at):
            connection.execute(processes.update().where(processes.c.id == self.process_id).values(seen_at=seen_at))


def _now(connection: sa.Connection) -> float:
    """The database's clock, in epoch seconds: machines may differ."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.execute(sa.select(sa.extract("epoch", sa.func.clock_timestamp()))).scalar_one())
