"""The bulks behind provisioning.bulk_ports.Bulks: rows, and a loop that begins what they have to do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import sqlalchemy as sa

from jobs import bulk_store
from jobs.audit import append
from jobs.bulk_audit import list_again, list_started, list_stopped
from jobs.messages import forget_said, show_live
from jobs.repairs import open_repair
from jobs.store import CaseStore
from jobs.tables import reading, writing
from jobs.tracing import traceparent
from provisioning.bulk import Bulk, BulkLine, BulkState, BulkSummary, Fate, Outcome, begin_again, start
from provisioning.case import Conversation, Person
from provisioning.errors import BadOrder
from provisioning.fixes.steps import Step
from provisioning.ports import Clock
from provisioning.repair import Repair
from provisioning.words import say

T = TypeVar("T")

UNKNOWN = say("I no longer know this list. Send it again.")


class BulkJobs:
    """Implements provisioning.bulk_ports.Bulks.

    `wake` is called when there is something to begin; `begin_repair` starts the workflow of a stored repair.
    """

    def __init__(
        self,
        store: CaseStore,
        wake: Callable[[], None],
        clock: Clock,
        begin_repair: Callable[[Repair], Awaitable[None]],
        redraw: Callable[[], None],
    ) -> None:
        self._store = store
        self._engine = store.engine
        self._wake = wake
        self._clock = clock
        self._begin_repair = begin_repair
        self._redraw = redraw

    async def draft(self, bulk: Bulk, lines: Sequence[BulkLine]) -> None:
        def keep(connection: sa.Connection) -> None:
            earlier = bulk_store.get(connection, bulk.id, for_update=True)
            if earlier is None or earlier.state is BulkState.DRAFT:
                bulk_store.keep(connection, bulk, lines)

        await self._write(keep)

    async def get(self, bulk_id: str) -> Bulk | None:
        return await self._read(lambda connection: bulk_store.get(connection, bulk_id))

    async def lines(self, bulk_id: str) -> tuple[BulkLine, ...]:
        return await self._read(lambda connection: bulk_store.lines_of(connection, bulk_id))

    async def start(self, bulk_id: str, by: Person, conversation: Conversation) -> BulkSummary:
        now, trace = self._clock.now(), traceparent()

        def begin(connection: sa.Connection) -> BulkSummary:
            before = _known(bulk_store.get(connection, bulk_id, for_update=True))
            after = bulk_store.change(connection, bulk_id, lambda bulk: start(bulk, by, now, trace))
            if after is not before and after.state is not before.state:
                append(connection, list_started(after), now)
                show_live(connection, bulk_id, conversation, kind="bulk", is_asker=True)
            return _summary(connection, bulk_id)

        return await self._changed(begin)

    async def start_repairs(
        self, bulk: Bulk, repairs: Sequence[tuple[Repair, Sequence[Step]]], conversation: Conversation
    ) -> BulkSummary:
        now = self._clock.now()

        def keep(connection: sa.Connection) -> list[Repair]:
            if bulk_store.get(connection, bulk.id, for_update=True) is not None:
                return []
            bulk_store.keep(
                connection, bulk, [BulkLine(number, one.user) for number, (one, _) in enumerate(repairs, 1)]
            )
            opened = [open_repair(connection, repair, steps, conversation) for repair, steps in repairs]
            for position, (repair, kept) in enumerate(zip((one for one, _ in repairs), opened, strict=True)):
                # One at a time for a person: where another is open, that one goes on.
                state = kept.state if kept.id == repair.id else Fate.ELSEWHERE
                bulk_store.set_line(connection, bulk.id, position, state=state, subject_id=kept.id)
            append(connection, list_started(bulk), now)
            show_live(connection, bulk.id, conversation, kind="bulk", is_asker=True)
            return [repair for repair in opened if repair.bulk_id == bulk.id]

        for repair in await self._write(keep):
            await self._begin_repair(repair)
        self._wake()
        return await self._read(lambda connection: _summary(connection, bulk.id))

    async def stop(self, bulk_id: str, by: Person) -> BulkSummary:
        now = self._clock.now()

        def stop(connection: sa.Connection) -> BulkSummary:
            bulk = _known(bulk_store.get(connection, bulk_id, for_update=True))
            stopped = bulk_store.stop_rest(connection, bulk_id) if bulk.state is BulkState.RUNNING else 0
            if stopped:
                bulk_store.change(connection, bulk_id, lambda one: replace(one, stopped_by=by.name))
                append(connection, list_stopped(bulk, by, stopped), now)
            return _summary(connection, bulk_id)

        return await self._changed(stop)

    async def again(self, bulk_id: str, by: Person, after: int) -> BulkSummary:
        now = self._clock.now()

        def begin(connection: sa.Connection) -> BulkSummary:
            bulk = _known(bulk_store.get(connection, bulk_id, for_update=True))
            count = bulk_store.reopen_failed(connection, bulk_id) if _may_go_again(bulk, after) else 0
            if count:
                bulk_store.change(connection, bulk_id, lambda one: begin_again(one))
                append(connection, list_again(bulk, by, count), now)
                forget_said(connection, bulk_id, "bulk-ended")
            return _summary(connection, bulk_id)

        return await self._changed(begin)

    async def show(self, bulk_id: str, conversation: Conversation) -> None:
        await self._write(lambda connection: show_live(connection, bulk_id, conversation, kind="bulk"))
        self._redraw()

    async def summary(self, bulk_id: str) -> BulkSummary | None:
        return await self._read(lambda connection: bulk_store.summary(connection, bulk_id))

    async def open_ones(self) -> tuple[BulkSummary, ...]:
        def find(connection: sa.Connection) -> tuple[BulkSummary, ...]:
            running = bulk_store.in_state(connection, BulkState.RUNNING)
            return tuple(_summary(connection, bulk.id) for bulk in reversed(running))

        return await self._read(find)

    async def outcomes(self, bulk_id: str) -> tuple[Outcome, ...]:
        def find(connection: sa.Connection) -> tuple[Outcome, ...]:
            return bulk_store.outcomes(connection, _known(bulk_store.get(connection, bulk_id)))

        return await self._read(find)

    async def at_work(self, upns: Sequence[str]) -> Mapping[str, str]:
        return await asyncio.to_thread(self._store.open_for, upns)

    async def _changed(self, work: Callable[[sa.Connection], T]) -> T:
        done = await self._write(work)
        self._wake()
        self._redraw()
        return done

    async def _write(self, work: Callable[[sa.Connection], T]) -> T:
        def run() -> T:
            with writing(self._engine) as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    async def _read(self, work: Callable[[sa.Connection], T]) -> T:
        def run() -> T:
            with reading(self._engine) as connection:
                return work(connection)

        return await asyncio.to_thread(run)


def _known(bulk: Bulk | None) -> Bulk:
    if bulk is None:
        raise BadOrder(UNKNOWN)
    return bulk


def _summary(connection: sa.Connection, bulk_id: str) -> BulkSummary:
    found = bulk_store.summary(connection, bulk_id)
    if found is None:
        raise BadOrder(UNKNOWN)
    return found


def _may_go_again(bulk: Bulk, after: int) -> bool:
    return bulk.state is not BulkState.DRAFT and bulk.round == after
