"""`health`: what Microsoft reports of the services that a mailbox comes from, and what it means for who waits."""

from cards.health import health_card
from handlers.access import Role
from handlers.grammar import Command, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.case import OPEN_STATES
from provisioning.listing import Wanted
from provisioning.words import say


@command(
    "health",
    summary=say("Show Microsoft's service health, and what it means for the people who wait."),
    example="health",
    role=Role.VIEWER,
)
async def health(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    options_of(typed, {})
    healths = await services.directory.service_health()
    counts = dict((await services.records.cases(Wanted())).counts)
    by_state = {state: counts.get(state.value, 0) for state in OPEN_STATES}
    return Reply(card=health_card(healths, by_state, services.clock.now()))
