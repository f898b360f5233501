"""The first sign-in details themselves: who may see them, and how they are made. For a click and for the terminal.

Whoever calls this has claimed them, so that they are made once, and shows what is answered to that one person.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from babel.dates import format_date

from cards.language import SOURCE, spoken
from provisioning.accounts import strong_password
from provisioning.acting import acting_for
from provisioning.audit import AuditRecord, Kind
from provisioning.case import CREDENTIAL_LAPSES, AccountOrigin, Case, CaseState, Person
from provisioning.directory import Credential
from provisioning.errors import BadOrder, GraphDenied, GraphRejected, MailroomError, NotAllowed
from provisioning.ports import Audit, Directory
from provisioning.words import say

PASS_MINUTES = 60

Release = Callable[[str], Awaitable[None]]
"""Lets the details of the case be asked for again."""

log = logging.getLogger(__name__)

_taking_back: set["asyncio.Task[None]"] = set()  # so that they are not collected before they end


def check_holder(case: Case, person: Person, now: datetime) -> None:
    """Raises NotAllowed for everybody but the holder, BadOrder where there is nothing to show (yet, or any more)."""
    holder = case.credential_holder
    if not holder.is_same(person):
        raise NotAllowed(_only_to(holder.name, is_handed_over=case.credential_for is not None))
    if case.account_origin is not AccountOrigin.CREATED:
        raise BadOrder(
            say("{upn} existed before, so its sign-in has not changed. There is nothing to show.", upn=case.order.upn)
        )
    if case.state is not CaseState.READY or not case.account_id:
        raise BadOrder(say("The sign-in details come when the mailbox of {upn} is ready.", upn=case.order.upn))
    if case.credential_has_lapsed(now) and not case.credential_shown_at:
        raise BadOrder(
            say(
                "Nobody asked for the sign-in details of {upn} within {days} days, so they have lapsed. Reset the "
                "password in the Microsoft Entra admin center.",
                upn=case.order.upn,
                days=CREDENTIAL_LAPSES.days,
            )
        )


def _only_to(name: str, *, is_handed_over: bool) -> str:
    if is_handed_over:
        return say("The sign-in details are shown only to {name}, to whom they were handed over.", name=name)
    return say("The sign-in details are shown only to {name}, who ordered this mailbox.", name=name)


def shown_already(case: Case) -> str:
    shown_at = case.credential_shown_at
    if shown_at is None:
        return say(
            "The sign-in details of {upn} were already shown. "
            "They are shown once only; if they are lost, reset the password in the Microsoft Entra admin center.",
            upn=case.order.upn,
        )
    return say(
        "The sign-in details of {upn} were already shown at {time} UTC on {day}. "
        "They are shown once only; if they are lost, reset the password in the Microsoft Entra admin center.",
        upn=case.order.upn,
        time=f"{shown_at:%H:%M}",
        day=_day(shown_at),
    )


def _day(moment: datetime) -> str:
    """Written here: a plain sentence is shown as it is, so no client fills in a date."""
    if spoken() == SOURCE:
        return f"{moment:%d %B %Y}"
    return format_date(moment, "long", locale=spoken())


async def issue(case: Case, person: Person, directory: Directory, audit: Audit, release: Release) -> Credential:
    """A credential whose showing is in the audit trail. Whatever stops it makes the details free again."""
    with acting_for(person, case.order.upn, case.id):
        issuing = asyncio.create_task(_issued(case, person, directory, audit))
    try:
        return await asyncio.shield(issuing)
    except asyncio.CancelledError:  # cut off, and Graph goes on: nobody will see what it makes
        _taking_back.add(late := asyncio.create_task(_take_back(issuing, case, directory, release)))
        late.add_done_callback(_taking_back.discard)
        raise
    except BaseException:
        await release(case.id)
        raise


async def note(audit: Audit, person: Person, case: Case, sentence: str) -> None:
    await audit.record(AuditRecord(Kind.CREDENTIAL, person, sentence, case.order.upn, case.id))


async def _take_back(issuing: "asyncio.Task[Credential]", case: Case, directory: Directory, release: Release) -> None:
    """Revokes the pass that nobody saw, and lets it be asked for again."""
    try:
        credential = await issuing
        if credential.id:
            await directory.revoke_access_pass(case.account_id, credential.id)
    except (MailroomError, asyncio.CancelledError) as error:
        log.info("nothing to take back for case %s: %s", case.id, type(error).__name__)
    finally:
        await release(case.id)


async def _issued(case: Case, person: Person, directory: Directory, audit: Audit) -> Credential:
    """A pass that cannot be put into the trail is taken back."""
    credential = await _made(case, directory)
    try:
        shown = say(
            "{person} was shown a {credential} of {upn}.",
            person=person.name,
            credential=credential.kind,
            upn=case.order.upn,
        )
        await note(audit, person, case, shown)
    except BaseException:
        if credential.id:
            await directory.revoke_access_pass(case.account_id, credential.id)
        raise
    return credential


async def _made(case: Case, directory: Directory) -> Credential:
    """A Temporary Access Pass, or a one-time password where the tenant's policy does not allow passes."""
    try:
        return await directory.create_access_pass(case.account_id, PASS_MINUTES)
    except (GraphRejected, GraphDenied) as error:
        log.info("No Temporary Access Pass for case %s (%s): a password instead", case.id, error.trace.code)
    password = strong_password()
    await directory.set_password(case.account_id, password)
    return Credential(say("One-time password"), password)
