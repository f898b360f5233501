"""The readiness watcher: looks at the mailboxes of waiting cases, 20 to a `$batch`, and hands over those that answer.

A waiting case is a row with `next_check_at`, never a parked coroutine, so ten thousand of them cost nothing.
Looking changes nothing in the tenant, so a look that a crash interrupts is simply made again; what follows
from a mailbox that answers is the durable workflow `finish`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from structlog.contextvars import bound_contextvars

from jobs.cases import Cases
from jobs.rounds import go_round
from jobs.tracing import working_on_all
from provisioning.case import Case, CaseState
from provisioning.directory import Probe, ProbeResult
from provisioning.ports import Directory
from provisioning.priority import Priority, as_priority
from provisioning.waiting import lateness, longest_spacing, observe, worth_showing

LEASE_SECONDS = 60.0  # a look that nobody finished is due again after this
BATCH = 20  # Graph's limit for one $batch
AT_MOST = 200  # looks a round
TICK = 1.0  # seconds from one round to the next, at least

log = logging.getLogger(__name__)

Finish = Callable[[str], Awaitable[None]]
Explain = Callable[[str, str], Awaitable[None]]


class Watcher:
    """Looks at waiting cases as they become due, or at one at once."""

    def __init__(self, directory: Directory, cases: Cases, finish: Finish, explain: Explain, shortest: float) -> None:
        self._directory = directory
        self._cases = cases
        self._finish = finish
        self._explain = explain
        self._shortest = shortest

    async def run(self) -> None:
        """Until cancelled."""
        await go_round(self._round, asyncio.Event(), log)

    async def look(self, cases: Sequence[Case]) -> None:
        """One look at each, whatever is due."""
        for start in range(0, len(cases), BATCH):
            group = cases[start : start + BATCH]
            with working_on_all("look", group):
                probes = await self._directory.probe_mailboxes([case.account_id for case in group])
            for case in group:
                with bound_contextvars(case=case.id):
                    await self._note(case, probes[case.account_id])

    @as_priority(Priority.BACKGROUND)
    async def _round(self) -> float:
        """Answers the seconds until the next look, at most the shortest spacing: a row may be added at any time.

        And at least a good part of a second, so that looks that come due one after another fill a `$batch`.
        """
        farthest = max(LEASE_SECONDS, longest_spacing(self._shortest))
        claim, now = self._cases.store.claim_due, self._cases.clock.now()
        due = await asyncio.to_thread(claim, now, LEASE_SECONDS, AT_MOST, farthest)
        await self.look(due)
        due_at = await asyncio.to_thread(self._cases.store.next_due_at)
        if due_at is None:
            return self._shortest
        tick = min(TICK, self._shortest / 4)
        return min(self._shortest, max(tick, due_at - self._cases.clock.now().timestamp()))

    async def _note(self, case: Case, probe: Probe) -> None:
        if probe.result is ProbeResult.READY:
            await self._finish(case.id)
            return
        now = self._cases.clock.now()

        def transition(current: Case) -> Case:
            return observe(current, probe, now, self._shortest) if current.state is CaseState.WAITING else current

        await self._cases.change(case.id, transition, is_shown=worth_showing)
        reason = lateness(case, now)
        if reason and reason != lateness(case, case.last_check_at or case.created_at):
            await self._explain(case.id, reason)
