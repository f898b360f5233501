"""The bundle for Microsoft Support: what happened, what was tried, and a drafted service request."""

from cards.escalation import escalation_card
from handlers import fields
from handlers.access import Role
from handlers.looking import look
from handlers.registry import VIEW_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning.escalation import bundle


@action("escalate", role=Role.VIEWER, lives=VIEW_LIVES)
async def escalate(request: Request, services: Services) -> Reply | None:
    user = fields.user(request.data)
    case = None if user else await fields.case(request, services)
    found = await look(user or (case.order.upn if case else ""), services, case)
    repairs = await services.jobs.repairs_of(found.diagnosis.user)
    made = bundle(found.case, found.snapshot, found.diagnosis, repairs, services.clock.now())
    return Reply(card=escalation_card(made), is_new=not user)  # the case's own card goes on changing
