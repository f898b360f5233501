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
from provisioning.words import say

_ENDED = {
    CaseState.READY: say("the mailbox is ready"),
    CaseState.FAILED: say("it has failed"),
    CaseState.CANCELLED: say("it was cancelled before"),
    CaseState.GIVEN_UP: say("Mailroom has given up on it"),
}
_ACCOUNTS = {
    AccountOrigin.CREATED: say("the account that Mailroom created"),
    AccountOrigin.RESTORED: say("the account that Mailroom restored"),
}


@command(
    "cancel <upn>",
    summary=say("Stop working on someone. What has been done stays as it is."),
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
        why = _ENDED[case.state]
        return Reply(card=notice_card(say("There is nothing to stop for {upn}: {why}.", upn=case.order.upn, why=why)))
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
        why = _ENDED.get(case.state) or say("it goes on")
        return say("Too late to stop {upn}: {why}.", upn=case.order.upn, why=why)
    upn = case.order.upn
    account = _ACCOUNTS.get(case.account_origin, say("the account")) if case.account_id else ""
    license_ = _license_that_stays(case)
    if account and license_:
        return say(
            "Stopped working on {upn}. This stays as it is: {account} and {license}.",
            upn=upn,
            account=account,
            license=license_,
        )
    if account or license_:
        return say("Stopped working on {upn}. This stays as it is: {what}.", upn=upn, what=account or license_)
    return say("Stopped working on {upn}. No account was created and no license assigned.", upn=upn)


def _license_that_stays(case: Case) -> str:
    """Empty where none was given."""
    stage, name = case.stage(Stage.LICENSE), case.order.license_name
    if stage.state is StageState.DONE:
        return say("its license {license}", license=name) if name else say("its license")
    return say("perhaps a license, which was just being assigned") if stage.started_at else ""
