"""Cards about a second person's approval in every state that matters, at one fixed moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cards.approval import approval_card, decision_card
from cards.fixing import confirm_card
from cards.repair import repair_card
from provisioning import approving, fixes, repair
from provisioning.case import Conversation, Person
from provisioning.directory import Snapshot
from provisioning.repair import Approval, Repair, RepairState, RepairStep

WHY = "Exchange Online likely prepared the mailbox of jane@contoso.com only in part: recreate it."
REASON = "Agreed with Jane: she has saved what she needs."
MONA = Person("6f0e1d2c-0000-4000-8000-0000000000a2", "Mona Manager")
ADAM = Person("6f0e1d2c-0000-4000-8000-0000000000a7", "Adam Admin")
HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk", channel_id="29:helga")
PLACE = Conversation("19:admins@thread.v2", "groupChat", "https://smba.trafficmanager.net/emea/")


def awaiting(snapshot: Snapshot, now: datetime, asked: Sequence[Person] = (MONA, ADAM)) -> Repair:
    """Recreating a mailbox that answers: data may be lost."""
    plan, fix = fixes.plan("recreate-mailbox", snapshot, {}), fixes.fix("recreate-mailbox", snapshot)
    begun = now - timedelta(minutes=4)
    told = tuple(RepairStep(step.says) for step in plan.steps)
    fresh = Repair("repair-1", "jane@contoso.com", fix.id, fix.title, "C04", HELGA, begun, told)
    approval = Approval(tuple(asked), begun + timedelta(hours=4), plan.risk, WHY, fix.changes)
    return approving.await_approval(fresh, approval)


def approval_cards(snapshot: Snapshot, now: datetime, hostile: str, long: str) -> dict[str, dict[str, Any]]:
    """By name; the names are those of the golden files."""
    asked = awaiting(snapshot, now)
    approved = approving.approve(asked, ADAM, REASON, now)
    declined = approving.decline(asked, MONA, "Try the license first, please.", now)
    done = repair.start_step(approved, 0, now)
    cured = repair.end(
        done, RepairState.CURED, "The cause is gone, and the mailbox answers.", now + timedelta(minutes=2)
    )
    late = asked.approval.expires_at if asked.approval else now
    ends = {
        "awaiting": asked,
        "approved": approved,
        "declined": declined,
        "expired": approving.expire(asked, late),
        "withdrawn": approving.withdraw(asked, HELGA, now),
        "unreached": approving.give_up_asking(asked, now),
    }
    crowd = awaiting(snapshot, now, [MONA, ADAM, *(Person(str(n), f"Approver {n}") for n in range(18))])
    strangers = tuple(Person(str(n), hostile if n % 2 else long) for n in range(20))
    spoilt = replace(crowd, title=hostile, user=hostile, requester=strangers[1], steps=(RepairStep(long),) * 6)
    spoilt = _with(spoilt, asked=strangers, why=hostile, changes=long)
    return {
        **{f"approval_{name}": _asking(one, now) for name, one in ends.items()},
        "approval_unreached_place": _asking(_with(ends["unreached"], place=PLACE), now),
        "approval_cured": _asking(cured, now),
        "approval_hostile": _asking(spoilt, now),
        "approval_hostile_declined": _asking(approving.decline(spoilt, strangers[3], hostile, now), now),
        **{f"repair_{name}": repair_card(one, now, refresh_for=["29:helga"]) for name, one in ends.items()},
        "repair_awaiting_place": repair_card(_with(crowd, place=PLACE), now),
        "repair_hostile_awaiting": repair_card(spoilt, now),
        "decision_approved": _told(approved),
        "decision_declined": _told(declined),
        "decision_expired": _told(ends["expired"]),
        "decision_hostile": _told(approving.decline(spoilt, strangers[3], hostile, now)),
        "fixing_second_person": _confirming(asked, snapshot),
        "fixing_second_person_place": _confirming(_with(crowd, place=PLACE), snapshot),
    }


def _asking(one: Repair, now: datetime) -> dict[str, Any]:
    assert one.approval
    return approval_card(one, one.approval, now)


def _told(one: Repair) -> dict[str, Any]:
    assert one.approval
    return decision_card(one, one.approval)


def _confirming(one: Repair, snapshot: Snapshot) -> dict[str, Any]:
    fix, plan = fixes.fix("recreate-mailbox", snapshot), fixes.plan("recreate-mailbox", snapshot, {})
    return confirm_card(fix, plan, one.user, "C04", approval=one.approval, hours=4.0)


def _with(one: Repair, **changes: Any) -> Repair:
    assert one.approval
    return replace(one, approval=replace(one.approval, **changes))
