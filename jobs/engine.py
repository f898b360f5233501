"""The job engine behind provisioning.ports.Jobs: DBOS for what is done, rows for what is waited for.

Open it inside the running event loop, one a process: DBOS is a process-wide singleton.
"""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace

from structlog.contextvars import bound_contextvars

from jobs import places, queueing
from jobs.approvals import Approvals
from jobs.audit import AuditLog, open_audit
from jobs.bulk import BulkJobs
from jobs.bulk_running import BulkRunner
from jobs.cases import Cases
from jobs.courier import Courier
from jobs.depth import Depth, measure
from jobs.explaining import ExplainSteps
from jobs.finishing import FinishSteps
from jobs.following_up import FollowUpSteps
from jobs.incidents import IncidentWatch
from jobs.lines import catch_up
from jobs.loops import Loops
from jobs.manners import StoredManners
from jobs.messages import add_message, show_live
from jobs.outbox import Outbox
from jobs.presence import Presence, own_id
from jobs.repairing import RepairSteps
from jobs.repairs import RepairStore
from jobs.retention import Retention
from jobs.schedules import MayOrder, ScheduleBook
from jobs.steps import ProvisionSteps
from jobs.stopping import in_time
from jobs.store import CaseStore, Due
from jobs.tables import writing
from jobs.takeover import Takeover
from jobs.tracing import traceparent
from jobs.watcher import Watcher
from jobs.workflows import Parts, end_broken
from provisioning.acting import acting_for
from provisioning.case import Case, Conversation, Order, Person, cancel, touch
from provisioning.errors import BadOrder
from provisioning.fixes.steps import Step
from provisioning.following_up import next_to_do, once_more
from provisioning.keeping import Keep
from provisioning.placing import Terms
from provisioning.ports import Clock, Directory, Messenger, Resync
from provisioning.repair import Repair
from provisioning.tally import NOBODY, Tally
from provisioning.waiting import lateness
from provisioning.words import say

LEAVE_SECONDS = 0.5  # to sign off. A stop has ten seconds in all (bot/__main__.py)

log = logging.getLogger(__name__)


async def open_jobs(
    database_url: str,
    directory: Directory,
    messenger: Messenger,
    clock: Clock,
    poll_seconds: float,
    resync: Resync | None = None,
    audit: AuditLog | None = None,
    tally: Tally = NOBODY,
    mail_sender: str = "",
    terms: Terms = Terms(),  # noqa: B008 (frozen)
    keep: Keep = Keep(),  # noqa: B008 (frozen)
) -> "JobsEngine":
    """Bring the tables up to date, start the engine, recover what a killed process left, and begin to watch.

    `audit` is open on the same database, and prepared, where somebody else writes to it as well. `tally` counts.
    Raises DatabaseUnavailable.
    """
    if audit is None:
        audit = open_audit(database_url, clock)
        await asyncio.to_thread(audit.prepare)
    jobs = JobsEngine(audit, directory, messenger, clock, poll_seconds, resync, tally, mail_sender, terms, keep)
    await jobs.start_engine(database_url)
    return jobs


class JobsEngine:
    """Implements provisioning.ports.Jobs."""

    def __init__(
        self,
        audit: AuditLog,
        directory: Directory,
        messenger: Messenger,
        clock: Clock,
        poll_seconds: float,
        resync: Resync | None,
        tally: Tally,
        mail_sender: str = "",
        terms: Terms = Terms(),  # noqa: B008 (frozen)
        keep: Keep = Keep(),  # noqa: B008 (frozen)
    ) -> None:
        self.audit = audit
        self._engine = engine = audit.engine
        self._clock = clock
        self._keep = keep
        self._presence = Presence(engine, own_id(engine))
        self._store = CaseStore(engine, self._presence.process_id)
        self._repairs = RepairStore(engine, tally)
        self._outbox = Outbox(engine, self._presence.process_id)
        self._courier = Courier(self._outbox, messenger, clock, lambda: self._approvals.wake(), tally)
        self._approvals = Approvals(self._repairs, clock, queueing.begin_repair, self._courier.wake)
        self.manners = StoredManners(engine, clock, self._courier.wake)
        self._cases = Cases(self._store, self._courier, clock)
        self._watcher = Watcher(directory, self._cases, queueing.begin_finish, queueing.begin_explain, poll_seconds)
        self._incidents = IncidentWatch(directory, engine, clock, self._courier.wake, poll_seconds)
        self._parts = Parts(
            self._cases,
            ProvisionSteps(directory, self._cases),
            FinishSteps(directory, self._cases, engine, self._courier, tally),
            ExplainSteps(directory, self._cases),
            RepairSteps(directory, self._repairs, self._courier.wake, clock, resync),
            FollowUpSteps(directory, self._cases, mail_sender),
            Retention(engine, clock, keep),
        )
        self._bulk_runner = BulkRunner(engine, clock, queueing.begin_provision, self.cancel, self._courier.wake)
        self.bulks = BulkJobs(self._store, self._bulk_runner.wake, clock, self._begin_repair, self._courier.wake)
        self.schedules = ScheduleBook(self._store, directory, clock, terms, self.start, self._courier.wake)
        self._takeover = Takeover(self._presence, self._store, self._outbox, self._settle)
        self._loops = Loops()

    async def start_engine(self, database_url: str) -> None:
        await asyncio.to_thread(self._presence.beat)
        await asyncio.to_thread(self._store.release_claims, self._presence.process_id)
        await asyncio.to_thread(self._outbox.release_claims, self._presence.process_id)
        await queueing.launch(database_url, self._engine, self._presence.process_id, self._parts)
        await self._settle()
        self._loops.begin("courier", self._courier.run())
        self._loops.begin("watcher", self._watcher.run())
        self._loops.begin("approvals", self._approvals.run())
        self._loops.begin("takeover", self._takeover.run())
        self._loops.begin("incidents", self._incidents.run())
        self._loops.begin("lists", self._bulk_runner.run())
        if not self._keep.is_for_ever:
            self._loops.begin("retention", self._parts.retention.run(queueing.begin_retention))

    def watch_schedules(self, may_order: MayOrder) -> None:
        """From now on, orders begin at their time; once the rules of who may order are there."""
        self._loops.begin("schedules", self.schedules.run(may_order))

    async def close(self) -> None:
        """Stop watching and sending; what was in flight goes on at the next start, or in another process."""
        await self._loops.stop()
        has_stopped = await queueing.stop()
        if not has_stopped or not await in_time(self._presence.leave, LEAVE_SECONDS):
            log.warning("not signed off: others take over in half a minute")
        self._engine.dispose()

    async def check(self) -> None:
        """Raises when the database does not take a write or a loop of ours has stopped."""
        await asyncio.to_thread(self._presence.beat)
        self._loops.check()

    async def depth(self) -> Depth:
        """How much there is to do. Raises DatabaseUnavailable."""
        return await asyncio.to_thread(measure, self._engine, self._clock.now())

    async def start(self, order: Order, requester: Person, conversation: Conversation, case_id: str = "") -> Case:
        new_id = case_id or uuid.uuid4().hex[:12]
        now = self._clock.now()
        case = Case(id=new_id, order=order, requester=requester, created_at=now, trace=traceparent())
        with bound_contextvars(case=new_id):
            watch = await self.find(order.upn)
            if watch and watch.is_open and watch.is_watch:  # whoever orders it wants more than to watch
                await self.cancel(watch.id, requester)
            kept = await asyncio.to_thread(self._store.open, case, conversation)
            if kept is case:
                log.info("case %s: %s ordered by %s", case.id, order.upn, requester.id)
                await queueing.begin_provision(case.id)
        self._courier.wake()
        return kept

    async def watch(self, case: Case, conversation: Conversation) -> Case:
        kept = await asyncio.to_thread(self._store.open, case, conversation)
        reason = lateness(case, case.created_at) if kept is case else ""
        if reason:
            await queueing.begin_explain(case.id, reason)
        self._courier.wake()
        return kept

    async def get(self, case_id: str) -> Case | None:
        return await asyncio.to_thread(self._store.get, case_id)

    async def find(self, upn: str) -> Case | None:
        return await asyncio.to_thread(self._store.find, upn)

    async def open_cases(self, limit: int = 20) -> tuple[Case, ...]:
        return tuple(await asyncio.to_thread(self._store.open_cases, limit))

    async def count_open(self) -> int:
        return await asyncio.to_thread(self._store.count_open)

    async def untold(self, limit: int = 5) -> tuple[Case, ...]:
        return tuple(await asyncio.to_thread(self._outbox.untold, self._clock.now(), limit))

    async def heard_from(self, conversation: Conversation, person: Person) -> None:
        await self._courier.heard_from(conversation, person)

    async def show(self, case_id: str, conversation: Conversation) -> None:
        def ask() -> None:
            with writing(self._engine) as connection:
                show_live(connection, case_id, conversation)

        await asyncio.to_thread(ask)
        self._courier.wake()

    async def check_now(self, case_id: str) -> Case:
        case = await self._known(case_id)
        if case.next_check_at is None:
            return case
        await self._watcher.look([Due(case.id, case.account_id)])
        return await self._cases.get(case_id)

    async def cancel(self, case_id: str, by: Person) -> Case:
        await self._known(case_id)
        now = self._clock.now()
        with bound_contextvars(case=case_id), acting_for(by, case=case_id):
            return await self._cases.change(case_id, lambda case: cancel(case, by.name, now) if case.is_open else case)

    async def follow_up_again(self, case_id: str, by: Person, once: str) -> Case:
        await self._known(case_id)
        with acting_for(by, case=case_id):
            case = await self._cases.change(case_id, lambda case: once_more(case, self._clock.now()))
        if next_to_do(case) is not None:
            await queueing.begin_follow_up(case_id, once)
        return case

    async def announce(self, case_id: str, conversation: Conversation) -> None:
        def owe() -> None:
            with writing(self._engine) as connection:
                add_message(connection, case_id, "ready", conversation)

        await asyncio.to_thread(owe)
        self._courier.wake()

    async def start_repair(self, repair: Repair, steps: Sequence[Step], conversation: Conversation) -> Repair:
        with bound_contextvars(repair=repair.id):
            traced = replace(repair, trace=traceparent())
            kept = await asyncio.to_thread(self._repairs.open, traced, steps, conversation)
            await self._begin_repair(kept)
        return kept

    async def decide_repair(self, repair_id: str, by: Person, *, is_approved: bool, reason: str = "") -> Repair:
        return await self._approvals.decide(repair_id, by, is_approved=is_approved, reason=reason)

    async def withdraw_repair(self, repair_id: str, by: Person) -> Repair:
        return await self._approvals.withdraw(repair_id, by)

    async def approval_place(self) -> Conversation | None:
        return await asyncio.to_thread(places.get_place, self._engine, places.APPROVALS)

    async def set_approval_place(self, conversation: Conversation | None) -> None:
        await asyncio.to_thread(places.set_place, self._engine, places.APPROVALS, conversation)

    async def get_repair(self, repair_id: str) -> Repair | None:
        return await asyncio.to_thread(self._repairs.get, repair_id)

    async def repairs_of(self, user: str) -> tuple[Repair, ...]:
        return await asyncio.to_thread(self._repairs.of, user)

    async def hand_over(self, case_id: str, to: Person) -> Case:
        def transition(case: Case) -> Case:
            return case if case.credential_shown_at else touch(case, self._clock.now(), credential_for=to)

        return await self._cases.change(case_id, transition)

    async def claim_credential(self, case_id: str, by: Person) -> bool:
        return await asyncio.to_thread(self._store.claim_credential, case_id, by, self._clock.now())

    async def release_credential(self, case_id: str) -> None:
        now = self._clock.now()
        await self._cases.change(case_id, lambda case: touch(case, now, credential_shown_at=None))

    async def _known(self, case_id: str) -> Case:
        case = await self.get(case_id)
        if case is None:
            raise BadOrder(say("Mailroom does not know this case any more. Type `status` to see the open ones."))
        return case

    async def _settle(self) -> None:
        """Every running row has a workflow at work on it, or ends: a process may die between any two writes."""
        await asyncio.to_thread(catch_up, self._engine)
        case_ids = await asyncio.to_thread(self._store.running)
        repair_ids = await asyncio.to_thread(self._repairs.running)
        for case_id in case_ids:
            await queueing.begin_provision(case_id)  # stored, but killed before its workflow was enqueued
        for repair_id in repair_ids:
            await queueing.begin_repair(repair_id)
        await end_broken([*case_ids, *(f"repair:{repair_id}" for repair_id in repair_ids)])
        self._courier.wake()

    async def _begin_repair(self, repair: Repair) -> None:
        log.info("repair %s: %s for %s by %s", repair.id, repair.fix_id, repair.user, repair.requester.id)
        if repair.is_running:
            await queueing.begin_repair(repair.id)
        else:
            self._approvals.wake()
        self._courier.wake()
