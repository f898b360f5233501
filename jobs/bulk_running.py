"""Starts what bulks have to do, a few at a time, and ends those that are done.

A line that begins becomes a case in the same transaction, so that a kill leaves either both or neither. Few are at work
at once, fewer than the engine takes: an order that somebody places alone never waits for a list, and Graph's limits
set the pace.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import sqlalchemy as sa

from jobs import bulk_store
from jobs.audit import append
from jobs.bulk_audit import list_ended
from jobs.messages import mark_due, owe_bulk_end
from jobs.rounds import go_round
from jobs.store import find_or_add
from jobs.tables import bulk_lines, bulks, reading, writing
from provisioning.audit import AuditRecord
from provisioning.audit_records import joined, ordered
from provisioning.bulk import Bulk, BulkState, Fate, case_id_of, end
from provisioning.case import Case, CaseState, Person
from provisioning.ports import Clock

AT_ONCE = 12  # cases of bulks that a workflow is at work on
BUSY_SECONDS = 0.25  # from one look to the next while some are to begin
WATCHING_SECONDS = 2.0  # while the last ones wait for their mailboxes
IDLE_SECONDS = 5.0  # another process, or somebody at a terminal, may have begun one

log = logging.getLogger(__name__)


class BulkRunner:
    """`begin` starts the workflow of a case; `end_watch` ends one that only watches; `redraw` is called after each
    change of a card.
    """

    def __init__(
        self,
        engine: sa.Engine,
        clock: Clock,
        begin: Callable[[str], Awaitable[None]],
        end_watch: Callable[[str, Person], Awaitable[object]],
        redraw: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._begin = begin
        self._end_watch = end_watch
        self._redraw = redraw
        self._wake = asyncio.Event()
        self._to_begin: list[str] = []  # stored as cases, whose workflows are still to start
        self._watches: list[tuple[str, Person]] = []  # that lines cannot begin beside, and who ordered those

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        await go_round(self._round, self._wake, log)

    async def _round(self) -> float:
        running = await asyncio.to_thread(self._running)
        if not running:
            return IDLE_SECONDS
        self._to_begin += await asyncio.to_thread(self._take, running, self._clock.now())
        while self._to_begin:
            await self._begin(self._to_begin[0])
            self._to_begin.pop(0)
        while self._watches:
            await self._end_watch(*self._watches.pop())
        is_busy = await asyncio.to_thread(self._end_done, running, self._clock.now())
        self._redraw()  # costs nothing where no card has changed
        return BUSY_SECONDS if is_busy else WATCHING_SECONDS

    def _running(self) -> list[str]:
        query = sa.select(bulks.c.id).where(bulks.c.state == BulkState.RUNNING).order_by(bulks.c.created_at)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def _take(self, running: list[str], now: datetime) -> list[str]:
        """The ids of the cases that are to begin."""
        opened: list[tuple[str, AuditRecord | None]] = []
        with writing(self._engine) as connection:
            at_work = sa.select(sa.func.count()).where(
                bulk_lines.c.bulk_id.in_(running), bulk_lines.c.state == CaseState.RUNNING
            )
            free = max(0, AT_ONCE - (connection.execute(at_work).scalar() or 0))
            for bulk_id in running:
                due = sa.select(bulk_lines).where(bulk_lines.c.bulk_id == bulk_id, bulk_lines.c.state == Fate.TO_DO)
                due = due.order_by(bulk_lines.c.position).limit(free - len(opened))
                rows = connection.execute(due.with_for_update(skip_locked=True)).all() if free > len(opened) else []
                bulk = bulk_store.get(connection, bulk_id) if rows else None
                if bulk:
                    mark_due(connection, [bulk_id], "bulk")
                    opened += [self._open(connection, bulk, row.position, row.document, now) for row in rows]
            for _, record in opened:  # at the end, as everywhere: who waits for the trail holds nothing others wait for
                if record:
                    append(connection, record, now)
        return [case_id for case_id, _ in opened if case_id]

    def _open(
        self, connection: sa.Connection, bulk: Bulk, position: int, document: str, now: datetime
    ) -> tuple[str, AuditRecord | None]:
        """The line becomes a case: its id, "" where there is nothing to begin, and what is to be written down."""
        line = bulk_store.load_line(document)
        if line.order is None:
            raise ValueError(f"line {position} of bulk {bulk.id} has no order")
        case = Case(case_id_of(bulk, position), line.order, bulk.requester, now, bulk_id=bulk.id, trace=bulk.trace)
        kept = find_or_add(connection, case)
        if kept.is_watch:  # whoever orders a mailbox that was only watched wants more than that: next time round
            self._watches.append((kept.id, bulk.requester))
            return "", None
        is_ours = kept.bulk_id == bulk.id
        state = kept.state if is_ours else Fate.ELSEWHERE
        bulk_store.set_line(connection, bulk.id, position, state=state, subject_id=kept.id)
        if kept is case:
            return kept.id, ordered(case)
        return "", joined(kept, case.requester, case.order)

    def _end_done(self, running: list[str], now: datetime) -> bool:
        """Whether there is more to begin."""
        is_busy = False
        with writing(self._engine) as connection:
            for bulk_id in running:
                if bulk_store.is_done(connection, bulk_id):
                    self._end(connection, bulk_id, now)
                elif Fate.TO_DO in bulk_store.counts(connection, bulk_id):
                    is_busy = True
        return is_busy

    def _end(self, connection: sa.Connection, bulk_id: str, now: datetime) -> None:
        before = bulk_store.get(connection, bulk_id)
        after = bulk_store.change(connection, bulk_id, lambda bulk: end(bulk, now))
        if before and before.state is not after.state:
            append(connection, list_ended(after, bulk_store.counts(connection, bulk_id)), now)
            owe_bulk_end(connection, after, now)
