"""The first sign-in details: for whoever ordered, or the manager they hand them to, in a 1:1 chat, once.

They exist only in the card that is returned. Nothing has to be revoked while nobody asks: the pass is made at the
click, and until then nobody knows the account's password. They lapse some days after the ready message.
"""

from cards.notice import notice_card
from cards.ready import ready_card, sign_in_card
from handlers import fields
from handlers.access import Role, require
from handlers.credentials import check_holder, issue, note, shown_already
from handlers.registry import VIEW_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning.case import Case, CaseState, Person
from provisioning.errors import BadOrder, ConversationGone, GraphError, ProtectedAccount
from provisioning.words import say

OLD_CLIENT = say(
    "This Teams client would keep the sign-in details in the chat for good, so nothing was shown. Open this "
    "chat in a current Teams client and press the button there."
)


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
    check_holder(case, request.person, services.clock.now())
    if case.credential_shown_at:
        return Reply(card=notice_card(shown_already(case)))
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
        return Reply(card=notice_card(shown_already(case)))
    await services.jobs.announce(case.id, chat)
    handed = say(
        "{person} handed the sign-in details of {upn} over to {manager}.",
        person=request.person.name,
        upn=case.order.upn,
        manager=manager.name,
    )
    await note(services.audit, request.person, case, handed)
    return Reply(card=ready_card(case), replace=request.conversation.is_personal)


@action("reveal", role=None, is_secret=True, lives=VIEW_LIVES)  # no other card leads to it
async def reveal(request: Request, services: Services) -> Reply | None:
    """A manager to whom they were handed needs no role of their own; whoever ordered still has to have theirs."""
    case = await fields.case(request, services)
    if case.credential_for is None:
        await require(Role.OPERATOR, request.person, services)
    check_holder(case, request.person, services.clock.now())
    if case.credential_shown_at:
        return Reply(card=notice_card(shown_already(case)))
    if not request.conversation.is_personal:
        personal = await services.messenger.open_personal(request.person, request.conversation)
        await services.jobs.announce(case.id, personal)
        return Reply(text=say("They are shown in our 1:1 chat only: press the button of the ready message there."))
    if not request.is_answered_privately:
        return Reply(text=OLD_CLIENT)  # a line, so that the card keeps its button
    return await _reveal(case, request, services)


async def _reveal(case: Case, request: Request, services: Services) -> Reply:
    person = request.person
    if not await services.jobs.claim_credential(case.id, person):
        case = await services.jobs.get(case.id) or case
        check_holder(case, person, services.clock.now())  # it may have been handed over meanwhile
        return Reply(card=notice_card(shown_already(case)))
    try:
        credential = await issue(case, person, services.directory, services.audit, services.jobs.release_credential)
    except (GraphError, ProtectedAccount) as error:  # a line here too
        behind = f" ({error.trace.code}, {error.trace.request_id})" if isinstance(error, GraphError) else ""
        nothing = say("Nothing was shown.")
        return Reply(text=f"{error.sentence} {nothing}{behind}")
    return Reply(card=sign_in_card(case, credential, services.clock.now()))
