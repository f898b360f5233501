"""`diagnose`: one snapshot, every check, and the fixes as buttons. By address or by name."""

from dataclasses import replace

from cards.choices import choices_card
from handlers import fields
from handlers.access import Role
from handlers.bulk_fix import look_at_several
from handlers.grammar import Command, address_of, addresses_of, options_of
from handlers.looking import look, show
from handlers.registry import VIEW_LIVES, action, command
from handlers.requests import Reply, Request, Services
from provisioning.directory import Match
from provisioning.errors import BadOrder
from provisioning.words import say

SHORTEST_NAME = 2  # letters of a display name worth searching for


@command(
    "diagnose <upn or name>",
    summary=say("Say why a mailbox is missing or stuck, and offer the fix."),
    example="",
    role=Role.VIEWER,
)
async def diagnose(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    options_of(typed, {})
    several = addresses_of(typed)
    if len(several) > 1:
        return await look_at_several(several, services)
    name = _name_of(typed)
    if "@" not in name:
        return await _by_name(name, services)
    found = await look(name, services)
    if found.snapshot.account is None and not found.diagnosis.findings:
        others = await services.directory.search(name)
        if others:
            return await _one_of(name, others, services)
    return show(found, services)


@action("diagnose", role=Role.VIEWER, lives=VIEW_LIVES)
async def again(request: Request, services: Services) -> Reply | None:
    """The button of a case's card, or "Re-check" on a diagnosis."""
    user = fields.user(request.data) or fields.user(request.data, "upn")
    if user:
        return show(await look(user, services), services)
    case = await fields.case(request, services)
    found = await look(case.account_id or case.order.upn, services, case)
    return replace(show(found, services), is_new=True)  # the case's own card goes on changing


async def _by_name(name: str, services: Services) -> Reply:
    matches = await services.directory.search(name)
    if not matches:
        raise BadOrder(say("Nobody called “{typed}” was found, by name, address or in the recycle bin.", typed=name))
    return await _one_of(name, matches, services)


async def _one_of(name: str, matches: tuple[Match, ...], services: Services) -> Reply:
    if len(matches) == 1:
        return show(await look(matches[0].upn, services), services)
    return Reply(card=choices_card(name, matches))


def _name_of(typed: Command) -> str:
    if any("@" in arg for arg in typed.args):
        return address_of(typed)
    name = " ".join(typed.args) or typed.label
    if len(name) < SHORTEST_NAME:
        raise BadOrder(say("Say whom to diagnose: diagnose jane@contoso.com, or diagnose Jane Doe."))
    return name
