"""The fixes of a diagnosis: first what would change, then, on a second click, a durable repair.

A risky one waits for a second person first (handlers/approvers.py says which, handlers/approve.py takes the answer).
"""

import uuid
from dataclasses import dataclass, replace

from cards.approval import who
from cards.fixing import confirm_card
from cards.notice import notice_card
from cards.repair import repair_card
from handlers import fields
from handlers.access import Role, require
from handlers.approvers import approval_for
from handlers.looking import look
from handlers.registry import DECISION_LIVES, VIEW_LIVES, action, run_command
from handlers.requests import Reply, Request, Services
from provisioning import fixes
from provisioning.approving import await_approval
from provisioning.diagnosis import Diagnosis
from provisioning.errors import BadOrder
from provisioning.findings import Fix, Risk
from provisioning.fixes.steps import FixPlan, OrderAnew
from provisioning.repair import Approval, Repair, RepairStep
from provisioning.words import say

OWN_FIELDS = frozenset({"verb", "user", "fix", "cause", "confirm"})


@dataclass(frozen=True)
class _Proposal:
    """A fix and its steps for a person as they are now. `approval`: None where no second person has to agree."""

    user: str
    fix: Fix
    plan: FixPlan
    approval: Approval | None


@action("fix", role=Role.OPERATOR)
async def propose(request: Request, services: Services) -> Reply | None:
    """Nothing is changed yet: the card says what would be, and asks what only a person can decide."""
    return _confirm(await _planned(request, services), request, services)


@action("fix-confirmed", role=Role.OPERATOR, lives=DECISION_LIVES)
async def carry_out(request: Request, services: Services) -> Reply | None:
    repair_id = fields.once(request) or uuid.uuid4().hex
    started = await services.jobs.get_repair(repair_id)
    if started:  # the same click again, perhaps long after: nothing runs twice
        return _shown(started, request, services)
    proposal = await _planned(request, services)
    fix, plan, user = proposal.fix, proposal.plan, proposal.user
    if proposal.approval is None:
        await require_for(_risk(fix, plan), request, services)
    if not plan.is_complete:
        return _confirm(proposal, request, services)
    if _risk(fix, plan) is Risk.DATA_LOSS and fields.text(request.data, "confirm").lower() != user.lower():
        raise BadOrder(say("Type {user} into the field to confirm. Nothing was changed.", user=user))
    for step in plan.steps:
        if isinstance(step, OrderAnew):
            return await run_command(replace(request, text=f"provision {step.upn}"), services)
    return await _start(repair_id, request, services, proposal)


def _confirm(proposal: _Proposal, request: Request, services: Services) -> Reply:
    card = confirm_card(
        proposal.fix,
        proposal.plan,
        proposal.user,
        _cause(request),
        choice_of(request),
        approval=proposal.approval,
        hours=services.approval_hours,
    )
    return Reply(card=card)


async def _start(repair_id: str, request: Request, services: Services, proposal: _Proposal) -> Reply:
    """One repair at a time for a person: a colleague's click shows the one that is there."""
    user, fix, approval = proposal.user, proposal.fix, proposal.approval
    repair = Repair(
        id=repair_id,
        user=user,
        fix_id=fix.id,
        title=fix.title,
        cause=_cause(request),
        requester=request.person,
        created_at=services.clock.now(),
        steps=tuple(RepairStep(step.says) for step in proposal.plan.steps),
    )
    if approval:
        repair = await_approval(repair, approval)
    kept = await services.jobs.start_repair(repair, proposal.plan.steps, request.conversation)
    if kept.id != repair.id:
        return _shown(kept, request, services)
    sentence = say("{title} for {user}: started. The card below shows how it goes.", title=fix.title, user=user)
    if approval:
        sentence = say(
            "{title} for {user}: asked {who}. The card below shows how it goes.",
            title=fix.title,
            user=user,
            who=who(approval, "and"),
        )
    return Reply(card=notice_card(sentence))


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
        raise BadOrder(say("I no longer know this repair. Diagnose again to see how things stand."))
    return _shown(repair, request, services)


def _shown(repair: Repair, request: Request, services: Services) -> Reply:
    card = repair_card(repair, services.clock.now(), refresh_for=_refresh_for(request))
    return Reply(card=card, own_view=("repair-refresh", {"repair": repair.id}))


async def _planned(request: Request, services: Services) -> _Proposal:
    """From a new snapshot, never from the card: what was true when it was drawn may not be any more."""
    user = fields.user(request.data)
    fix_id = fields.text(request.data, "fix", fields.CASE_ID_LIMIT)
    if not user or not fix_id:
        raise BadOrder(say("This button does not say what to fix for whom. Diagnose again."))
    found = await look(user, services)
    if found.snapshot.account:
        await services.directory.check_changeable(found.snapshot.account.id)
    plan = fixes.plan(fix_id, found.snapshot, choice_of(request))
    fix = fixes.fix(fix_id, found.snapshot)
    why = why_of(found.diagnosis, _cause(request))
    approval = await approval_for(request.person, _risk(fix, plan), why, fix.changes, services)
    return _Proposal(found.diagnosis.user, fix, plan, approval)


def _risk(fix: Fix, plan: FixPlan) -> Risk:
    return max(fix.risk, plan.risk)


def why_of(diagnosis: Diagnosis, cause: str) -> str:
    """The finding's sentence; the button's cause may have gone since."""
    sentences = (finding.sentence for finding in diagnosis.findings if finding.cause == cause)
    return next(sentences, diagnosis.summary)


async def require_for(risk: Risk, request: Request, services: Services) -> None:
    """Mail flow and data are an admin's business where no second person agrees, and admins are named."""
    if risk >= Risk.MAIL_FLOW and services.admins:
        await require(Role.ADMIN, request.person, services)


def _cause(request: Request) -> str:
    return fields.text(request.data, "cause", 10)


def choice_of(request: Request, own: frozenset[str] = frozenset()) -> dict[str, str]:
    """What was chosen so far, but for the button's `own` fields; the planner takes only the names that it asks for."""
    return {
        name: fields.text(request.data, name)
        for name, value in request.data.items()
        if isinstance(value, str) and name not in OWN_FIELDS | own
    }


def _refresh_for(request: Request) -> tuple[str, ...]:
    return (request.person.channel_id,) if request.person.channel_id else ()
