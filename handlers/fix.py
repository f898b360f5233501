"""The fixes of a diagnosis: first what would change, then, on a second click, a durable repair."""

import uuid
from dataclasses import replace

from cards.fixing import confirm_card
from cards.notice import notice_card
from cards.repair import repair_card
from handlers import fields
from handlers.access import Role, require
from handlers.diagnose import Look, look
from handlers.registry import DECISION_LIVES, VIEW_LIVES, action, run_command
from handlers.requests import Reply, Request, Services
from provisioning import fixes
from provisioning.errors import BadOrder
from provisioning.findings import Fix, Risk
from provisioning.fixes.steps import FixPlan, OrderAnew
from provisioning.repair import Repair, RepairStep

OWN_FIELDS = frozenset({"verb", "user", "fix", "cause", "confirm"})


@action("fix", role=Role.OPERATOR)
async def propose(request: Request, services: Services) -> Reply | None:
    """Nothing is changed yet: the card says what would be, and asks what only a person can decide."""
    found, fix, plan = await _planned(request, services)
    return Reply(card=confirm_card(fix, plan, found.diagnosis.user, _cause(request), _choice(request)))


@action("fix-confirmed", role=Role.OPERATOR, lives=DECISION_LIVES)
async def carry_out(request: Request, services: Services) -> Reply | None:
    repair_id = fields.once(request) or uuid.uuid4().hex
    started = await services.jobs.get_repair(repair_id)
    if started:  # the same click again, perhaps long after: nothing runs twice
        return _show(started, request, services)
    found, fix, plan = await _planned(request, services)
    await _require_for(fix.risk, request, services)
    user, cause = found.diagnosis.user, _cause(request)
    if not plan.is_complete:
        return Reply(card=confirm_card(fix, plan, user, cause, _choice(request)))
    if fix.risk is Risk.DATA_LOSS and fields.text(request.data, "confirm").lower() != user.lower():
        raise BadOrder(f"Type {user} into the field to confirm. Nothing was changed.")
    for step in plan.steps:
        if isinstance(step, OrderAnew):
            return await run_command(replace(request, text=f"provision {step.upn}"), services)
    return await _start(repair_id, request, services, fix, plan, user)


async def _start(repair_id: str, request: Request, services: Services, fix: Fix, plan: FixPlan, user: str) -> Reply:
    """One repair at a time for a person: a colleague's click shows the one that runs."""
    repairs = await services.jobs.repairs_of(user)
    running = next((repair for repair in repairs if repair.is_open), None)
    if running is None:
        repair = Repair(
            id=repair_id,
            user=user,
            fix_id=fix.id,
            title=fix.title,
            cause=_cause(request),
            requester=request.person,
            created_at=services.clock.now(),
            steps=tuple(RepairStep(step.says) for step in plan.steps),
        )
        await services.jobs.start_repair(repair, plan.steps, request.conversation)
        return Reply(card=notice_card(f"{fix.title} for {user}: started. The card below shows how it goes."))
    return _show(running, request, services)


@action("repair", role=Role.VIEWER, lives=VIEW_LIVES)
async def show(request: Request, services: Services) -> Reply | None:
    return await _view(request, services)


@action("repair-refresh", role=Role.VIEWER, lives=VIEW_LIVES)
async def refresh(request: Request, services: Services) -> Reply | None:
    """The client asks by itself: the newest card, and nothing changes."""
    return await _view(request, services)


async def _view(request: Request, services: Services) -> Reply:
    repair = await services.jobs.get_repair(fields.text(request.data, "repair", fields.CASE_ID_LIMIT))
    if repair is None:
        raise BadOrder("I no longer know this repair. Diagnose again to see how things stand.")
    return _show(repair, request, services)


def _show(repair: Repair, request: Request, services: Services) -> Reply:
    return Reply(card=repair_card(repair, services.clock.now(), refresh_for=_refresh_for(request)))


async def _planned(request: Request, services: Services) -> tuple[Look, Fix, FixPlan]:
    """From a new snapshot, never from the card: what was true when it was drawn may not be any more."""
    user = fields.user(request.data)
    fix_id = fields.text(request.data, "fix", fields.CASE_ID_LIMIT)
    if not user or not fix_id:
        raise BadOrder("This button does not say what to fix for whom. Diagnose again.")
    found = await look(user, services)
    plan = fixes.plan(fix_id, found.snapshot, _choice(request))
    return found, fixes.fix(fix_id, found.snapshot), plan


async def _require_for(risk: Risk, request: Request, services: Services) -> None:
    """Mail flow and data are an admin's business, where admins are named."""
    if risk >= Risk.MAIL_FLOW and services.admins:
        await require(Role.ADMIN, request.person, services)


def _cause(request: Request) -> str:
    return fields.text(request.data, "cause", 10)


def _choice(request: Request) -> dict[str, str]:
    """What was chosen so far; the planner takes only the names that it asks for."""
    return {
        name: fields.text(request.data, name)
        for name, value in request.data.items()
        if isinstance(value, str) and name not in OWN_FIELDS
    }


def _refresh_for(request: Request) -> tuple[str, ...]:
    return (request.person.channel_id,) if request.person.channel_id else ()
