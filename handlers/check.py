"""The button “Check now”: look at the mailbox at once instead of at the next turn."""

from handlers import fields
from handlers.access import Role
from handlers.registry import action
from handlers.requests import Reply, Request, Services
from handlers.status import view


@action("check-now", role=Role.OPERATOR)
async def check_now(request: Request, services: Services) -> Reply | None:
    case = await fields.case(request, services)
    if case.is_open:
        case = await services.jobs.check_now(case.id)
    return await view(case, request, services)
