"""`provision`: from a message, or from the form and the restore card, to a case that runs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cards.form import form_card
from cards.notice import notice_card
from cards.problem import problem_card
from cards.restore import restore_card
from handlers import fields
from handlers.access import Role
from handlers.clauses import as_words, clauses_of
from handlers.grammar import Command, check_address
from handlers.ordering import order_request
from handlers.registry import FORM_LIVES, action, command
from handlers.requests import Reply, Request, Services
from handlers.scheduling import schedule, show_scheduled
from provisioning.audit_records import wanted_as_well
from provisioning.case import Case
from provisioning.errors import GraphError
from provisioning.orders import Complete, Incomplete, OrderRequest, Restorable
from provisioning.placing import Terms, planned
from provisioning.words import say

_RESTORE = {"yes": True, "no": False, "": None}


USAGE = 'provision <upn> [as <profile>] [at <time>] [name="Jane Doe"] [license=E3] [location=US] [manager=…]'


@command(
    f"{USAGE} [department=…]",
    summary=say("Create or adopt the account, assign the license, and tell you when the mailbox answers."),
    example="provision jane@contoso.com",
    role=Role.OPERATOR,
)
async def provision(request: Request, services: Services, typed: Command) -> Reply | None:
    bare, said = clauses_of(typed, services.clock.now(), request.timezone)
    wanted = replace(order_request(bare, said.profile), starts_at=said.starts_at, zone=said.zone)
    return await _place(wanted, request, services)


@action("order", role=Role.OPERATOR, lives=FORM_LIVES)
async def order(request: Request, services: Services) -> Reply | None:
    """The form was filled in."""
    restore = fields.choice(request.data, "restore", *_RESTORE)
    return await _place_from_card(_from_data(request.data, restore=_RESTORE[restore]), request, services)


@action("restore", role=Role.OPERATOR, lives=FORM_LIVES)
async def restore(request: Request, services: Services) -> Reply | None:
    """The answer to the question whether to take the account out of the recycle bin."""
    answer = fields.choice(request.data, "choice", "yes", "no")
    return await _place_from_card(_from_data(request.data, restore=_RESTORE[answer]), request, services)


def _from_data(data: Mapping[str, Any], *, restore: bool | None) -> OrderRequest:
    manager = fields.text(data, "manager")
    return OrderRequest(
        upn=check_address(fields.text(data, "upn")),
        display_name=fields.text(data, "display_name"),
        usage_location=fields.text(data, "usage_location"),
        license=fields.text(data, "license"),
        manager=check_address(manager) if manager else "",
        department=fields.text(data, "department"),
        restore=restore,
        profile=fields.text(data, "profile"),
        starts_at=fields.moment(data, "starts_at"),
        zone=fields.text(data, "zone"),
    )


async def _place_from_card(wanted: OrderRequest, request: Request, services: Services) -> Reply | None:
    """As a command, but a failure offers what was filled in again."""
    try:
        return await _place(wanted, request, services)
    except GraphError as error:
        return Reply(card=problem_card(error.sentence, error.trace, retry_text=_as_command(wanted)))


async def _place(wanted: OrderRequest, request: Request, services: Services) -> Reply | None:
    case_id = fields.once(request)
    placed = await services.jobs.get(case_id) if case_id else None
    if placed and not request.verb:
        return None  # the very same message, brought once more: its card is there
    running = placed or await _running(wanted.upn, services)
    if running:
        return await _show_running(running, request, services)
    scheduled = await services.schedules.find(wanted.upn)
    if scheduled:
        return await show_scheduled(scheduled, request, services)
    made = await planned(wanted, services.directory, Terms(services.profiles, services.default_usage_location))
    match made:
        case Incomplete():
            names = [profile.name for profile in services.profiles]
            return Reply(card=form_card(made, profiles=names), replace=request.verb == "restore")
        case Restorable():
            return Reply(card=restore_card(made), replace=request.verb == "order")
        case Complete(order=complete):
            if wanted.starts_at:
                return await schedule(wanted, request, services)
            return await _start(case_id, complete.upn, made, request, services)


async def _start(case_id: str, upn: str, planned: Complete, request: Request, services: Services) -> Reply | None:
    running = await _running(upn, services)  # another address of an account that is being worked on
    if running:
        return await _show_running(running, request, services)
    await services.jobs.start(planned.order, request.person, request.conversation, case_id)
    if not request.verb:
        return None  # the live card comes from the job
    return Reply(card=notice_card(say("Order placed for {upn}.", upn=upn)), replace=request.verb != "run")


async def _running(upn: str, services: Services) -> Case | None:
    case = await services.jobs.find(upn)
    return case if case and case.is_open and not case.is_watch else None


async def _show_running(case: Case, request: Request, services: Services) -> Reply:
    await services.jobs.show(case.id, request.conversation)
    if case.is_open:
        await services.audit.record(wanted_as_well(case, request.person))
    who = say("you") if case.requester.is_same(request.person) else case.requester.name
    return Reply(card=notice_card(_already(case, who)), replace=request.verb in ("order", "restore"))


def _already(case: Case, who: str) -> str:
    if case.is_open:
        return say(
            "{upn} is already being provisioned, for {who}. I have put the card into this chat.",
            upn=case.order.upn,
            who=who,
        )
    return say(
        "{upn} was already ordered by this button, for {who}. I have put the card into this chat.",
        upn=case.order.upn,
        who=who,
    )


def _as_command(wanted: OrderRequest) -> str:
    values = {
        "name": wanted.display_name,
        "license": wanted.license,
        "location": wanted.usage_location,
        "manager": wanted.manager,
        "department": wanted.department,
    }
    options = tuple((key, value) for key, value in values.items() if value)
    clauses = as_words(wanted.profile, wanted.starts_at, wanted.zone)
    return Command("provision", (wanted.upn, *clauses), options).text
