"""`provision`: from a message, or from the form and the restore card, to a case that runs."""

from collections.abc import Mapping
from typing import Any

from cards.form import form_card
from cards.notice import notice_card
from cards.problem import problem_card
from cards.restore import restore_card
from handlers import fields
from handlers.access import Role
from handlers.grammar import Command, address_of, check_address, options_of
from handlers.registry import FORM_LIVES, action, command
from handlers.requests import Reply, Request, Services
from provisioning.audit_records import wanted_as_well
from provisioning.case import Case
from provisioning.errors import GraphError
from provisioning.orders import Complete, Incomplete, OrderRequest, Restorable, plan

OPTIONS = {
    "name": "name",
    "display_name": "name",
    "displayname": "name",
    "display-name": "name",
    "license": "license",
    "licence": "license",
    "sku": "license",
    "location": "location",
    "usage_location": "location",
    "usagelocation": "location",
    "usage-location": "location",
    "country": "location",
    "manager": "manager",
    "department": "department",
    "dept": "department",
}
_RESTORE = {"yes": True, "no": False, "": None}


@command(
    'provision <upn> [name="Jane Doe"] [license=E3] [location=US] [manager=…] [department=…]',
    summary="Create or adopt the account, assign the license, and tell you when the mailbox answers.",
    example="provision jane@contoso.com",
    role=Role.OPERATOR,
)
async def provision(request: Request, services: Services, typed: Command) -> Reply | None:
    return await _place(_from_command(typed), request, services)


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


def _from_command(typed: Command) -> OrderRequest:
    upn = address_of(typed)
    options = options_of(typed, OPTIONS)
    return OrderRequest(
        upn=upn,
        display_name=options.get("name", typed.label),
        usage_location=options.get("location", ""),
        license=options.get("license", ""),
        manager=check_address(options["manager"]) if "manager" in options else "",
        department=options.get("department", ""),
    )


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
    lookup = await services.directory.look_up(wanted.upn, wanted.manager)
    if lookup.account:
        await services.directory.check_changeable(lookup.account.id)  # told now, not after the form
    planned = plan(wanted, lookup, services.default_usage_location)
    match planned:
        case Incomplete():
            return Reply(card=form_card(planned), replace=request.verb == "restore")
        case Restorable():
            return Reply(card=restore_card(planned), replace=request.verb == "order")
        case Complete(order=complete):
            return await _start(case_id, complete.upn, planned, request, services)


async def _start(case_id: str, upn: str, planned: Complete, request: Request, services: Services) -> Reply | None:
    running = await _running(upn, services)  # another address of an account that is being worked on
    if running:
        return await _show_running(running, request, services)
    await services.jobs.start(planned.order, request.person, request.conversation, case_id)
    if not request.verb:
        return None  # the live card comes from the job
    return Reply(card=notice_card(f"Order placed for {upn}."), replace=request.verb != "run")


async def _running(upn: str, services: Services) -> Case | None:
    case = await services.jobs.find(upn)
    return case if case and case.is_open else None


async def _show_running(case: Case, request: Request, services: Services) -> Reply:
    await services.jobs.show(case.id, request.conversation)
    if case.is_open:
        await services.audit.record(wanted_as_well(case, request.person))
    who = "you" if case.requester.is_same(request.person) else case.requester.name
    is_so = "is already being provisioned" if case.is_open else "was already ordered by this button"
    sentence = f"{case.order.upn} {is_so}, for {who}. I have put the card into this chat."
    return Reply(card=notice_card(sentence), replace=request.verb in ("order", "restore"))


def _as_command(wanted: OrderRequest) -> str:
    values = {
        "name": wanted.display_name,
        "license": wanted.license,
        "location": wanted.usage_location,
        "manager": wanted.manager,
        "department": wanted.department,
    }
    options = tuple((key, value) for key, value in values.items() if value)
    return Command("provision", (wanted.upn,), options).text
