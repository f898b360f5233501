"""`settings`: what is in force, without secrets, for admins; the few things that can be changed in the chat."""

from cards.inforce import settings_card
from handlers import fields
from handlers.access import Role
from handlers.grammar import Command, options_of
from handlers.preferences import SEATS_WARNING, seats_warning, set_seats_warning
from handlers.registry import FORM_LIVES, action, command
from handlers.requests import Reply, Request, Services
from provisioning.words import say

OPTIONS = {SEATS_WARNING: SEATS_WARNING, "seats_warning": SEATS_WARNING, "seatswarning": SEATS_WARNING}
DEFAULT = "default"


@command(
    "settings [seats-warning=5]",
    summary=say("Show the settings in force, and change what can be changed here; default goes back."),
    example="",
    role=Role.ADMIN,
)
async def settings(request: Request, services: Services, typed: Command) -> Reply | None:
    options = options_of(typed, OPTIONS)
    if SEATS_WARNING in options:
        wish = options[SEATS_WARNING].lower()
        await set_seats_warning("" if wish == DEFAULT else wish, request, services)
    return await _show(services)


@action("settings-save", role=Role.ADMIN, lives=FORM_LIVES)
async def save(request: Request, services: Services) -> Reply | None:
    await set_seats_warning(fields.text(request.data, "seats_warning") or "?", request, services)
    return await _show(services)


@action("settings-reset", role=Role.ADMIN, lives=FORM_LIVES)
async def reset(request: Request, services: Services) -> Reply | None:
    await set_seats_warning("", request, services)
    return await _show(services)


async def _show(services: Services) -> Reply:
    is_set_here = bool(await services.preferences.get(SEATS_WARNING))
    warning = await seats_warning(services.preferences, services.seats_warning)
    return Reply(card=settings_card(services.in_force, warning, is_set_here))
