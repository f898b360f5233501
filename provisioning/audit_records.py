"""What is written down about cases, repairs and refusals, as sentences for people. Pure."""

from dataclasses import asdict
from typing import Any

from provisioning.acting import MAILROOM
from provisioning.audit import AuditRecord, Kind
from provisioning.case import Case, CaseState, Order, Person, Problem
from provisioning.following_up import LEFT_OVER, next_to_do, title
from provisioning.repair import Repair, RepairState
from provisioning.scheduled import Scheduled
from provisioning.words import marked, say

_REPAIR_ENDS = {
    RepairState.CURED: marked("The fix “{fix}” for {upn} helped: {why}"),
    RepairState.NOT_CURED: marked("The fix “{fix}” for {upn} did not help yet: {why}"),
    RepairState.FAILED: marked("The fix “{fix}” for {upn} stopped: {why}"),
}
_DECISIONS = {
    RepairState.RUNNING: marked("{by} approved the fix “{fix}” for {upn}."),
    RepairState.DECLINED: marked("{by} declined the fix “{fix}” for {upn}."),
    RepairState.WITHDRAWN: marked("{by} withdrew the request for the fix “{fix}” for {upn}."),
    RepairState.EXPIRED: marked(
        "{by} closed the request, which nobody answered in time, for the fix “{fix}” for {upn}."
    ),
    RepairState.UNREACHED: marked("{by} closed the request, which reached nobody, for the fix “{fix}” for {upn}."),
}


def ordered(case: Case) -> AuditRecord:
    """A new case was stored."""
    by, upn = _name(case.requester), case.order.upn
    watched = say("{by} asked to be told when there is a mailbox for {upn}.", by=by, upn=upn)
    sentence = watched if case.is_watch else say("{by} ordered a mailbox for {upn}.", by=by, upn=upn)
    return _of_case(case, Kind.ORDER, case.requester, sentence, _details(case.order))


def joined(case: Case, by: Person, order: Order) -> AuditRecord:
    """`by` ordered what is being worked on already; `order` is what they wanted, `case` what is done."""
    sentence = say(
        "{by} ordered a mailbox for {upn}, which was being prepared already.", by=_name(by), upn=case.order.upn
    )
    return _of_case(case, Kind.ORDER, by, sentence, {**_details(order), "joined": True})


def wanted_as_well(case: Case, by: Person) -> AuditRecord:
    """`by` asked for what is being worked on, and was shown its card."""
    sentence = say(
        "{by} ordered a mailbox for {upn}, which is being prepared already.", by=_name(by), upn=case.order.upn
    )
    return _of_case(case, Kind.ORDER, by, sentence, {"joined": True})


def place_named(by: Person, conversation_id: str) -> AuditRecord:
    """Where approvals are asked for from now on; "" is in 1:1 chats."""
    chosen = say("{by} had approvals asked for in a conversation of their choice.", by=_name(by))
    sentence = chosen if conversation_id else say("{by} had approvals asked for in 1:1 chats.", by=_name(by))
    return AuditRecord(Kind.APPROVAL, by, sentence, details={"conversation": conversation_id})


def preference_set(by: Person, name: str, before: str, after: str) -> AuditRecord:
    """An admin changed a setting in the chat; "" is what the environment says."""
    default = say("the default")
    was, will_be = before or default, after or default
    sentence = say("{by} set {option} from {was} to {will_be}.", by=_name(by), option=name, was=was, will_be=will_be)
    return AuditRecord(Kind.SETTING, by, sentence, details={"name": name, "before": before, "after": after})


def case_ended(before: Case, after: Case, by: Person) -> AuditRecord | None:
    """None unless the case ended by this change. `by` counts where a person ended it."""
    if not before.is_open or after.is_open:
        return None
    upn, problem = after.order.upn, after.problem
    details = {"state": after.state.value, **_words(problem)}
    if after.state is CaseState.CANCELLED:
        watch = say("{by} stopped the watch for {upn}.", by=_name(by), upn=upn)
        stopped = watch if after.is_watch else say("{by} stopped the order for {upn}.", by=_name(by), upn=upn)
        return _of_case(after, Kind.CANCEL, by, stopped, details)
    if after.state is CaseState.READY:
        ready = say("The mailbox of {upn} is ready.", upn=upn)
        return _of_case(after, Kind.ENDED, MAILROOM, ready, {**details, "mail": after.mail})
    why = problem.sentence if problem else say("no reason is known.")
    failed = say("The order for {upn} failed: {why}", upn=upn, why=why)
    given_up = say("Mailroom gave up on the mailbox of {upn}: {why}", upn=upn, why=why)
    sentence = failed if after.state is CaseState.FAILED else given_up
    return _of_case(after, Kind.ENDED, MAILROOM, sentence, details)


def schedule_made(one: Scheduled) -> AuditRecord:
    """An order for later was stored."""
    by, upn = _name(one.requester), one.request.upn
    sentence = say("{by} scheduled a mailbox for {upn}: {when}.", by=by, upn=upn, when=one.when)
    details = {"starts_at": one.starts_at.isoformat(), "profile": one.request.profile}
    return AuditRecord(Kind.ORDER, one.requester, sentence, one.request.upn, one.id, details)


def schedule_dropped(one: Scheduled, by: Person) -> AuditRecord:
    upn = one.request.upn
    sentence = say(
        "{by} dropped the order for {upn} that was scheduled for {when}.", by=_name(by), upn=upn, when=one.when
    )
    return AuditRecord(Kind.CANCEL, by, sentence, one.request.upn, one.id)


def follow_ups_ended(before: Case, after: Case) -> AuditRecord | None:
    """None unless the last of them ended by this change."""
    if next_to_do(before) is None or next_to_do(after) is not None:
        return None
    left = [one for one in after.follow_ups if one.state in LEFT_OVER]
    told = [{"what": title(one, after), "state": one.state.value, "note": one.note} for one in after.follow_ups]
    upn = after.order.upn
    done = say("The follow-ups for {upn} came to their end: all are done.", upn=upn)
    some = say(
        "The follow-ups for {upn} came to their end: {left} of {count} need somebody.",
        upn=upn,
        left=len(left),
        count=len(told),
    )
    sentence = some if left else done
    details = {"state": "follow_ups_left" if left else "follow_ups_done", "follow_ups": told}
    return _of_case(after, Kind.ENDED, MAILROOM, sentence, details)


def repair_asked(repair: Repair) -> AuditRecord:
    by = _name(repair.requester)
    sentence = say("{by} asked for the fix “{fix}” for {upn}.", by=by, fix=repair.title, upn=repair.user)
    steps = [step.says for step in repair.steps]
    return _of_repair(repair, Kind.REPAIR, repair.requester, sentence, {"steps": steps})


def repair_ended(before: Repair, after: Repair) -> AuditRecord | None:
    """None unless the repair ended by this change as cured, not cured or failed."""
    if not before.is_open or after.state not in _REPAIR_ENDS:
        return None
    why = after.problem.sentence if after.problem else after.outcome
    sentence = _REPAIR_ENDS[after.state].format(fix=after.title, upn=after.user, why=why)
    details = {"state": after.state.value, **_words(after.problem)}
    return _of_repair(after, Kind.ENDED, MAILROOM, sentence, details)


def approval_asked(repair: Repair) -> AuditRecord | None:
    """None for a fix that needs no second person."""
    approval = repair.approval
    if approval is None:
        return None
    by = _name(repair.requester)
    sentence = say("{by} asked for approval of the fix “{fix}” for {upn}.", by=by, fix=repair.title, upn=repair.user)
    details = {
        "asked": [person.id for person in approval.asked],
        "conversation": approval.place.id if approval.place else "",
        "risk": int(approval.risk),
        "expires_at": approval.expires_at.isoformat(),
    }
    return _of_repair(repair, Kind.APPROVAL, repair.requester, sentence, details)


def decided(before: Repair, after: Repair) -> AuditRecord | None:
    """None unless the waiting for a second person ended by this change."""
    if before.state is not RepairState.AWAITING or after.state is before.state or after.approval is None:
        return None
    by = after.approval.decided_by or MAILROOM
    sentence = _DECISIONS[after.state].format(by=_name(by), fix=after.title, upn=after.user)
    details = {"decision": after.state.value, "reason": after.approval.reason}
    return _of_repair(after, Kind.DECISION, by, sentence, details)


def refused(by: Person, what: str, why: str, subject: str, details: dict[str, Any]) -> AuditRecord:
    """`what`: the command or button; `why`: the sentence that the person was told."""
    sentence = say("{by} was refused “{command}”: {why}", by=_name(by), command=what, why=why)
    return AuditRecord(Kind.REFUSAL, by, sentence, subject, details=details)


def _of_case(case: Case, kind: Kind, by: Person, sentence: str, details: dict[str, Any]) -> AuditRecord:
    return AuditRecord(kind, by, sentence, case.order.upn, case.id, details, _request_id(case.problem))


def _of_repair(repair: Repair, kind: Kind, by: Person, sentence: str, details: dict[str, Any]) -> AuditRecord:
    known = {"fix": repair.fix_id, "cause": repair.cause, **details}
    return AuditRecord(kind, by, sentence, repair.user, repair.id, known, _request_id(repair.problem))


def _details(order: Order) -> dict[str, Any]:
    """What was ordered, without what was left open."""
    known = {**asdict(order), "follow_ups": [one.kind.value for one in order.follow_ups]}
    return {name: value for name, value in known.items() if value and name != "upn"}


def _words(problem: Problem | None) -> dict[str, Any]:
    if problem is None:
        return {}
    return {"problem": problem.sentence, "code": problem.trace.code, "status": problem.trace.status}


def _request_id(problem: Problem | None) -> str:
    return problem.trace.request_id if problem else ""


def _name(person: Person) -> str:
    return person.name or person.id or say("Somebody whom Teams did not name")
