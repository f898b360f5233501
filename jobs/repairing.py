"""The steps of `repair`: the writes of a fix one after another, then a new snapshot that says whether it helped.

Every write looks first, so that a process killed at any point goes on without doing it twice. A repair never
says "gone" because a write succeeded: only because the cause is not found any more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from jobs.repairs import RepairStore
from provisioning.acting import acting_for
from provisioning.case import Problem
from provisioning.causes import PROVEN_BY_MAILBOX
from provisioning.diagnosis import Diagnosis, diagnose
from provisioning.directory import Account, AssignedLicense, ProbeResult
from provisioning.errors import GraphError, GraphNotFound, GraphUnavailable, MailroomError
from provisioning.fixes import steps as writes
from provisioning.ports import Clock, Directory, Resync
from provisioning.priority import Priority, as_priority
from provisioning.repair import Repair, RepairState, end, finish_step, start_step, stop
from provisioning.words import say

# Pauses between tries of a step while Graph is down, in seconds: some four minutes.
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0)
# Pauses between looks of the closing snapshot: what Microsoft 365 needs to show a change.
VERDICT_PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
LOOK_SECONDS = 10.0  # between the looks of a wait

# Without these nothing is known. A part that Mailroom may never read was not what the finding rested on.
ESSENTIAL = ("account", "mailbox")

log = logging.getLogger(__name__)


class TakesTooLong(MailroomError):
    """What a step waited for did not come in its time."""


class RepairSteps:
    """`wake` is called after each change; `resync` is None where no webhook is set up."""

    def __init__(
        self, directory: Directory, store: RepairStore, wake: Callable[[], None], clock: Clock, resync: Resync | None
    ) -> None:
        self._directory = directory
        self._store = store
        self._wake = wake
        self._clock = clock
        self._resync = resync

    async def get(self, repair_id: str) -> Repair | None:
        return await asyncio.to_thread(self._store.get, repair_id)

    async def count(self, repair_id: str) -> int:
        return len(await asyncio.to_thread(self._store.steps, repair_id))

    @as_priority(Priority.WORK)
    async def run(self, repair_id: str, index: int) -> bool:
        """One step; False when the repair has ended."""
        repair = await asyncio.to_thread(self._store.get, repair_id)
        if repair is None or not repair.is_running:
            return False
        step = (await asyncio.to_thread(self._store.steps, repair_id))[index]
        await self._change(repair_id, lambda r: start_step(r, index, self._clock.now()))
        for pause in (*PAUSES, None):
            try:
                with acting_for(repair.requester, repair.user, repair.id):
                    await self._do(repair, step)
            except GraphUnavailable as error:
                if pause is None:
                    return await self._stop(repair_id, error)
                log.warning("repair %s: %s; again in %.0f s", repair_id, error.sentence, pause)
                await asyncio.sleep(pause)
            except MailroomError as error:
                return await self._stop(repair_id, error)
            else:
                await self._change(repair_id, lambda r: finish_step(r, index, self._clock.now()))
                return True
        raise AssertionError("the last try returns")

    @as_priority(Priority.WORK)
    async def judge(self, repair_id: str) -> None:
        """The new snapshot: is the cause gone? Looks a few times, since Microsoft 365 shows changes late."""
        repair = await asyncio.to_thread(self._store.get, repair_id)
        if repair is None or not repair.is_running:
            return
        try:
            diagnosis = await self._look_until_gone(repair)
        except GraphError as error:
            await self._stop(repair_id, error)
            return
        state, outcome = verdict(repair, diagnosis)
        await self._change(repair_id, lambda r: end(r, state, outcome, self._clock.now()))

    async def fail(self, repair_id: str, sentence: str) -> None:
        """A fault of ours must not leave a card that says "running" for ever."""
        problem = Problem(sentence)
        await self._change(repair_id, lambda r: stop(r, problem, self._clock.now()) if r.is_running else r)

    async def _look_until_gone(self, repair: Repair) -> Diagnosis:
        diagnosis = diagnose(await self._directory.take_snapshot(repair.user))
        for pause in VERDICT_PAUSES:
            if verdict(repair, diagnosis)[0] is RepairState.CURED:
                break
            await asyncio.sleep(pause)
            diagnosis = diagnose(await self._directory.take_snapshot(repair.user))
        return diagnosis

    async def _do(self, repair: Repair, step: writes.Step) -> None:
        match step:
            case writes.AssignLicenses():
                await self._assign(step)
            case writes.ChangeGroupLicense(group_id=group_id, add=add):
                await self._directory.change_group_licenses(group_id, add)
            case writes.UpdateAccount(account_id=account_id, changes=changes):
                await self._directory.update_account(account_id, dict(changes))
            case writes.ReprocessLicenses(account_id=account_id):
                await self._directory.reprocess_licenses(account_id)
            case writes.RetryProvisioning(account_id=account_id):
                await self._directory.retry_provisioning(account_id)
            case writes.RestoreDeleted(deleted_id=deleted_id):
                await self._restore(deleted_id)
            case writes.PurgeDeleted(deleted_id=deleted_id):
                await self._purge(deleted_id)
            case writes.CallResyncWebhook():
                await self._call_resync()
            case writes.Wait():
                await self._wait(repair, step)
            case writes.OrderAnew(upn=upn):
                raise MailroomError(say("A new order is not a repair. Type `provision {upn}`.", upn=upn))

    async def _assign(self, step: writes.AssignLicenses) -> None:
        """Only what differs: Graph refuses to remove a license that is not held."""
        account = await self._account(step.account_id)
        held = {one.sku_id: one for one in account.licenses}
        add = [one for one in step.add if not _same(held.get(one.sku_id), one)]
        remove = [sku_id for sku_id in step.remove if sku_id in held]
        if add or remove:
            await self._directory.change_licenses(step.account_id, add, remove)

    async def _restore(self, deleted_id: str) -> None:
        try:
            await self._directory.restore_account(deleted_id)
        except GraphNotFound:
            if await self._directory.get_account(deleted_id) is None:
                raise

    async def _purge(self, deleted_id: str) -> None:
        try:
            await self._directory.purge_deleted(deleted_id)
        except GraphNotFound:
            log.info("the deleted account %s is gone already", deleted_id)

    async def _call_resync(self) -> None:
        if self._resync is None:
            raise MailroomError(say("No webhook for directory sync is set up (MAILROOM_RESYNC_WEBHOOK_URL)."))
        await self._resync.start()

    async def _wait(self, repair: Repair, step: writes.Wait) -> None:
        is_so = self._condition(repair, step)
        deadline = self._clock.now() + timedelta(seconds=step.seconds)
        while not await is_so():
            if self._clock.now() >= deadline:
                raise TakesTooLong(
                    say(
                        "Not within {minutes} minutes: {step} Diagnose again later.",
                        minutes=step.seconds // 60,
                        step=step.says,
                    )
                )
            await asyncio.sleep(LOOK_SECONDS)

    def _condition(self, repair: Repair, step: writes.Wait) -> Callable[[], Awaitable[bool]]:
        async def plan_is_off() -> bool:
            return (await self._account(repair.user)).mailbox_plan is None

        async def mailbox_is_gone() -> bool:
            account = await self._account(repair.user)
            return (await self._directory.probe_mailboxes([account.id]))[account.id].result is ProbeResult.NOT_READY

        async def sync_has_moved() -> bool:
            organization = (await self._directory.take_snapshot(repair.user)).organization
            last = organization.last_sync if organization else None
            return last is not None and (step.since is None or last > step.since)

        conditions = {
            writes.Until.PLAN_OFF: plan_is_off,
            writes.Until.MAILBOX_GONE: mailbox_is_gone,
            writes.Until.SYNC_MOVED: sync_has_moved,
        }
        return conditions[step.until]

    async def _account(self, account_id: str) -> Account:
        account = await self._directory.get_account(account_id)
        if account is None:
            raise GraphNotFound(say("The account is not there any more. Diagnose again."))
        return account

    async def _change(self, repair_id: str, transition: Callable[[Repair], Repair]) -> None:
        await asyncio.to_thread(self._store.change, repair_id, transition)
        self._wake()

    async def _stop(self, repair_id: str, error: MailroomError) -> bool:
        log.warning("repair %s stops: %s", repair_id, error.sentence)
        problem = Problem(error.sentence, error.trace) if isinstance(error, GraphError) else Problem(error.sentence)
        await self._change(repair_id, lambda r: stop(r, problem, self._clock.now()))
        return False


def verdict(repair: Repair, diagnosis: Diagnosis) -> tuple[RepairState, str]:
    """Gone only if the new snapshot could be read and does not show the cause."""
    if _still_found(repair, diagnosis):
        return RepairState.NOT_CURED, say("The new snapshot still shows the cause. Microsoft 365 may need more time.")
    doubtful = [unread.part for unread in diagnosis.unread if unread.part in ESSENTIAL or not unread.permission]
    if doubtful:
        parts = ", ".join(doubtful)
        return RepairState.NOT_CURED, say(
            "The new snapshot could not read: {parts}. Whether it helped is not known.", parts=parts
        )
    if diagnosis.is_healthy:
        return RepairState.CURED, say("The cause is gone, and the mailbox answers.")
    if diagnosis.is_missing or repair.cause in PROVEN_BY_MAILBOX:
        return RepairState.NOT_CURED, say(
            "The cause is not seen any more, but the mailbox does not answer yet. Look later."
        )
    return RepairState.CURED, say("The cause is gone. Now: {sentence}", sentence=diagnosis.findings[0].sentence)


def _still_found(repair: Repair, diagnosis: Diagnosis) -> bool:
    return any(finding.cause == repair.cause for finding in diagnosis.findings)


def _same(held: AssignedLicense | None, wanted: AssignedLicense) -> bool:
    return held is not None and set(held.disabled_plans) == set(wanted.disabled_plans)
