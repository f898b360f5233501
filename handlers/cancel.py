"""Stopping a case: the command does it at once, the button asks first. What was done stays, and is said."""

from cards.confirm import cancel_card
from cards.notice import notice_card
from handlers import fields
from handlers.access import Role
from handlers.bulk_view import one_running, stopped_card
from handlers.grammar import Command, address_of, options_of
from handlers.lists import BULK
from handlers.registry import DECISION_LIVES, action, command
from handlers.requests import Reply, Request, Services
from handlers.scheduling import dropped
from handlers.status import case_for, view
from provisioning.case import AccountOrigin, Case, CaseState, Stage, StageState

_ENDED = {
    CaseState.READY: "the mailbox is ready",
    CaseState.FAILED: "it has failed",
    CaseState.CANCELLED: "it was cancelled before",
    CaseState.GIVEN_UP: "Mailroom has given up on it",
}
_ACCOUNTS = {
    AccountOrigin.CREATED: "the account that Mailroom created",
    AccountOrigin.RESTORED: "the account that Mailroom restored",
}


@command(
    "cancel <upn>",
    summary="Stop working on someone. What has been done stays as it is.",
    example="",
    role=Role.OPERATOR,
)
async def cancel(request: Request, services: Services, typed: Command) -> Reply | None:
    options_of(typed, {})
    if [word.lower() for word in typed.args] == [BULK]:
        running = one_running(await services.bulks.open_ones())
        return stopped_card(await services.bulks.stop(running.id, request.person))
    upn = address_of(typed)
    scheduled = await services.schedules.find(upn)
    if scheduled:
        return Reply(card=notice_card(await dropped(scheduled, request, services)))
    case = await case_for(upn, services)
    if case.is_open:
        case = await services.jobs.cancel(case.id, request.person)
    else:
        return Reply(card=notice_card(f"There is nothing to stop for {case.order.upn}: {_ENDED[case.state]}."))
    return Reply(card=notice_card(_outcome(case)))


@action("cancel", role=Role.OPERATOR)
async def ask(request: Request, services: Services) -> Reply | None:
    case = await fields.case(request, services)
    return Reply(card=cancel_card(case)) if case.is_open else await view(case, request, services)


@action("cancel-confirmed", role=Role.OPERATOR, lives=DECISION_LIVES)
async def confirmed(request: Request, services: Services) -> Reply | None:
    case = await fields.case(request, services)
    if case.is_open:
        case = await services.jobs.cancel(case.id, request.person)
    return await view(case, request, services)


def _outcome(case: Case) -> str:
    if case.state is not CaseState.CANCELLED:  # it ended by itself in the same moment
        return f"Too late to stop {case.order.upn}: {_ENDED.get(case.state, 'it goes on')}."
    stays = _what_stays(case)
    kept = (
        f"This stays as it is: {' and '.join(stays)}." if stays else "No account was created and no license assigned."
    )
    return f"Stopped working on {case.order.upn}. {kept}"


def _what_stays(case: Case) -> list[str]:
    stays = []
    if case.account_id:
        stays.append(_ACCOUNTS.get(case.account_origin, "the account"))
    if case.stage(Stage.LICENSE).state is StageState.DONE:
        stays.append(f"its license {case.order.license_name}".rstrip())
    elif case.stage(Stage.LICENSE).started_at:
        stays.append("perhaps a license, which was just being assigned")
    return stays
