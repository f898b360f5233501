"""Orders for later: keeping one, showing it, beginning it now, dropping it."""

import uuid

from cards.notice import notice_card
from cards.schedule import schedule_card
from handlers import fields
from handlers.access import Role
from handlers.registry import VIEW_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning.errors import BadOrder
from provisioning.orders import OrderRequest
from provisioning.scheduled import Scheduled, said
from provisioning.words import say

LIVES = VIEW_LIVES  # an order may stand for months; its row decides what a button still does


async def schedule(wanted: OrderRequest, request: Request, services: Services) -> Reply:
    """Everything was checked as for an order that begins now."""
    now = services.clock.now()
    starts_at = wanted.starts_at
    if starts_at is None or starts_at <= now:
        passed = said(starts_at or now, wanted.zone)
        raise BadOrder(
            say("{passed} has passed meanwhile. Type the order again, with another time or none.", passed=passed)
        )
    new_id = fields.once(request) or uuid.uuid4().hex[:12]
    one = Scheduled(new_id, wanted, request.person, request.conversation, starts_at, now)
    kept = await services.schedules.add(one)
    return Reply(card=schedule_card(kept, now, is_new=kept is one), replace=bool(request.verb))


async def show_scheduled(one: Scheduled, request: Request, services: Services) -> Reply:
    """Somebody orders, or asks for, a person who is scheduled."""
    return Reply(card=schedule_card(one, services.clock.now()), replace=request.verb in ("order", "restore"))


@action("schedule-show", role=Role.VIEWER, lives=LIVES)
async def show(request: Request, services: Services) -> Reply | None:
    return Reply(card=schedule_card(await _asked(request, services), services.clock.now()))


@action("schedule-now", role=Role.OPERATOR, lives=LIVES)
async def begin_now(request: Request, services: Services) -> Reply | None:
    one = await _asked(request, services)
    if not await services.schedules.begin_now(one.id):
        raise BadOrder(_gone(one))
    return Reply(card=notice_card(say("The order for {upn} begins now.", upn=one.request.upn)), replace=True)


@action("schedule-drop", role=Role.OPERATOR, lives=LIVES)
async def drop(request: Request, services: Services) -> Reply | None:
    return Reply(card=notice_card(await dropped(await _asked(request, services), request, services)), replace=True)


async def dropped(one: Scheduled, request: Request, services: Services) -> str:
    """Drops it, and says so. Raises BadOrder where it has begun."""
    if not await services.schedules.drop(one.id, request.person):
        raise BadOrder(_gone(one))
    return say(
        "The order for {upn}, scheduled for {when}, is dropped. Nothing was changed.",
        upn=one.request.upn,
        when=one.when,
    )


async def _asked(request: Request, services: Services) -> Scheduled:
    one = await services.schedules.get(fields.text(request.data, "schedule"))
    if one is None:
        raise BadOrder(say("This order has begun, or was dropped. Type status to see what is going on."))
    return one


def _gone(one: Scheduled) -> str:
    return say("The order for {upn} has begun already, or was dropped. Type status {upn}.", upn=one.request.upn)
