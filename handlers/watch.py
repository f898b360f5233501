"""`watch`: tell when a mailbox is ready that somebody else made. Nothing is changed in the tenant."""

import uuid

from cards.notice import notice_card
from handlers import fields
from handlers.access import Role
from handlers.grammar import Command, address_of, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.watching import watched
from provisioning.words import say


@command(
    "watch <upn>",
    summary=say("Tell when a mailbox is ready that somebody else made; change nothing."),
    example="",
    role=Role.OPERATOR,
)
async def watch(request: Request, services: Services, typed: Command) -> Reply | None:
    options_of(typed, {})
    upn = address_of(typed)
    running = await services.jobs.find(upn)
    if running and running.is_open:
        await services.jobs.show(running.id, request.conversation)
        return Reply(card=notice_card(_already(upn, is_watch=running.is_watch)))
    lookup = await services.directory.look_up(upn)
    case_id = fields.once(request) or uuid.uuid4().hex[:12]
    case = watched(lookup, request.person, services.clock.now(), case_id)
    await services.jobs.watch(case, request.conversation)
    return Reply(card=notice_card(say("Watching {upn}.", upn=case.order.upn))) if request.verb else None


def _already(upn: str, *, is_watch: bool) -> str:
    if is_watch:
        return say("{upn} is already being watched. I have put the card into this chat.", upn=upn)
    return say("{upn} is already being provisioned. I have put the card into this chat.", upn=upn)
