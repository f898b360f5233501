"""What is written down about cases, repairs and refusals, as sentences for people. Pure."""

from dataclasses import asdict
from typing import Any

from provisioning.acting import MAILROOM
from provisioning.audit import AuditRecord, Kind
from provisioning.case import Case, CaseState, Order, Person, Problem
from provisioning.following_up import LEFT_OVER, next_to_do, title
from provisioning.repair import Repair, RepairState
from provisioning.scheduled import Scheduled

_REPAIR_ENDS = {
    RepairState.CURED: "helped",
    RepairState.NOT_CURED: "did not help yet",
    RepairState.FAILED: "stopped",
}
_DECISIONS = {
    RepairState.RUNNING: "approved",
    RepairState.DECLINED: "declined",
    RepairState.WITHDRAWN: "withdrew the request for",
    RepairState.EXPIRED: "closed the request, which nobody answered in time, for",
    RepairState.UNREACHED: "closed the request, which reached nobody, for",
}


def ordered(case: Case) -> AuditRecord:
    """A new case was stored."""
    did = "asked to be told when there is a mailbox" if case.is_watch else "ordered a mailbox"
    sentence = f"{_name(case.requester)} {did} for {case.order.upn}."
    return _of_case(case, Kind.ORDER, case.requester, sentence, _details(case.order))


def joined(case: Case, by: Person, order: Order) -> AuditRecord:
    """`by` ordered what is being worked on already; `order` is what they wanted, `case` what is done."""
    sentence = f"{_name(by)} ordered a mailbox for {case.order.upn}, which was being prepared already."
    return _of_case(case, Kind.ORDER, by, sentence, {**_details(order), "joined": True})


def wanted_as_well(case: Case, by: Person) -> AuditRecord:
    """`by` asked for what is being worked on, and was shown its card."""
    sentence = f"{_name(by)} ordered a mailbox for {case.order.upn}, which is being prepared already."
    return _of_case(case, Kind.ORDER, by, sentence, {"joined": True})


def place_named(by: Person, conversation_id: str) -> AuditRecord:
    """Where approvals are asked for from now on; "" is in 1:1 chats."""
    where = "a conversation of their choice" if conversation_id else "1:1 chats"
    sentence = f"{_name(by)} had approvals asked for in {where}."
    return AuditRecord(Kind.APPROVAL, by, sentence, details={"conversation": conversation_id})


def preference_set(by: Person, name: str, before: str, after: str) -> AuditRecord:
    """An admin changed a setting in the chat; "" is what the environment says."""
    sentence = f"{_name(by)} set {name} from {before or 'the default'} to {after or 'the default'}."
    return AuditRecord(Kind.SETTING, by, sentence, details={"name": name, "before": before, "after": after})


def case_ended(before: Case, after: Case, by: Person) -> AuditRecord | None:
    """None unless the case ended by this change. `by` counts where a person ended it."""
    if not before.is_open or after.is_open:
        return None
    upn, problem = after.order.upn, after.problem
    details = {"state": after.state.value, **_words(problem)}
    if after.state is CaseState.CANCELLED:
        return _of_case(
            after,
            Kind.CANCEL,
            by,
            f"{_name(by)} stopped {'the watch' if after.is_watch else 'the order'} for {upn}.",
            details,
        )
    if after.state is CaseState.READY:
        sentence = f"The mailbox of {upn} is ready."
        return _of_case(after, Kind.ENDED, MAILROOM, sentence, {**details, "mail": after.mail})
    why = problem.sentence if problem else "no reason is known."
    what = "The order for {} failed" if after.state is CaseState.FAILED else "Mailroom gave up on the mailbox of {}"
    return _of_case(after, Kind.ENDED, MAILROOM, f"{what.format(upn)}: {why}", details)


def schedule_made(one: Scheduled) -> AuditRecord:
    """An order for later was stored."""
    sentence = f"{_name(one.requester)} scheduled a mailbox for {one.request.upn}: {one.when}."
    details = {"starts_at": one.starts_at.isoformat(), "profile": one.request.profile}
    return AuditRecord(Kind.ORDER, one.requester, sentence, one.request.upn, one.id, details)


def schedule_dropped(one: Scheduled, by: Person) -> AuditRecord:
    sentence = f"{_name(by)} dropped the order for {one.request.upn} that was scheduled for {one.when}."
    return AuditRecord(Kind.CANCEL, by, sentence, one.request.upn, one.id)


def follow_ups_ended(before: Case, after: Case) -> AuditRecord | None:
    """None unless the last of them ended by this change."""
    if next_to_do(before) is None or next_to_do(after) is not None:
        return None
    left = [one for one in after.follow_ups if one.state in LEFT_OVER]
    told = [{"what": title(one, after), "state": one.state.value, "note": one.note} for one in after.follow_ups]
    rest = f"{len(left)} of {len(told)} need somebody" if left else "all are done"
    sentence = f"The follow-ups for {after.order.upn} came to their end: {rest}."
    details = {"state": "follow_ups_left" if left else "follow_ups_done", "follow_ups": told}
    return _of_case(after, Kind.ENDED, MAILROOM, sentence, details)


def repair_asked(repair: Repair) -> AuditRecord:
    sentence = f"{_name(repair.requester)} asked for the fix “{repair.title}” for {repair.user}."
    steps = [step.says for step in repair.steps]
    return _of_repair(repair, Kind.REPAIR, repair.requester, sentence, {"steps": steps})


def repair_ended(before: Repair, after: Repair) -> AuditRecord | None:
    """None unless the repair ended by this change as cured, not cured or failed."""
    if not before.is_open or after.state not in _REPAIR_ENDS:
        return None
    why = after.problem.sentence if after.problem else after.outcome
    sentence = f"The fix “{after.title}” for {after.user} {_REPAIR_ENDS[after.state]}: {why}"
    details = {"state": after.state.value, **_words(after.problem)}
    return _of_repair(after, Kind.ENDED, MAILROOM, sentence, details)


def approval_asked(repair: Repair) -> AuditRecord | None:
    """None for a fix that needs no second person."""
    approval = repair.approval
    if approval is None:
        return None
    sentence = f"{_name(repair.requester)} asked for approval of the fix “{repair.title}” for {repair.user}."
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
    sentence = f"{_name(by)} {_DECISIONS[after.state]} the fix “{after.title}” for {after.user}."
    details = {"decision": after.state.value, "reason": after.approval.reason}
    return _of_repair(after, Kind.DECISION, by, sentence, details)


def refused(by: Person, what: str, why: str, subject: str, details: dict[str, Any]) -> AuditRecord:
    """`what`: the command or button; `why`: the sentence that the person was told."""
    return AuditRecord(Kind.REFUSAL, by, f"{_name(by)} was refused “{what}”: {why}", subject, details=details)


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
    return person.name or person.id or "Somebody whom Teams did not name"
