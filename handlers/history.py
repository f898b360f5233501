"""`history <upn>`: what the audit trail says about a person, newest first."""

from cards.history import history_card
from handlers.access import Role
from handlers.grammar import Command, address_of, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.words import say

SHOWN = 20


@command(
    "history <upn>",
    summary=say("Show who ordered, changed, approved or was refused what for a person."),
    example="",
    role=Role.OPERATOR,
)
async def history(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    options_of(typed, {})
    upn = address_of(typed)
    entries = await services.audit.history(upn, SHOWN)
    count = await services.audit.count(upn)
    return Reply(card=history_card(upn, entries, count, services.clock.now()))
