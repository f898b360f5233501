"""The steps of `provision`: from an order to an account with an active license.

Every step is safe to repeat: it looks first, then acts, then reads back, so that a process killed at any
point goes on without creating or assigning anything twice. A step answers whether to go on; what stops a
case is written on the case, never raised.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from jobs.cases import Cases
from jobs.joining import join
from provisioning.accounts import (
    comes_from,
    detail_changes,
    how_it_came,
    license_error,
    passes_on,
    serves_mail,
    strong_password,
    whose,
)
from provisioning.acting import acting_for
from provisioning.case import (
    AccountOrigin,
    Case,
    Problem,
    Stage,
    StageState,
    enter,
    fail,
    finish,
    skip,
    touch,
    wait,
)
from provisioning.directory import MAILBOX_PLANS, Account
from provisioning.errors import (
    GraphError,
    GraphNotFound,
    GraphRejected,
    GraphThrottled,
    GraphTrace,
    GraphUnavailable,
    MailroomError,
    ObjectConflict,
)
from provisioning.ports import Directory
from provisioning.priority import Priority, as_priority
from provisioning.waiting import PREPARING
from provisioning.words import say

# Pauses between tries, in seconds: about eight minutes of a Graph that is down, then the case says so.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0, 120.0, 180.0)
# A new account can be 404 elsewhere for "up to a minute or two" (github.com/Azure/azure-powershell/issues/6493).
REPLICATION_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0, 30.0)
GROUP_PAUSES = (60.0,) * 8  # a group's license comes within minutes, not at once
# What our own earlier try may have taken while replication still hides it from reads; an address is another's.
OWN_CONFLICTS = ("userPrincipalName", "")
TURNED_AWAY = (429, 503)  # throttled, or unavailable: Graph did nothing yet (learn.microsoft.com/graph/errors)

log = logging.getLogger(__name__)

Body = Callable[[Case], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """One step: the engine's name for it, the stage that shows it, and what it does."""

    name: str
    stage: Stage
    body: Body


class ProvisionSteps:
    """The steps over a directory and the cases."""

    def __init__(self, directory: Directory, cases: Cases) -> None:
        self._directory = directory
        self._cases = cases
        self.all = (
            Step("find_account", Stage.ACCOUNT, self._find_account),
            Step("create_account", Stage.ACCOUNT, self._create_account),
            Step("await_replication", Stage.ACCOUNT, self._await_replication),
            Step("set_details", Stage.ACCOUNT, self._set_details),
            Step("set_manager", Stage.ACCOUNT, self._set_manager),
            Step("assign_license", Stage.LICENSE, self._assign_license),
            Step("verify_license", Stage.LICENSE, self._verify_license),
            Step("check_sync", Stage.SYNC, self._check_sync),
            Step("start_waiting", Stage.MAILBOX, self._start_waiting),
        )

    @as_priority(Priority.WORK)
    async def run(self, step: Step, case_id: str) -> bool:
        """Run one step; False when the case has ended, by it or meanwhile."""
        for pause in (*PAUSES, None):
            case = await self._cases.get(case_id)
            if not case.is_open:
                return False
            try:
                with acting_for(case.requester, case.order.upn, case.id):
                    await step.body(case)
            except GraphUnavailable as error:
                if pause is None:
                    return await self._fail(case_id, error)
                await self._wait_for_graph(case_id, step, error, pause)
            except MailroomError as error:
                return await self._fail(case_id, error)
            else:
                if case.problem is not None:
                    await self._change(case, problem=None)
                return True
        raise AssertionError("the last try returns")

    async def _find_account(self, case: Case) -> None:
        """Decide, before anything is made, whose account this will be."""
        await self._note(case, Stage.ACCOUNT, say("Looking for the account in Microsoft Entra ID."))
        account = await self._directory.get_account(case.order.upn)
        origin = await self._origin(case, account)
        account_id = account.id if account else ""
        await self._change(case, account_origin=origin, account_id=account_id)

    async def _origin(self, case: Case, account: Account | None) -> AccountOrigin:
        if account is None:
            return AccountOrigin.RESTORED if case.order.restore_id else AccountOrigin.CREATED
        others = await asyncio.to_thread(self._cases.store.find_by_account, account.id)
        earlier = [one for one in others if one.id != case.id]
        return AccountOrigin.CREATED if passes_on(case, earlier, self._now()) else AccountOrigin.ADOPTED

    async def _create_account(self, case: Case) -> None:
        if case.account_id:
            await self._note(case, Stage.ACCOUNT, say("The account exists; Mailroom uses it."))
            return
        restoring = bool(case.order.restore_id)
        await self._note(
            case, Stage.ACCOUNT, say("Restoring the account.") if restoring else say("Creating the account.")
        )
        account = await self._directory.get_account(case.order.upn)
        if account is None and restoring:
            account = await self._restore(case)
        elif account is None:
            await self._create(case)
            return
        origin = case.account_origin if restoring else whose(case, account)
        await self._change(case, account_id=account.id, account_origin=origin, is_creating=False)

    async def _create(self, case: Case) -> None:
        """Only Graph's own yes makes an account ours; one that is there otherwise may be ours if an answer was lost."""
        await self._change(case, is_creating=True)
        try:
            account = await self._directory.create_account(case.order, strong_password())
            origin = AccountOrigin.CREATED
        except ObjectConflict as conflict:
            found = await self._appears(case.order.upn) if conflict.target in OWN_CONFLICTS else None
            if found is None:
                raise
            account, origin = found, whose(case, found)
        except GraphError as error:
            is_refusal = not isinstance(error, GraphUnavailable) or error.trace.status in TURNED_AWAY
            if is_refusal:  # nothing was made; a gateway's 504, or half an answer, says nothing about that
                await self._change(case, is_creating=False)
            raise
        await self._change(case, account_id=account.id, account_origin=origin, is_creating=False)

    async def _restore(self, case: Case) -> Account:
        try:
            return await self._directory.restore_account(case.order.restore_id)
        except (GraphNotFound, ObjectConflict):
            account = await self._appears(case.order.upn)  # already restored by an earlier try
            if account is None:
                raise
            return account

    async def _appears(self, name: str) -> Account | None:
        for pause in REPLICATION_PAUSES:
            account = await self._directory.get_account(name)
            if account is not None:
                return account
            await asyncio.sleep(pause)
        return None

    async def _await_replication(self, case: Case) -> None:
        await self._account(case)

    async def _account(self, case: Case) -> Account:
        """The account, waiting out replication."""
        account = await self._appears(case.account_id)
        if account is None:
            raise GraphNotFound(
                say("The account {upn} is not readable minutes after it was made. Try again.", upn=case.order.upn)
            )
        return account

    async def _set_details(self, case: Case) -> None:
        account = await self._account(case)
        changes = detail_changes(case, account)
        if changes:
            await self._note(case, Stage.ACCOUNT, say("Setting the details."))
            await self._replicated(lambda: self._directory.update_account(account.id, changes))

    async def _set_manager(self, case: Case) -> None:
        if case.order.manager_id:
            account = await self._account(case)
            await self._replicated(lambda: self._directory.set_manager(account.id, case.order.manager_id))
        await self._finish(case, Stage.ACCOUNT, how_it_came(case))

    async def _assign_license(self, case: Case) -> None:
        account = await self._account(case)
        sku_id = case.order.license
        if case.order.license_group:
            await self._note(
                case, Stage.LICENSE, say("Joining the group that gives {license}.", license=case.order.license_name)
            )
            await join(self._directory, account.id, case.order.license_group)
            return
        if not sku_id or serves_mail(account, sku_id):
            return
        await self._note(case, Stage.LICENSE, say("Assigning {license}.", license=case.order.license_name))
        held = next((held for held in account.licenses if held.sku_id == sku_id), None)
        off = held.disabled_plans if held else case.order.disabled_plans
        kept_off = [plan for plan in off if plan not in MAILBOX_PLANS]
        await self._replicated(lambda: self._directory.assign_license(account.id, sku_id, disabled_plans=kept_off))

    async def _verify_license(self, case: Case) -> None:
        """The license is there and its mailbox plan is enabled, read back from Graph."""
        await self._note(case, Stage.LICENSE, say("Verifying that the license is active."))
        group = case.order.license_group
        for pause in (*REPLICATION_PAUSES, *(GROUP_PAUSES if group else ())):
            account = await self._account(case)
            broken = license_error(account, case.order.license)
            if broken:
                raise GraphRejected(broken)
            if account.mailbox_plan is not None and (not group or comes_from(account, case.order.license, group)):
                name = case.order.license_name or say("The mailbox license that the account had")
                await self._finish(case, Stage.LICENSE, say("{license} is assigned and active.", license=name))
                return
            await asyncio.sleep(pause)
        if group:
            raise GraphRejected(
                say(
                    "The account is in the group that gives {license}, but the license did not come from it "
                    "within ten minutes. Look at the group's licenses in the Microsoft 365 admin center, then try "
                    "again.",
                    license=case.order.license_name,
                )
            )
        raise GraphRejected(
            say(
                "The license is assigned, but its Exchange Online plan did not become active within minutes. Look "
                "at the subscription in the Microsoft 365 admin center, then try again."
            )
        )

    async def _check_sync(self, case: Case) -> None:
        account = await self._account(case)
        if not account.synced:
            note = say("The account lives in the cloud only.")
            await self._cases.change(case.id, lambda c: skip(c, Stage.SYNC, note, self._now()) if c.is_open else c)
        elif account.last_sync and not account.sync_errors:
            await self._finish(case, Stage.SYNC, say("The account is synchronized from Active Directory."))
        else:
            wrong = account.sync_errors[0].detail if account.sync_errors else ""
            await self._note(case, Stage.SYNC, _waiting_for_sync(wrong))

    async def _start_waiting(self, case: Case) -> None:
        def start(case: Case) -> Case:
            if not case.is_open or case.stage(Stage.MAILBOX).state is StageState.RUNNING:
                return case
            return wait(enter(case, Stage.MAILBOX, PREPARING, self._now()), self._now())

        await self._cases.change(case.id, start)

    async def _replicated(self, write: Callable[[], Awaitable[None]]) -> None:
        """A write to an account that other parts of Entra may not know yet: 404 is waited out."""
        for pause in REPLICATION_PAUSES[:-1]:
            try:
                return await write()
            except GraphNotFound:
                await asyncio.sleep(pause)
        return await write()

    async def _wait_for_graph(self, case_id: str, step: Step, error: GraphUnavailable, pause: float) -> None:
        asked = error.retry_after if isinstance(error, GraphThrottled) else None
        seconds = max(pause, asked or 0.0)
        log.warning("case %s, step %s: %s; again in %.0f s", case_id, step.name, error.sentence, seconds)
        goes_on = say("Mailroom tries again by itself.")
        problem = Problem(f"{error.sentence} {goes_on}", error.trace)
        await self._cases.change(case_id, lambda c: touch(c, self._now(), problem=problem) if c.is_open else c)
        await asyncio.sleep(seconds)

    async def _fail(self, case_id: str, error: MailroomError) -> bool:
        log.warning("case %s fails: %s", case_id, error.sentence)
        target = error.target if isinstance(error, ObjectConflict) else ""
        trace = error.trace if isinstance(error, GraphError) else GraphTrace()
        problem = Problem(error.sentence, trace, target)
        await self._cases.change(case_id, lambda c: fail(c, problem, self._now()) if c.is_open else c)
        return False

    async def _note(self, case: Case, stage: Stage, note: str) -> None:
        def transition(current: Case) -> Case:
            record = current.stage(stage)
            if not current.is_open or (record.state is StageState.RUNNING and record.note == note):
                return current
            return enter(current, stage, note, self._now())

        await self._cases.change(case.id, transition)

    async def _finish(self, case: Case, stage: Stage, note: str) -> None:
        await self._cases.change(case.id, lambda c: finish(c, stage, note, self._now()) if c.is_open else c)

    async def _change(self, case: Case, **changes: object) -> None:
        await self._cases.change(case.id, lambda c: touch(c, self._now(), **changes) if c.is_open else c)

    def _now(self) -> datetime:
        return self._cases.clock.now()


def _waiting_for_sync(wrong: str) -> str:
    """`wrong`: what Microsoft says of it, if anything."""
    if not wrong:
        return say("Waiting for directory synchronization.")
    return say("Waiting for directory synchronization: {wrong}", wrong=wrong)
