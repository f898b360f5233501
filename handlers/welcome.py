"""What is said where Mailroom was just added: once, to a person or a team. Nobody typed anything."""

from cards.welcome import team_card, welcome_card
from handlers.requests import Reply, Request, Services
from provisioning.case import Person
from provisioning.errors import GraphError

INSTALLED, REMOVED = "installed", "removed"


async def happened(request: Request, services: Services) -> Reply | None:
    """`request.event` is one of those above; Teams may tell the same twice."""
    if request.event == REMOVED:
        await services.manners.forget(request.conversation)
        return None
    if request.conversation.kind == "groupChat":
        return None  # whoever added it there knows why; the others would only be disturbed
    if not await services.manners.greet(request.conversation):
        return None
    if not request.conversation.is_personal:
        return Reply(card=team_card())
    return Reply(card=welcome_card(request.person.name or await _name(request.person, services)))


async def _name(person: Person, services: Services) -> str:
    """Teams' events name nobody. "" while Graph does not say either: a greeting is not worth waiting for."""
    try:
        account = await services.directory.get_account(person.id)
    except GraphError:
        return ""
    return account.display_name if account else ""
