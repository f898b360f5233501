"""The steps of `follow_up`: what the profile wants done once the mailbox is ready.

Every step looks first, then acts, then reads back. A mail cannot be looked at before it is sent, and sendMail has no
idempotency key: so it is written down before it is sent, with a token that travels in it. Whoever finds such a note,
after a kill or a lost answer, asks the sender's mailbox for the token: a mail that is there is not sent again, one that
is not there after two minutes is. Where the mailbox may not be read (Mail.Read), it is not sent again, and said so.

Nothing here holds up or undoes the ready mailbox: what fails is told on the card, with a button to do it again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from jobs.cases import Cases
from jobs.joining import join
from provisioning.acting import acting_for
from provisioning.case import Case
from provisioning.errors import AuditUnavailable, GraphDenied, GraphError, GraphUnavailable, MailroomError
from provisioning.follow_ups import FollowUp, FollowUpKind, FollowUpState, MailboxSettings
from provisioning.following_up import broken_off, changed, group_script, mail_for, problem, shared_mailbox_script
from provisioning.ports import Directory
from provisioning.priority import Priority, as_priority
from provisioning.profiles import cannot_join
from provisioning.words import say

PAUSES = (2.0, 5.0, 15.0, 30.0, 60.0, 120.0)  # between tries while Graph gives no usable answer
SEEN_WITHIN = timedelta(minutes=2)  # a mail that was taken is in Sent Items by then
LOOK_SECONDS = 5.0

NO_SENDER = say("No mailbox is set up from which Mailroom may write (MAILROOM_MAIL_SENDER).")
MAYBE_SENT = say(
    "Mailroom was interrupted while it sent this, and may not look into the sender's mailbox (Mail.Read): it "
    "may have been sent, and is not sent again. Look into Sent Items."
)

log = logging.getLogger(__name__)

Outcome = dict[str, Any]
Body = Callable[[Case, int, FollowUp], Awaitable[Outcome]]


class FollowUpSteps:
    """`sender`: the address or object id of the mailbox that writes; "" for none."""

    def __init__(self, directory: Directory, cases: Cases, sender: str) -> None:
        self._directory = directory
        self._cases = cases
        self._sender = sender
        self._bodies: dict[FollowUpKind, Body] = {
            FollowUpKind.GROUP: self._group,
            FollowUpKind.SETTINGS: self._settings,
            FollowUpKind.SHARED_MAILBOX: self._shared_mailbox,
            FollowUpKind.WELCOME: self._mail,
            FollowUpKind.MANAGER: self._mail,
        }

    async def count(self, case_id: str) -> int:
        return len((await self._cases.get(case_id)).follow_ups)

    @as_priority(Priority.WORK)
    async def run(self, case_id: str, index: int) -> None:
        """Safe to repeat: what has ended is left alone."""
        for pause in (*PAUSES, None):
            case = await self._cases.get(case_id)
            one = case.follow_ups[index]
            if one.state is not FollowUpState.TO_DO:
                return
            try:
                with acting_for(case.requester, case.order.upn, case.id):
                    outcome = await self._bodies[one.kind](case, index, one)
            except GraphUnavailable as error:
                if pause is not None:
                    log.warning("case %s, follow-up %d: %s", case_id, index, error.sentence)
                    await asyncio.sleep(pause)
                    continue
                outcome = await self._failed(case_id, index, error)
            except MailroomError as error:
                outcome = await self._failed(case_id, index, error)
            await self._note(case_id, index, **outcome)
            return

    async def break_off(self, case_id: str, why: str) -> None:
        await self._cases.change(case_id, lambda case: broken_off(case, why, self._now()))

    async def _failed(self, case_id: str, index: int, error: MailroomError) -> Outcome:
        """A mail whose fate is open, or that was sent but not audited, is never sent again by itself."""
        log.warning("case %s, follow-up %d fails: %s", case_id, index, error.sentence)
        one = (await self._cases.get(case_id)).follow_ups[index]
        outcome = problem(error.sentence, error.trace) if isinstance(error, GraphError) else _said(error.sentence)
        is_open = one.begun_at is not None or isinstance(error, AuditUnavailable)
        return {**outcome, "state": FollowUpState.NOT_KNOWN if is_open else FollowUpState.FAILED}

    async def _group(self, case: Case, _index: int, one: FollowUp) -> Outcome:
        group = (await self._directory.get_groups([one.target]))[one.target]
        if group is None:
            return _said(
                say(
                    "There is no group {group} in this tenant. Correct the profile {profile}.",
                    group=one.target,
                    profile=case.order.profile,
                )
            )
        if group.id in await self._directory.groups_of(case.account_id):
            return _done(say("Was in the group {group} already.", group=group.name))
        why = cannot_join(group)
        if why:
            account = await self._directory.get_account(case.account_id)
            by_hand = group_script(group, case, account.sam_account_name if account else "")
            return {"state": FollowUpState.BY_HAND, "note": why, "script": by_hand}
        await join(self._directory, case.account_id, group.id)
        return _done(say("Is in the group {group} now.", group=group.name))

    async def _settings(self, case: Case, _index: int, one: FollowUp) -> Outcome:
        before = await self._directory.mailbox_settings(case.account_id)
        wanted = MailboxSettings(one.time_zone or before.time_zone, one.language or before.language)
        if before == wanted:
            return _done(say("The mailbox has them already."))
        await self._directory.change_mailbox_settings(case.account_id, MailboxSettings(one.time_zone, one.language))
        after = await self._directory.mailbox_settings(case.account_id)
        if after == before:
            return _said(say("Microsoft Graph took the change, but the mailbox still has its former settings."))
        return _done(
            say("The mailbox has {time_zone} and {language}.", time_zone=after.time_zone, language=after.language)
        )

    async def _shared_mailbox(self, case: Case, _index: int, one: FollowUp) -> Outcome:
        note = say(
            "Microsoft Graph cannot give access to {mailbox}: an Exchange administrator runs this.", mailbox=one.target
        )
        return {"state": FollowUpState.BY_HAND, "note": note, "script": shared_mailbox_script(one, case)}

    async def _mail(self, case: Case, index: int, one: FollowUp) -> Outcome:
        if not self._sender:
            return _said(NO_SENDER)
        to = await self._recipient(case, one)
        if not to:
            return {"state": FollowUpState.NOT_NEEDED, "note": say("There is no manager with an address to write to.")}
        mail = mail_for(one, index, case, to)
        if one.begun_at is not None:
            try:
                if await self._was_sent(mail.token, one.begun_at):
                    return _done(say("Was sent to {address}.", address=to))
            except GraphDenied:
                return {"state": FollowUpState.NOT_KNOWN, "note": MAYBE_SENT}
        await self._note(case.id, index, begun_at=self._now())
        try:
            await self._directory.send_mail(self._sender, mail)
        except GraphError as error:
            if 400 <= error.trace.status < 500:  # Graph said no: nothing was sent
                await self._note(case.id, index, begun_at=None)
            raise
        return _done(say("Sent to {address}.", address=to))

    async def _recipient(self, case: Case, one: FollowUp) -> str:
        if one.kind is FollowUpKind.WELCOME:
            return case.mail or case.order.upn
        if not case.order.manager_id:
            return ""
        manager = await self._directory.get_account(case.order.manager_id)
        return manager.mail if manager else ""

    async def _was_sent(self, token: str, begun_at: datetime) -> bool:
        while not await self._directory.has_sent(self._sender, token):
            if self._now() - begun_at >= SEEN_WITHIN:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def _note(self, case_id: str, index: int, **changes: Any) -> None:
        await self._cases.change(case_id, lambda case: changed(case, index, self._now(), **changes))

    def _now(self) -> datetime:
        return self._cases.clock.now()


def _done(note: str) -> Outcome:
    return {"state": FollowUpState.DONE, "note": note}


def _said(note: str) -> Outcome:
    return {"state": FollowUpState.FAILED, "note": note}
