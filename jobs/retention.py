"""What is older than the settings allow is deleted: once a day, by a workflow whose id is the day.

So it runs once however many processes share the database, goes on where it was when one is killed, and catches up on
the day after one on which nothing ran. Each step is a few short transactions and safe to repeat.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date

import sqlalchemy as sa

from jobs.audit import append, audit
from jobs.audit_cutting import cut_trail
from jobs.history import History
from jobs.rounds import go_round
from jobs.sweeping import sweep
from jobs.tables import writing
from provisioning.audit import AuditRecord
from provisioning.keeping import Keep, swept
from provisioning.ports import Clock

ROUND_SECONDS = 3600.0
PAUSE = 0.05  # after each batch: others write, too

log = logging.getLogger(__name__)


class Retention:
    """The steps, and the loop that has them taken. A day is written as 2026-11-26."""

    def __init__(self, engine: sa.Engine, clock: Clock, keep: Keep) -> None:
        self._engine = engine
        self._history = History(engine)
        self._clock = clock
        self._keep = keep

    async def run(self, begin: Callable[[str], Awaitable[None]]) -> None:
        """Until cancelled. `begin` does nothing for a day that it has begun before."""

        async def round_of_work() -> float:
            await begin(self.today())
            return ROUND_SECONDS

        await go_round(round_of_work, asyncio.Event(), log)

    def today(self) -> str:
        return self._clock.now().astimezone(UTC).date().isoformat()

    async def sweep(self, day: str) -> dict[str, int]:
        """One batch of what had ended by then; nothing when all of it is gone."""
        before = self._keep.ended_before(date.fromisoformat(day))
        if before is None:
            return {}
        found = await asyncio.to_thread(sweep, self._engine, before.timestamp())
        workflows = await asyncio.to_thread(self._history.forget_before, before.timestamp())
        await asyncio.sleep(PAUSE)
        return {**found, "workflows": workflows} if workflows else found

    async def cut(self, day: str) -> int:
        """The oldest entries of the audit trail; answers how many."""
        before = self._keep.written_before(date.fromisoformat(day))
        if before is None:
            return 0
        return await asyncio.to_thread(cut_trail, self._engine, before, self._clock.now())

    async def note(self, day: str, counts: Mapping[str, int]) -> None:
        """Write it down, once a day."""
        before = self._keep.ended_before(date.fromisoformat(day))
        if before is not None and counts:
            await asyncio.to_thread(self._note_once, swept(date.fromisoformat(day), before, counts))

    async def all_of(self, day: str) -> dict[str, int]:
        """Every step one after the other, without the engine: for the terminal."""
        counts: Counter[str] = Counter()
        while found := await self.sweep(day):
            counts.update(found)
        removed = await self.cut(day)
        await self.note(day, counts)
        return {**counts, "entries of the audit trail": removed}

    def _note_once(self, record: AuditRecord) -> None:
        known = sa.select(audit.c.seq).where(audit.c.case_id == record.case).limit(1)
        with writing(self._engine) as connection:
            if connection.execute(known).scalar() is None:
                append(connection, record, self._clock.now())
        log.info("%s", record.sentence)
