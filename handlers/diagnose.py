"""`diagnose`: everything readable about a person at this moment."""

from cards.snapshot import snapshot_card
from handlers import fields
from handlers.access import Role
from handlers.grammar import Command, address_of, check_address, options_of
from handlers.registry import action, command
from handlers.requests import Reply, Request, Services
from provisioning.errors import BadOrder


@command(
    "diagnose <upn>",
    summary="Show what Microsoft 365 says about the account, the license and the mailbox.",
    example="",
    role=Role.VIEWER,
)
async def diagnose(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    options_of(typed, {})
    upn = address_of(typed)
    return await _snapshot(upn, upn, services)


@action("diagnose", role=Role.VIEWER)
async def show(request: Request, services: Services) -> Reply | None:
    upn = fields.text(request.data, "upn")
    if upn:
        upn = check_address(upn)
        return await _snapshot(upn, upn, services)
    case = await fields.case(request, services)
    return await _snapshot(case.account_id or case.order.upn, case.order.upn, services)


async def _snapshot(name: str, upn: str, services: Services) -> Reply:
    snapshot = await services.directory.take_snapshot(name)
    if snapshot.account is None and not snapshot.unread:
        raise BadOrder(f"There is no account {upn} in this tenant. Type provision {upn} to create it.")
    return Reply(card=snapshot_card(snapshot, upn))
