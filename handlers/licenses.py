"""`licenses`: the tenant's seats, which licenses run out, and who waits for one."""

from cards.licenses import licenses_card
from handlers.access import Role
from handlers.grammar import Command, options_of
from handlers.preferences import seats_warning
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.words import say


@command(
    "licenses",
    summary=say("Show the seats of each license, which ones run out, and who waits for one."),
    example="licenses",
    role=Role.VIEWER,
)
async def licenses(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    options_of(typed, {})
    skus = await services.directory.list_skus()
    waiting = await services.records.waiting_for_seats()
    warning = await seats_warning(services.preferences, services.seats_warning)
    return Reply(card=licenses_card(skus, warning, waiting, services.clock.now()))
