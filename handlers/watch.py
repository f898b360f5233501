"""`watch`: tell when a mailbox is ready that somebody else made. Nothing is changed in the tenant."""

import uuid

from cards.notice import notice_card
from handlers import fields
from handlers.access import Role
from handlers.grammar import Command, address_of, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.watching import watched


@command(
    "watch <upn>",
    summary="Tell when a mailbox is ready that somebody else made; change nothing.",
    example="",
    role=Role.OPERATOR,
)
async def watch(request: Request, services: Services, typed: Command) -> Reply | None:
    options_of(typed, {})
    upn = address_of(typed)
    running = await services.jobs.find(upn)
    if running and running.is_open:
        await services.jobs.show(running.id, request.conversation)
        how = "watched" if running.is_watch else "provisioned"
        return Reply(card=notice_card(f"{upn} is already being {how}. I have put the card into this chat."))
    lookup = await services.directory.look_up(upn)
    case_id = fields.once(request) or uuid.uuid4().hex[:12]
    case = watched(lookup, request.person, services.clock.now(), case_id)
    await services.jobs.watch(case, request.conversation)
    return Reply(card=notice_card(f"Watching {case.order.upn}.")) if request.verb else None
