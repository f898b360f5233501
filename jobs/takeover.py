"""What a dead process was at work on goes on in this one, by the engine's public calls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from dbos import DBOS

from jobs.outbox import Outbox
from jobs.presence import BEAT_SECONDS, Presence
from jobs.rounds import go_round
from jobs.store import CaseStore
from jobs.workflows import QUEUE, break_off

log = logging.getLogger(__name__)


class Takeover:
    """`settle` is awaited after each takeover: rows that a dead process stored and nobody works on are its business."""

    def __init__(
        self, presence: Presence, store: CaseStore, outbox: Outbox, settle: Callable[[], Awaitable[None]]
    ) -> None:
        self._presence = presence
        self._store = store
        self._outbox = outbox
        self._settle = settle
        self._hopeless: list[str] = []

    async def run(self) -> None:
        """Until cancelled."""
        await go_round(self._round, asyncio.Event(), log)

    async def _round(self) -> float:
        await asyncio.to_thread(self._presence.beat)
        if await asyncio.to_thread(self._presence.bury_dead, self._take_over):
            await self._settle()
        while self._hopeless:
            await break_off(self._hopeless[-1])
            self._hopeless.pop()
        return BEAT_SECONDS

    def _take_over(self, dead: str) -> None:
        """Completed steps are not repeated; one in flight is, which looks first."""
        self._store.release_claims(dead)
        self._outbox.release_claims(dead)
        left = DBOS.list_workflows(executor_id=dead, status="PENDING", load_input=False, load_output=False)
        ids = [workflow.workflow_id for workflow in left]
        log.warning("process %s is gone; this one takes over %d workflows", dead, len(ids))
        if not ids:
            return
        going_on = self._presence.count_takeovers(ids)
        hopeless = [workflow_id for workflow_id in ids if workflow_id not in going_on]
        DBOS.resume_workflows(going_on, queue_name=QUEUE)
        DBOS.cancel_workflows(hopeless)
        self._hopeless += hopeless
