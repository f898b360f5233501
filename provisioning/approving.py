"""A second person's decision about a repair. Pure transitions from `awaiting`; every other state refuses them.

What is approved are the stored steps, exactly those that the approver read, however old: a plan made anew might be
another one. Each step looks before it acts (jobs/repairing.py), so what is done already is not done twice.
"""

from dataclasses import replace
from datetime import datetime

from provisioning.case import Person
from provisioning.errors import BadOrder, NotAllowed
from provisioning.repair import Approval, Repair, RepairState
from provisioning.words import say

REASON_LIMIT = 300


def await_approval(repair: Repair, approval: Approval) -> Repair:
    """The new repair, which is to wait for a second person."""
    return replace(repair, state=RepairState.AWAITING, approval=approval)


def approve(repair: Repair, by: Person, reason: str, now: datetime) -> Repair:
    """Raises NotAllowed for the requester, BadOrder when it is too late."""
    return _decide(repair, RepairState.RUNNING, by, reason, now)


def decline(repair: Repair, by: Person, reason: str, now: datetime) -> Repair:
    """Raises as `approve`, and BadOrder without a reason."""
    if not reason:
        raise BadOrder(say("Say in the field “Reason” why you decline. The request still waits."))
    return _decide(repair, RepairState.DECLINED, by, reason, now)


def withdraw(repair: Repair, by: Person, now: datetime) -> Repair:
    """Raises NotAllowed for everybody but the requester, BadOrder when it is too late."""
    approval = _awaited(repair)
    if not by.is_same(repair.requester):
        raise NotAllowed(say("Only {name}, who asked, can withdraw this request.", name=repair.requester.name))
    withdrawn = replace(approval, decided_by=by, decided_at=now)
    return _changed(repair, RepairState.WITHDRAWN, withdrawn, now)


def expire(repair: Repair, now: datetime) -> Repair:
    """The same repair while there is time, or when it does not wait any more."""
    if repair.approval is None or repair.state is not RepairState.AWAITING or now < repair.approval.expires_at:
        return repair
    return _changed(repair, RepairState.EXPIRED, replace(repair.approval, decided_at=now), now)


def give_up_asking(repair: Repair, now: datetime) -> Repair:
    """Nobody could be reached; the same repair when it does not wait any more."""
    if repair.approval is None or repair.state is not RepairState.AWAITING:
        return repair
    return _changed(repair, RepairState.UNREACHED, replace(repair.approval, decided_at=now), now)


def _decide(repair: Repair, state: RepairState, by: Person, reason: str, now: datetime) -> Repair:
    approval = _awaited(repair)
    if by.is_same(repair.requester):
        raise NotAllowed(say("You asked for this yourself: a second person has to decide."))
    if now >= approval.expires_at:
        raise BadOrder(say("This request has expired, and nothing was changed. The requester can ask again."))
    decided = replace(approval, decided_by=by, decided_at=now, reason=reason[:REASON_LIMIT])
    return _changed(repair, state, decided, now)


def _awaited(repair: Repair) -> Approval:
    """Raises BadOrder when it does not wait for a decision (any more)."""
    if repair.approval is None or repair.state is not RepairState.AWAITING:
        raise BadOrder(say("There is nothing to decide any more: {why}.", why=_settled(repair)))
    return repair.approval


def _settled(repair: Repair) -> str:
    by = repair.approval.decided_by if repair.approval else None
    if repair.state is RepairState.DECLINED and by:
        return say("{name} has declined", name=by.name)
    if repair.state is RepairState.WITHDRAWN and by:
        return say("{name} has withdrawn the request", name=by.name)
    if repair.state is RepairState.EXPIRED:
        return say("the request has expired")
    if repair.state is RepairState.UNREACHED:
        return say("the request was closed because nobody could be reached")
    return say("{name} has approved", name=by.name) if by else say("this fix needed no second person")


def _changed(repair: Repair, state: RepairState, approval: Approval, now: datetime) -> Repair:
    ended_at = None if state is RepairState.RUNNING else now
    return replace(repair, state=state, approval=approval, ended_at=ended_at, version=repair.version + 1)
