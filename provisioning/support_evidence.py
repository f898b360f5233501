"""What the support bundle is made of: the account's facts, the timeline, Graph's answers, errors, steps taken. Pure.

Named fields alone, each text through the redactor before anything is cut off it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from provisioning.case import Case, StageState
from provisioning.diagnosis import Diagnosis
from provisioning.directory import MAILBOX_PLANS, Account, Snapshot
from provisioning.errors import GraphTrace
from provisioning.exchange_errors import description
from provisioning.redaction import Redact
from provisioning.repair import Repair, RepairState
from provisioning.signs import sku_name

LINE = 600

_VERDICTS = {
    RepairState.AWAITING: "not begun: a second person has to approve",
    RepairState.RUNNING: "still at work",
    RepairState.CURED: "cured",
    RepairState.NOT_CURED: "not cured",
    RepairState.FAILED: "could not be carried out",
    RepairState.DECLINED: "not done: a second person declined",
    RepairState.EXPIRED: "not done: nobody approved in time",
    RepairState.WITHDRAWN: "not done: withdrawn",
    RepairState.UNREACHED: "not done: nobody could be asked to approve",
}


@dataclass(frozen=True)
class Moment:
    at: datetime
    what: str


@dataclass(frozen=True)
class Answer:
    """What Microsoft Graph said to one request; `to` says which."""

    to: str
    trace: GraphTrace


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def answer_line(answer: Answer) -> str:
    trace = answer.trace
    words = [
        f"{answer.to}: {trace.status or 'no answer'} {trace.code}".strip(),
        f"request-id {trace.request_id}" if trace.request_id else "",
        f"date {trace.date}" if trace.date else "",
    ]
    return ", ".join(word for word in words if word)


def findings(diagnosis: Diagnosis, redact: Redact) -> Iterable[str]:
    for finding in diagnosis.findings:
        likely = "Likely: " if finding.is_likely else ""
        shown = "; ".join(f"{one.property} = {one.value}" for one in finding.evidence)
        proof = f" To be proved by: {finding.proof}" if finding.is_likely and finding.proof else ""
        yield redact(f"{likely}{finding.sentence} [{finding.cause} {finding.slug}] {shown}.{proof}")[: 2 * LINE]


def facts(snapshot: Snapshot, redact: Redact) -> Iterable[tuple[str, str]]:
    """By the names that Microsoft Graph gives them."""
    for name, value in _facts(snapshot):
        if value:
            yield name, redact(value)[:LINE]


def _facts(snapshot: Snapshot) -> Iterable[tuple[str, str]]:
    account, organization, health = snapshot.account, snapshot.organization, snapshot.health
    if account:
        yield from _account_facts(account, snapshot)
    if organization:
        yield "tenant id", organization.id
        yield "tenant's initial domain", organization.initial_domain
        last = f", last on {utc(organization.last_sync)}" if organization.last_sync else ""
        yield "directory sync of the tenant", f"on{last}" if organization.synced else "off"
    if health:
        issues = ", ".join(issue.id for issue in health.issues)
        yield "Exchange Online service health", f"{health.status} {issues}".strip()
    yield "snapshot taken at", utc(snapshot.taken_at)


def _account_facts(account: Account, snapshot: Snapshot) -> Iterable[tuple[str, str]]:
    yield "id", account.id
    yield "userPrincipalName", account.upn
    yield "userType", account.user_type
    yield "accountEnabled", str(account.enabled).lower()
    yield "createdDateTime", utc(account.created_at) if account.created_at else ""
    yield "usageLocation", account.usage_location or "none"
    yield "mail", account.mail
    yield "mailNickname", account.mail_nickname
    yield "proxyAddresses", ", ".join(account.proxy_addresses)
    yield "onPremisesSyncEnabled", str(account.synced).lower()
    yield "onPremisesLastSyncDateTime", utc(account.last_sync) if account.last_sync else ""
    for held in account.licenses:
        off = f", switched off: {', '.join(held.disabled_plans)}" if held.disabled_plans else ""
        yield "assignedLicenses", f"{sku_name(snapshot, held.sku_id)} ({held.sku_id}){off}"
    for state in account.license_states:
        yield "licenseAssignmentStates", f"{state.sku_id}: {state.state} {state.error}".strip()
    for plan in account.plans:
        if plan.id in MAILBOX_PLANS:
            since = f" since {utc(plan.assigned_at)}" if plan.assigned_at else ""
            yield "assignedPlans", f"{MAILBOX_PLANS[plan.id]} ({plan.id}): {plan.capability_status}{since}"
    for provisioned in account.provisioned_plans:
        if provisioned.service.lower() == "exchange":
            yield "provisionedPlans", f"exchange: {provisioned.capability_status}, {provisioned.provisioning_status}"
    if snapshot.mailbox_purpose:
        yield "mailboxSettings.userPurpose", snapshot.mailbox_purpose


def timeline(case: Case | None, snapshot: Snapshot, repairs: Sequence[Repair], redact: Redact) -> Iterable[Moment]:
    yield Moment(snapshot.taken_at, "The snapshot of this bundle was taken.")
    if case:
        yield from _case_moments(case, redact)
    if snapshot.account:
        yield from _account_moments(snapshot.account)
    for attempt in snapshot.attempts:
        yield Moment(attempt.at, redact(f"Tried to {attempt.operation}: {attempt.trace.status} {attempt.trace.code}"))
    for repair in repairs:
        begun = "asked for" if repair.approval else "started"
        yield Moment(repair.created_at, redact(f"Fix {begun}: {repair.title}.")[:LINE])
        for step in repair.steps:
            if step.ended_at:
                yield Moment(step.ended_at, redact(f"{step.says} ({step.state})")[:LINE])
        if repair.ended_at:
            yield Moment(repair.ended_at, redact(f"Fix ended, {_verdict(repair)}")[:LINE])


def _case_moments(case: Case, redact: Redact) -> Iterable[Moment]:
    yield Moment(case.created_at, "Watching began." if case.is_watch else "Provisioning was ordered.")
    for record in case.stages:
        if record.started_at:
            yield Moment(record.started_at, f"Stage {record.stage} began.")
        if record.ended_at:
            yield Moment(record.ended_at, redact(f"Stage {record.stage} {_ended(record.state)}. {record.note}")[:LINE])
    if case.waiting_since:
        yield Moment(case.waiting_since, "Began to wait for the mailbox.")
    if case.last_check_at:
        yield Moment(case.last_check_at, f"Last of {case.checks} looks at the mailbox.")
    if case.explanation:
        yield Moment(case.explanation.at, redact(f"Explained: {case.explanation.sentence}")[:LINE])
    if case.ended_at:
        words = f": {case.problem.sentence}" if case.problem else ""
        what = "Watching" if case.is_watch else "Provisioning"
        yield Moment(case.ended_at, redact(f"{what} ended as {case.state}{words}")[:LINE])


def _ended(state: StageState) -> str:
    words = {StageState.DONE: "is done", StageState.FAILED: "stopped", StageState.NOT_NEEDED: "is not needed"}
    return words.get(state, "ended")


def _account_moments(account: Account) -> Iterable[Moment]:
    if account.created_at:
        yield Moment(account.created_at, "The account was created (createdDateTime).")
    for plan in account.plans:
        if plan.id in MAILBOX_PLANS and plan.assigned_at:
            yield Moment(plan.assigned_at, f"{MAILBOX_PLANS[plan.id]} became {plan.capability_status} (assignedPlans).")


def answers(
    case: Case | None, snapshot: Snapshot, diagnosis: Diagnosis, repairs: Sequence[Repair], redact: Redact
) -> Iterable[Answer]:
    """Newest first, each once."""
    said: list[tuple[str, GraphTrace]] = []
    if snapshot.mailbox:
        said.append(("mailbox", snapshot.mailbox.trace))
    said += [(one.part, one.trace) for one in diagnosis.unread]
    said += [(f"fix {repair.fix_id}", repair.problem.trace) for repair in repairs if repair.problem]
    if case and case.problem:
        said.append(("provisioning", case.problem.trace))
    said += [(attempt.operation, attempt.trace) for attempt in reversed(snapshot.attempts)]
    seen: set[GraphTrace] = {GraphTrace()}
    for to, trace in said:
        if trace not in seen:
            seen.add(trace)
            clean = GraphTrace(
                trace.status,
                redact(trace.code)[:120],
                redact(trace.message)[: 2 * LINE],
                redact(trace.request_id)[:120],
                redact(trace.date)[:60],
            )
            yield Answer(redact(to), clean)


def errors(snapshot: Snapshot, answers: Sequence[Answer], redact: Redact) -> Iterable[str]:
    yield from (f"Graph, {one.to}: {one.trace.code}: {one.trace.message}" for one in answers if one.trace.message)
    account = snapshot.account
    for error in (*account.service_errors, *account.sync_errors) if account else ():
        when = f" ({utc(error.at)})" if error.at else ""
        state = ", resolved" if error.is_resolved else ""
        words = ": ".join(word for word in (error.category, error.property, error.value) if word)
        yield redact(f"{error.service}{when}{state}: {words} {description(error.detail)}")[: 2 * LINE]


def steps_taken(case: Case | None, repairs: Sequence[Repair], redact: Redact) -> Iterable[str]:
    if case:
        done = [record.stage for record in case.stages if record.state is StageState.DONE]
        if done and not case.is_watch:
            yield f"Provisioned by Mailroom; done: {', '.join(done)}."
        if case.checks:
            yield f"Looked at the mailbox {case.checks} times since {utc(case.waiting_since or case.created_at)}."
    for repair in sorted(repairs, key=lambda one: one.created_at):
        words = f"{utc(repair.created_at)}: {repair.title}, {_verdict(repair)}"
        yield redact(words)[:LINE].strip()


def _verdict(repair: Repair) -> str:
    outcome = repair.problem.sentence if repair.problem else repair.outcome
    return f"{_VERDICTS[repair.state]}. {outcome}".rstrip()
