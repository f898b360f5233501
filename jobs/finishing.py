"""The step of `finish`: the mailbox answers, so the case is ready and its askers are owed a notification."""

import asyncio
import logging
from functools import partial

import sqlalchemy as sa

from jobs.cases import Cases
from jobs.courier import Courier
from jobs.messages import owe_ready
from jobs.store import change
from jobs.tables import AFTER_COMMIT, writing
from provisioning.case import Case, CaseState, Stage, enter, finish, ready, skip, touch
from provisioning.errors import GraphError
from provisioning.ports import Directory
from provisioning.priority import Priority, as_priority
from provisioning.tally import NOBODY, Tally
from provisioning.waiting import is_waiting_for_sync
from provisioning.words import say

log = logging.getLogger(__name__)


class FinishSteps:
    """What is done once the mailbox is proven ready."""

    def __init__(
        self, directory: Directory, cases: Cases, engine: sa.Engine, courier: Courier, tally: Tally = NOBODY
    ) -> None:
        self._directory = directory
        self._cases = cases
        self._engine = engine
        self._courier = courier
        self._tally = tally

    @as_priority(Priority.WORK)
    async def run(self, case_id: str) -> bool:
        """True where there are follow-ups. Safe to repeat: a case that is not waiting any more is left alone."""
        case = await self._cases.get(case_id)
        if case.state is not CaseState.WAITING:
            return bool(case.follow_ups)
        address = await self._address(case)
        await asyncio.to_thread(self._become_ready, case_id, address)
        self._courier.wake()
        return bool(case.order.follow_ups)

    async def _address(self, case: Case) -> str:
        """The mail address as Graph has it; the sign-in name if Graph cannot say just now."""
        try:
            account = await self._directory.get_account(case.account_id)
        except GraphError as error:
            log.warning("case %s: the address could not be read: %s", case.id, error.sentence)
            return case.order.upn
        return account.mail if account and account.mail else case.order.upn

    def _become_ready(self, case_id: str, address: str) -> None:
        """Ready, and the notifications owed, in one transaction: neither without the other."""
        with writing(self._engine) as connection:
            before_is_waiting = False

            def transition(case: Case) -> Case:
                nonlocal before_is_waiting
                before_is_waiting = case.state is CaseState.WAITING
                return self._ready(case, address) if before_is_waiting else case

            after = change(connection, case_id, transition)
            if before_is_waiting:
                self._notify(connection, after)
                taken = self._cases.clock.now() - after.created_at
                connection.info[AFTER_COMMIT].append(partial(self._tally.case_ready, taken.total_seconds()))

    def _notify(self, connection: sa.Connection, case: Case) -> None:
        """Where everybody has muted it, that is the end of the notification."""
        now = self._cases.clock.now()
        if not owe_ready(connection, case, now):
            change(
                connection, case.id, lambda it: finish(it, Stage.NOTIFICATION, say("Muted: nobody was notified."), now)
            )

    def _ready(self, case: Case, address: str) -> Case:
        now = self._cases.clock.now()
        if is_waiting_for_sync(case):
            case = finish(case, Stage.SYNC, say("The directories agree: the mailbox exists."), now)
        case = finish(case, Stage.MAILBOX, say("The mailbox is prepared."), now)
        case = finish(case, Stage.ACTIVATION, say("The mailbox answers: it is active and ready for use."), now)
        if case.bulk_id:
            case = skip(case, Stage.NOTIFICATION, say("The card of the list tells it."), now)
        else:
            case = enter(case, Stage.NOTIFICATION, say("Sending the notification."), now)
        return ready(touch(case, now, mail=address, last_check_at=now, follow_ups=case.order.follow_ups), now)
