"""The first sign-in details: for whoever ordered, or the manager they hand them to, in a 1:1 chat, once.

They exist only in the card that is returned. Nothing has to be revoked while nobody asks: the pass is made at the
click, and until then nobody knows the account's password. They lapse some days after the ready message.
"""

import asyncio
import logging
from datetime import datetime

from babel.dates import format_date

from cards.language import SOURCE, spoken
from cards.notice import notice_card
from cards.ready import ready_card, sign_in_card
from handlers import fields
from handlers.access import Role, require
from handlers.registry import VIEW_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning.accounts import strong_password
from provisioning.acting import acting_for
from provisioning.audit import AuditRecord, Kind
from provisioning.case import CREDENTIAL_LAPSES, AccountOrigin, Case, CaseState, Person
from provisioning.directory import Credential
from provisioning.errors import (
    BadOrder,
    ConversationGone,
    GraphDenied,
    GraphError,
    GraphRejected,
    MailroomError,
    NotAllowed,
    ProtectedAccount,
)
from provisioning.words import say

PASS_MINUTES = 60
OLD_CLIENT = say(
    "This Teams client would keep the sign-in details in the chat for good, so nothing was shown. Open this "
    "chat in a current Teams client and press the button there."
)

log = logging.getLogger(__name__)

_taking_back: set["asyncio.Task[None]"] = set()  # so that they are not collected before they end


@action("ready-refresh", role=None, lives=VIEW_LIVES)
async def show(request: Request, services: Services) -> Reply | None:
    """The ready message as the clicker's own view: only the holder's has the buttons."""
    case = await fields.case(request, services)
    if case.state is not CaseState.READY:
        raise BadOrder(say("The mailbox of {upn} is not ready.", upn=case.order.upn))
    return Reply(card=ready_card(case, with_buttons=request.person.is_same(case.credential_holder)))


@action("hand-over", role=Role.OPERATOR)
async def hand_over(request: Request, services: Services) -> Reply | None:
    """From now on the manager alone may see them, and is told so in a 1:1 chat of theirs."""
    case = await fields.case(request, services)
    _check(case, request.person, services)
    if case.credential_shown_at:
        return _shown_already(case)
    if case.credential_for is not None or not case.order.manager_id:
        raise BadOrder(say("There is no manager in this order to hand the sign-in details to."))
    manager = Person(case.order.manager_id, case.order.manager_name or case.order.manager_upn, request.person.tenant_id)
    standing = await services.directory.standing(manager.id, ())
    if not standing.exists or not standing.is_enabled or standing.is_guest:
        raise BadOrder(
            say("The account of {name} is disabled, a guest or gone, so they could never see them.", name=manager.name)
        )
    try:
        chat = await services.messenger.open_personal(manager, request.conversation)
    except ConversationGone:
        raise BadOrder(
            say("Teams does not let me write to {name}: Mailroom must be installed for them.", name=manager.name)
        ) from None
    case = await services.jobs.hand_over(case.id, manager)
    if case.credential_shown_at:
        return _shown_already(case)
    await services.jobs.announce(case.id, chat)
    await _note(
        services, request.person, case, f"handed the sign-in details of {case.order.upn} over to {manager.name}"
    )
    return Reply(card=ready_card(case), replace=request.conversation.is_personal)


@action("reveal", role=None, is_secret=True, lives=VIEW_LIVES)  # no other card leads to it
async def reveal(request: Request, services: Services) -> Reply | None:
    """A manager to whom they were handed needs no role of their own; whoever ordered still has to have theirs."""
    case = await fields.case(request, services)
    if case.credential_for is None:
        await require(Role.OPERATOR, request.person, services)
    _check(case, request.person, services)
    if case.credential_shown_at:
        return _shown_already(case)
    if not request.conversation.is_personal:
        personal = await services.messenger.open_personal(request.person, request.conversation)
        await services.jobs.announce(case.id, personal)
        return Reply(text=say("They are shown in our 1:1 chat only: press the button of the ready message there."))
    if not request.is_answered_privately:
        return Reply(text=OLD_CLIENT)  # a line, so that the card keeps its button
    if not await services.jobs.claim_credential(case.id, request.person):
        case = await services.jobs.get(case.id) or case
        _check(case, request.person, services)  # it may have been handed over meanwhile
        return _shown_already(case)
    with acting_for(request.person, case.order.upn, case.id):
        issuing = asyncio.create_task(_issued(case, request.person, services))
    try:
        credential = await asyncio.shield(issuing)
    except (GraphError, ProtectedAccount) as error:  # a line here too
        await services.jobs.release_credential(case.id)
        behind = f" ({error.trace.code}, {error.trace.request_id})" if isinstance(error, GraphError) else ""
        nothing = say("Nothing was shown.")
        return Reply(text=f"{error.sentence} {nothing}{behind}")
    except asyncio.CancelledError:  # the click is cut off, and Graph goes on: nobody will see what it makes
        _taking_back.add(late := asyncio.create_task(_take_back(issuing, case, services)))
        late.add_done_callback(_taking_back.discard)
        raise
    except BaseException:
        await services.jobs.release_credential(case.id)
        raise
    return Reply(card=sign_in_card(case, credential, services.clock.now()))


async def _take_back(issuing: "asyncio.Task[Credential]", case: Case, services: Services) -> None:
    """Revokes the pass that nobody saw, and lets it be asked for again."""
    try:
        credential = await issuing
        if credential.id:
            await services.directory.revoke_access_pass(case.account_id, credential.id)
    except (MailroomError, asyncio.CancelledError) as error:
        log.info("nothing to take back for case %s: %s", case.id, type(error).__name__)
    finally:
        await services.jobs.release_credential(case.id)


async def _issued(case: Case, person: Person, services: Services) -> Credential:
    """A credential whose showing is in the audit trail; a pass that cannot be put there is taken back."""
    credential = await _issue(case, services)
    try:
        await _note(services, person, case, f"was shown a {credential.kind} of {case.order.upn}")
    except BaseException:
        if credential.id:
            await services.directory.revoke_access_pass(case.account_id, credential.id)
        raise
    return credential


async def _note(services: Services, person: Person, case: Case, deed: str) -> None:
    sentence = f"{person.name} {deed}."
    await services.audit.record(AuditRecord(Kind.CREDENTIAL, person, sentence, case.order.upn, case.id))


def _check(case: Case, person: Person, services: Services) -> None:
    holder = case.credential_holder
    if not holder.is_same(person):
        raise NotAllowed(_only_to(holder.name, is_handed_over=case.credential_for is not None))
    if case.account_origin is not AccountOrigin.CREATED:
        raise BadOrder(
            say("{upn} existed before, so its sign-in has not changed. There is nothing to show.", upn=case.order.upn)
        )
    if case.state is not CaseState.READY or not case.account_id:
        raise BadOrder(say("The sign-in details come when the mailbox of {upn} is ready.", upn=case.order.upn))
    if case.credential_has_lapsed(services.clock.now()) and not case.credential_shown_at:
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


def _shown_already(case: Case) -> Reply:
    shown_at = case.credential_shown_at
    if shown_at is None:
        sentence = say(
            "The sign-in details of {upn} were already shown. "
            "They are shown once only; if they are lost, reset the password in the Microsoft Entra admin center.",
            upn=case.order.upn,
        )
        return Reply(card=notice_card(sentence))
    sentence = say(
        "The sign-in details of {upn} were already shown at {time} UTC on {day}. "
        "They are shown once only; if they are lost, reset the password in the Microsoft Entra admin center.",
        upn=case.order.upn,
        time=f"{shown_at:%H:%M}",
        day=_day(shown_at),
    )
    return Reply(card=notice_card(sentence))


def _day(moment: datetime) -> str:
    """Written here: a plain sentence is shown as it is, so no client fills in a date."""
    if spoken() == SOURCE:
        return f"{moment:%d %B %Y}"
    return format_date(moment, "long", locale=spoken())


async def _issue(case: Case, services: Services) -> Credential:
    """A Temporary Access Pass, or a one-time password where the tenant's policy does not allow passes."""
    try:
        return await services.directory.create_access_pass(case.account_id, PASS_MINUTES)
    except (GraphRejected, GraphDenied) as error:
        log.info("No Temporary Access Pass for case %s (%s): a password instead", case.id, error.trace.code)
    password = strong_password()
    await services.directory.set_password(case.account_id, password)
    return Credential(say("One-time password"), password)
