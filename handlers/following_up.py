"""The button that does what failed of the follow-ups once more."""

from handlers import fields
from handlers.access import Role
from handlers.registry import action
from handlers.requests import Reply, Request, Services
from handlers.status import view


@action("follow-up-again", role=Role.OPERATOR)
async def again(request: Request, services: Services) -> Reply | None:
    case = await fields.case(request, services)
    case = await services.jobs.follow_up_again(case.id, request.person, fields.once(request))
    return await view(case, request, services)
