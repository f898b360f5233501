"""The readiness watcher: looks at the mailboxes of waiting cases, 20 to a `$batch`, and hands over those that answer.

A waiting case is a row with `next_check_at`, never a parked coroutine, so ten thousand of them cost next to nothing.
Looking changes nothing in the tenant, so a look that a crash interrupts is simply made again; what follows
from a mailbox that answers is the durable workflow `finish`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from structlog.contextvars import bound_contextvars

from jobs.cases import Cases
from jobs.rounds import go_round
from jobs.store import Due
from jobs.tracing import is_tracing, working_on_all
from provisioning.case import Case, CaseState
from provisioning.directory import Probe, ProbeResult
from provisioning.ports import Directory
from provisioning.priority import Priority, as_priority
from provisioning.waiting import lateness, longest_spacing, observe, worth_showing

LEASE_SECONDS = 60.0  # a look that nobody finished is due again after this
BATCH = 20  # Graph's limit for one $batch
AT_MOST = 600  # looks a round
TICK = 3.0  # seconds from the start of one round to that of the next, at least

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

    async def look(self, due: Sequence[Due]) -> None:
        """One look at each."""
        groups = [due[start : start + BATCH] for start in range(0, len(due), BATCH)]
        await asyncio.gather(*map(self._look_together, groups))

    @as_priority(Priority.BACKGROUND)
    async def _round(self) -> float:
        """Answers the seconds until the next look, at most the shortest spacing: a row may be added at any time.

        Rounds begin a tick apart, so that looks that come due one after another fill a `$batch`, and what is overdue
        after a downtime is not asked all at once: AT_MOST a tick, the posts of them a few beside each other.
        """
        now = self._cases.clock.now
        earliest = now().timestamp() + min(TICK, self._shortest / 4)
        farthest = max(LEASE_SECONDS, longest_spacing(self._shortest))
        due = await asyncio.to_thread(self._cases.store.claim_due, now(), LEASE_SECONDS, AT_MOST, farthest)
        await self.look(due)
        due_at = await asyncio.to_thread(self._cases.store.next_due_at)
        if due_at is None:
            return self._shortest
        return min(self._shortest, max(earliest, due_at) - now().timestamp())

    async def _look_together(self, group: Sequence[Due]) -> None:
        traced = [await self._cases.get(one.id) for one in group] if is_tracing() else []
        with working_on_all("look", traced):
            probes = await self._directory.probe_mailboxes([one.account_id for one in group])
        for one in group:
            if probes[one.account_id].result is ProbeResult.READY:
                with bound_contextvars(case=one.id):
                    await self._finish(one.id)
        await self._note([one for one in group if probes[one.account_id].result is not ProbeResult.READY], probes)

    async def _note(self, unready: Sequence[Due], probes: Mapping[str, Probe]) -> None:
        """All of them in one transaction: that, and not the looks, is what waiting would cost."""
        now = self._cases.clock.now()

        def transition(case: Case) -> Case:
            is_waiting = case.state is CaseState.WAITING
            return observe(case, probes[case.account_id], now, self._shortest) if is_waiting else case

        changes = await self._cases.change_all([one.id for one in unready], transition, is_shown=worth_showing)
        for before, after, _ in changes:
            reason = lateness(after, now)
            if reason and reason != lateness(before, before.last_check_at or before.created_at):
                with bound_contextvars(case=before.id):
                    await self._explain(before.id, reason)
