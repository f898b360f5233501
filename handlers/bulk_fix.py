"""One cause that several people have, fixed with one confirmation: each a normal repair, by the rules of single ones.

What loses data is left out: that wants each name typed.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cards.bulk_fixing import FixAll, Share, causes_card, fix_all_card
from cards.language import told
from cards.notice import notice_card
from handlers import fields
from handlers.access import Role
from handlers.approvers import approval_for
from handlers.fix import choice_of, require_for, why_of
from handlers.grammar import check_address
from handlers.looking import Look, look
from handlers.registry import DECISION_LIVES, action
from handlers.requests import Reply, Request, Services
from provisioning import fixes
from provisioning.approving import await_approval
from provisioning.bulk import MOST_FIXES, Bulk, BulkKind, BulkState, CauseCount
from provisioning.errors import BadOrder, GraphError, MailroomError
from provisioning.findings import Finding, Fix, Risk
from provisioning.fixes.steps import FixPlan, OrderAnew, Step
from provisioning.repair import Repair, RepairStep
from provisioning.words import say

AT_ONCE = 4  # snapshots beside each other
USERS_LIMIT = 6_000
OWN_FIELDS = frozenset({"users"})


@dataclass(frozen=True)
class _Planned:
    """One person as they are now. `plan` None: left out, and `why_not` says why."""

    user: str
    found: Look | None = None
    fix: Fix | None = None
    plan: FixPlan | None = None
    why_not: str = ""

    @property
    def risk(self) -> Risk:
        return max(self.fix.risk, self.plan.risk) if self.fix and self.plan else Risk.NONE


@action("fix-all", role=Role.OPERATOR)
async def propose(request: Request, services: Services) -> Reply | None:
    """A message of its own, since the card of the list goes on changing. Nothing is changed yet."""
    planned = await _planned(request, services)
    return replace(await _confirm(planned, request, services), is_new=True)


@action("fix-all-confirmed", role=Role.OPERATOR, lives=DECISION_LIVES)
async def carry_out(request: Request, services: Services) -> Reply | None:
    bulk_id = fields.once(request) or uuid.uuid4().hex
    if await services.bulks.get(bulk_id):  # the same click again
        return Reply(text=say("This was started before."))
    planned = await _planned(request, services)
    able = [one for one in planned if one.plan]
    if not able or not all(one.plan and one.plan.is_complete for one in able):
        return await _confirm(planned, request, services)
    repairs = [await _repair(bulk_id, position, one, request, services) for position, one in enumerate(able)]
    title = able[0].fix.title if able[0].fix else ""
    now = services.clock.now()
    bulk = Bulk(bulk_id, title, request.person, now, len(able), 0, BulkKind.REPAIRS, BulkState.RUNNING, now)
    await services.bulks.start_repairs(bulk, repairs, request.conversation)
    left = len(planned) - len(able)
    return Reply(card=notice_card(_started(title, len(able), left)))


async def look_at_several(users: Sequence[str], services: Services) -> Reply:
    """`diagnose` of several people: the cause of each, and what they have in common."""
    if len(users) > MOST_FIXES:
        raise BadOrder(
            say("I can look at {most} people at a time. You named {count}.", most=MOST_FIXES, count=len(users))
        )
    looks = await _looked_at(users, services)
    top = [(user, _top(found)) for user, found in zip(users, looks, strict=True)]
    by_cause: dict[str, list[tuple[str, Finding]]] = defaultdict(list)
    for user, finding in top:
        if finding:
            by_cause[finding.cause].append((user, finding))
    common = [
        CauseCount(cause, having[0][1].sentence, tuple(user for user, _ in having), len(having))
        for cause, having in by_cause.items()
        if len(having) > 1 and fixes.cure_of(having[0][1].fixes)
    ]
    summaries = [
        (user, found.diagnosis.summary if isinstance(found, Look) else found.sentence)
        for user, found in zip(users, looks, strict=True)
    ]
    return Reply(card=causes_card(common, summaries))


async def _planned(request: Request, services: Services) -> list[_Planned]:
    """From new snapshots, never from the card."""
    named = fields.text(request.data, "users", USERS_LIMIT).split()
    users = list(dict.fromkeys(check_address(user) for user in named))
    cause, fix_id = fields.text(request.data, "cause", 10), fields.text(request.data, "fix", fields.CASE_ID_LIMIT)
    if not users or not cause:
        raise BadOrder(say("This button does not say what to fix for whom."))
    if len(users) > MOST_FIXES:
        raise BadOrder(say("I can fix at most {most} people at a time.", most=MOST_FIXES))
    looks = await _looked_at(users, services)
    return [
        await _plan(user, found, cause, fix_id, request, services) for user, found in zip(users, looks, strict=True)
    ]


async def _looked_at(users: Sequence[str], services: Services) -> list[Look | MailroomError]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(user: str) -> Look | MailroomError:
        async with gate:
            try:
                return await look(user, services)
            except GraphError as error:
                return error

    return await asyncio.gather(*map(one, users))


async def _plan(
    user: str, found: Look | MailroomError, cause: str, fix_id: str, request: Request, services: Services
) -> _Planned:
    if not isinstance(found, Look):
        return _Planned(user, why_not=found.sentence)
    finding = next((one for one in found.diagnosis.findings if one.cause == cause), None)
    if finding is None:
        return _Planned(user, why_not=say("The cause is gone."))
    wanted = fix_id or fixes.cure_of(finding.fixes)
    fix = next((one for one in finding.fixes if one.id == wanted), None)
    if fix is None:
        return _Planned(user, why_not=say("Mailroom cannot fix this by itself: diagnose to see what a person can do."))
    try:
        if found.snapshot.account:
            await services.directory.check_changeable(found.snapshot.account.id)
        plan = fixes.plan(fix.id, found.snapshot, choice_of(request, OWN_FIELDS))
    except MailroomError as error:
        return _Planned(user, why_not=error.sentence)
    if max(fix.risk, plan.risk) is Risk.DATA_LOSS or any(isinstance(step, OrderAnew) for step in plan.steps):
        return _Planned(
            user, why_not=say("This fix is too far-reaching for several people at once: do it for each alone.")
        )
    return _Planned(found.diagnosis.user, found, fix, plan)


async def _confirm(planned: Sequence[_Planned], request: Request, services: Services) -> Reply:
    able = [one for one in planned if one.plan and one.fix]
    if not able:
        reasons = "; ".join(dict.fromkeys(told(one.why_not) for one in planned if one.why_not))
        raise BadOrder(say("There is nothing to fix any more, or not by me: {reasons}", reasons=reasons))
    worst = max(able, key=lambda one: one.risk)
    if worst.fix is None:
        raise BadOrder(say("There is nothing to fix any more."))
    cause = fields.text(request.data, "cause", 10)
    approval = await approval_for(request.person, worst.risk, worst.fix.title, worst.fix.changes, services)
    shares = tuple(Share(one.user, one.plan, one.why_not) for one in planned)
    whole = FixAll(cause, worst.fix, worst.risk, shares, approval, services.approval_hours)
    return Reply(card=fix_all_card(whole, choice_of(request, OWN_FIELDS)))


async def _repair(
    bulk_id: str, position: int, planned: _Planned, request: Request, services: Services
) -> tuple[Repair, Sequence[Step]]:
    """As a single one; only its card is that of the bulk."""
    if planned.fix is None or planned.plan is None or planned.found is None:
        raise BadOrder(say("There is nothing to fix any more."))
    cause = fields.text(request.data, "cause", 10)
    why = why_of(planned.found.diagnosis, cause)
    approval = await approval_for(request.person, planned.risk, why, planned.fix.changes, services)
    if approval is None:
        await require_for(planned.risk, request, services)
    repair = Repair(
        id=f"{bulk_id}-{position}",
        user=planned.user,
        fix_id=planned.fix.id,
        title=planned.fix.title,
        cause=cause,
        requester=request.person,
        created_at=services.clock.now(),
        steps=tuple(RepairStep(step.says) for step in planned.plan.steps),
        bulk_id=bulk_id,
    )
    return (await_approval(repair, approval) if approval else repair), planned.plan.steps


def _started(title: str, count: int, left: int) -> str:
    if not left:
        return say("{title}: started for {count}. The card below shows how they go.", title=title, count=count)
    return say(
        "{title}: started for {count}. {left} left out. The card below shows how they go.",
        title=title,
        count=count,
        left=left,
    )


def _top(found: Look | MailroomError) -> Finding | None:
    if not isinstance(found, Look):
        return None
    return next((one for one in found.diagnosis.findings if not one.is_note), None)
