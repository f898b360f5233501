"""Repairs that wait for a second person: decided by a click, or ended by time. A waiting one is a row, no workflow.

A decision is committed before anything follows from it. What was approved and not begun when the process was killed
begins at the next start, with the other running repairs; what expired meanwhile expires then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from structlog.contextvars import bound_contextvars

from jobs.repairs import RepairStore
from jobs.rounds import go_round
from provisioning.approving import approve, decline, expire, give_up_asking, withdraw
from provisioning.case import Person
from provisioning.errors import BadOrder
from provisioning.ports import Clock
from provisioning.repair import Repair
from provisioning.words import say

LONGEST_PAUSE_SECONDS = 60.0

log = logging.getLogger(__name__)


class Approvals:
    """`begin` starts the workflow of an approved repair; `redraw` is called after each change of a card."""

    def __init__(
        self,
        store: RepairStore,
        clock: Clock,
        begin: Callable[[str], Awaitable[None]],
        redraw: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._begin = begin
        self._redraw = redraw
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Somebody was asked, or could not be."""
        self._wake.set()

    async def run(self) -> None:
        """Ends by time what nobody decides. Until cancelled."""
        await go_round(self._round, self._wake, log)

    async def decide(self, repair_id: str, by: Person, *, is_approved: bool, reason: str) -> Repair:
        answer = approve if is_approved else decline
        return await self._settle(repair_id, lambda repair, now: answer(repair, by, reason, now))

    async def withdraw(self, repair_id: str, by: Person) -> Repair:
        return await self._settle(repair_id, lambda repair, now: withdraw(repair, by, now))

    async def _round(self) -> float:
        """Answers the seconds until the next request expires, as far as it is known."""
        pause = LONGEST_PAUSE_SECONDS
        for repair in await asyncio.to_thread(self._store.awaiting):
            left = (repair.approval.expires_at - self._clock.now()).total_seconds() if repair.approval else 0.0
            if await asyncio.to_thread(self._store.is_unreached, repair.id):
                await self._settle(repair.id, give_up_asking)
            elif left <= 0:
                await self._settle(repair.id, expire)
            else:
                pause = min(pause, left)
        return pause

    async def _settle(self, repair_id: str, transition: Callable[[Repair, datetime], Repair]) -> Repair:
        """One transition; what follows from it if it was one."""
        changed = False

        def attempt(repair: Repair) -> Repair:
            nonlocal changed
            after = transition(repair, self._clock.now())
            changed = after is not repair
            return after

        with bound_contextvars(repair=repair_id):
            try:
                repair = await asyncio.to_thread(self._store.change, repair_id, attempt)
            except KeyError:
                raise BadOrder(say("I no longer know this request. Diagnose again to see how things stand.")) from None
            if changed:
                await self._follow(repair)
        return repair

    async def _follow(self, repair: Repair) -> None:
        self._redraw()
        log.info("repair %s: %s", repair.id, repair.state.value)
        if repair.is_running:
            await self._begin(repair.id)
