"""`status`: all open cases, or the live card of one; and the buttons that show a case again."""

from cards.estimates import usually
from cards.listing import cases_card
from cards.notice import notice_card
from cards.progress import progress_card
from handlers import fields
from handlers.access import Role, may_act
from handlers.grammar import Command, address_of, options_of
from handlers.registry import VIEW_LIVES, action, command
from handlers.requests import Reply, Request, Services
from handlers.scheduling import show_scheduled
from provisioning.case import Case
from provisioning.errors import BadOrder
from provisioning.ports import estimate_for
from provisioning.words import say


@command(
    "status [upn]",
    summary=say("Show everyone who is waiting for a mailbox, or the live card of one person."),
    example="status",
    role=Role.VIEWER,
)
async def status(request: Request, services: Services, typed: Command) -> Reply | None:
    options_of(typed, {})
    if not typed.args:
        return await _all(services)
    upn = address_of(typed)
    scheduled = await services.schedules.find(upn)
    if scheduled:
        return await show_scheduled(scheduled, request, services)
    case = await case_for(upn, services)
    if not await may_act(request.person, services):
        # A view of their own: the live card has the buttons of whoever ordered.
        return await view(case, request, services)
    await services.jobs.show(case.id, request.conversation)
    return (
        Reply(card=notice_card(say("The card of {upn} is in this chat.", upn=case.order.upn))) if request.verb else None
    )


@action("status", role=Role.VIEWER, lives=VIEW_LIVES)
async def show(request: Request, services: Services) -> Reply | None:
    return await view(await fields.case(request, services), request, services)


@action("refresh", role=Role.VIEWER, lives=VIEW_LIVES)
async def refresh(request: Request, services: Services) -> Reply | None:
    """The client asks by itself: the newest card, and nothing changes."""
    return await view(await fields.case(request, services), request, services)


async def view(case: Case, request: Request, services: Services) -> Reply:
    """The live card as the clicker's own view, which their client keeps fresh."""
    person = request.person.channel_id
    usual = await estimate_for(case, services.records)
    card = progress_card(case, services.clock.now(), refresh_for=[person] if person else [], estimate=usual)
    return Reply(card=card, own_view=("refresh", {"case": case.id}))


async def case_for(upn: str, services: Services) -> Case:
    """The newest case of the person. Raises BadOrder with what to type when there is none."""
    case = await services.jobs.find(upn)
    if case is None:
        raise BadOrder(say("Nobody has ordered a mailbox for {upn} here. Type provision {upn} to start.", upn=upn))
    return case


async def _all(services: Services) -> Reply:
    cases, untold = await services.jobs.open_cases(), await services.jobs.untold()
    bulks = await services.bulks.open_ones()
    scheduled = await services.schedules.waiting()
    if not (cases or untold or bulks or scheduled):
        return Reply(
            card=notice_card(say("Nobody is waiting for a mailbox. Type provision jane@contoso.com to start one."))
        )
    now, total = services.clock.now(), await services.jobs.count_open()
    usual = usually(await services.records.estimate("", now))
    return Reply(card=cases_card(cases, now, total, untold, bulks, scheduled, usual))
