"""The first sign-in details: for whoever ordered, in a 1:1 chat, once. They exist only in the card that is returned."""

import logging

from cards.notice import notice_card
from cards.ready import sign_in_card
from handlers import fields
from handlers.access import Role
from handlers.registry import VIEW_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning.accounts import strong_password
from provisioning.case import AccountOrigin, Case, CaseState
from provisioning.directory import Credential
from provisioning.errors import BadOrder, GraphDenied, GraphError, GraphRejected, NotAllowed

PASS_MINUTES = 60
OLD_CLIENT = (
    "This Teams client would keep the sign-in details in the chat for good, so nothing was shown. "
    "Open this chat in a current Teams client and press the button there."
)

log = logging.getLogger(__name__)


@action("reveal", role=Role.OPERATOR, is_secret=True, lives=VIEW_LIVES)  # no other card leads to it
async def reveal(request: Request, services: Services) -> Reply | None:
    case = await fields.case(request, services)
    _check(case, request)
    if case.credential_shown_at:
        return _shown_already(case)
    if not request.conversation.is_personal:
        personal = await services.messenger.open_personal(request.person, request.conversation)
        await services.jobs.announce(case.id, personal)
        return Reply(text="I have sent the sign-in details to our 1:1 chat.")
    if not request.is_answered_privately:
        return Reply(text=OLD_CLIENT)  # a line, so that the card keeps its button
    if not await services.jobs.claim_credential(case.id):
        return _shown_already(await services.jobs.get(case.id) or case)
    try:
        credential = await _issue(case, services)
    except GraphError as error:  # a line here too
        await services.jobs.release_credential(case.id)
        return Reply(text=f"{error.sentence} Nothing was shown. ({error.trace.code}, {error.trace.request_id})")
    except BaseException:  # also when the click is cut off: nobody has seen anything
        await services.jobs.release_credential(case.id)
        raise
    return Reply(card=sign_in_card(case, credential, services.clock.now()))


def _check(case: Case, request: Request) -> None:
    if case.requester.id.lower() != request.person.id.lower():
        raise NotAllowed(f"The sign-in details are shown only to {case.requester.name}, who ordered this mailbox.")
    if case.account_origin is not AccountOrigin.CREATED:
        raise BadOrder(f"{case.order.upn} existed before, so its sign-in has not changed. There is nothing to show.")
    if case.state is not CaseState.READY or not case.account_id:
        raise BadOrder(f"The sign-in details come when the mailbox of {case.order.upn} is ready.")


def _shown_already(case: Case) -> Reply:
    when = (
        f" at {case.credential_shown_at:%H:%M} UTC on {case.credential_shown_at:%d %B %Y}"
        if case.credential_shown_at
        else ""
    )
    sentence = (
        f"The sign-in details of {case.order.upn} were already shown{when}. "
        "They are shown once only; if they are lost, reset the password in the Microsoft Entra admin center."
    )
    return Reply(card=notice_card(sentence))


async def _issue(case: Case, services: Services) -> Credential:
    """A Temporary Access Pass, or a one-time password where the tenant's policy does not allow passes."""
    try:
        return await services.directory.create_access_pass(case.account_id, PASS_MINUTES)
    except (GraphRejected, GraphDenied) as error:
        log.info("No Temporary Access Pass for case %s (%s): a password instead", case.id, error.trace.code)
    password = strong_password()
    await services.directory.set_password(case.account_id, password)
    return Credential("One-time password", password)
