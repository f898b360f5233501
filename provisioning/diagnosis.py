"""The diagnosis: runs every check over one snapshot, ranks what they find, and says what could not be checked. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from provisioning.checks import CHECKS
from provisioning.checks.check import Check, Outcome
from provisioning.checks.elimination import by_elimination, latency, unseen_holders
from provisioning.directory import ProbeResult, Snapshot
from provisioning.errors import GraphTrace
from provisioning.findings import Finding, Fix
from provisioning.fixes import fixes
from provisioning.signs import is_entitled, is_ready, stuck, waiting
from provisioning.waiting import LONGEST
from provisioning.words import say

# Part of the snapshot: what it is in words, and the least application permission that reads it.
PARTS: dict[str, tuple[str, str]] = {
    "account": (say("the account"), "User.Read.All"),
    "mailbox": (say("the mailbox"), "MailboxSettings.Read"),
    "organization": (say("the tenant and its directory sync"), "Organization.Read.All"),
    "skus": (say("the tenant's licenses and seats"), "LicenseAssignment.Read.All"),
    "health": (say("the service health"), "ServiceHealth.Read.All"),
    "deleted": (say("the recycle bin"), "User.Read.All"),
    "domains": (say("the tenant's domains"), "Domain.Read.All"),
    "license_details": (say("the plans of the licenses"), "LicenseAssignment.Read.All"),
    "primary_mailbox_id": (say("the mailbox that Exchange names"), "MailboxSettings.Read"),
    "license_removed_at": (say("the license changes in the audit log"), "AuditLog.Read.All"),
    "sync_behavior": (say("where the account is mastered"), "User-OnPremisesSyncBehavior.Read.All"),
    "holders": (
        say("who else has the addresses"),
        say("User.Read.All, GroupMember.Read.All and OrgContact.Read.All"),
    ),
}
DENIED = (401, 403)


@dataclass(frozen=True)
class Unread:
    """`permission` is "" unless a missing permission is the reason."""

    part: str
    sentence: str
    permission: str = ""
    trace: GraphTrace = GraphTrace()


@dataclass(frozen=True)
class Diagnosis:
    """`is_healthy`: the mailbox answers and nothing needs repair. `checked`: what was looked at and is in order.

    `advice` goes with the whole: for a mailbox that works, or one that is overdue. `waiting`: how long the licensed
    user has been without a mailbox. `summary` is the answer in one sentence.
    """

    user: str
    is_healthy: bool
    summary: str
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    checked: tuple[str, ...] = ()
    advice: tuple[Fix, ...] = ()
    is_missing: bool = False  # there is no such account, and Graph was able to say so
    waiting: timedelta | None = None

    @property
    def is_overdue(self) -> bool:
        """Longer than Microsoft's longest: time for a service request."""
        return self.waiting is not None and self.waiting >= LONGEST


def diagnose(snapshot: Snapshot) -> Diagnosis:
    """Certain findings before likely ones; likely ones only while no certain cause explains the missing mailbox."""
    findings, checked = _run(snapshot)
    unread = tuple(_unread(part, trace) for part, trace in snapshot.unread)
    problems = [finding for finding in findings if not finding.is_note]
    account = snapshot.account
    is_healthy = is_ready(snapshot) and account is not None and not problems
    age = waiting(snapshot) if stuck(snapshot) and is_entitled(snapshot) else None
    return Diagnosis(
        user=account.upn if account else snapshot.name,
        is_healthy=is_healthy,
        summary=_summary(snapshot, problems, is_healthy),
        findings=findings,
        unread=unread,
        checked=checked if account else (),
        advice=fixes(snapshot, *_advice(is_healthy, age)),
        is_missing=account is None and "account" not in dict(snapshot.unread),
        waiting=age,
    )


def _advice(is_healthy: bool, age: timedelta | None) -> tuple[str, ...]:
    if is_healthy:
        return ("clear-browser-cache", "re-check")
    return ("contact-support",) if age is not None and age >= LONGEST else ()


def _run(snapshot: Snapshot) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    findings: list[Finding] = []
    checked: list[str] = []
    for check in CHECKS:
        outcome = tuple(_each(check.run(snapshot)))
        findings += outcome
        if not outcome and _was_read(snapshot, check):
            checked.append(check.words)
    is_explained = any(not finding.is_likely and not finding.is_note for finding in findings)
    if is_explained:
        findings = [finding for finding in findings if not finding.is_likely]
    else:
        findings += by_elimination(snapshot)
    findings += unseen_holders(snapshot)  # the one certain finding that leaves open who it is
    if all(finding.is_note for finding in findings):
        findings += _each(latency(snapshot))
    return tuple(sorted(findings, key=lambda finding: finding.order)), tuple(checked)


def _each(outcome: Outcome) -> Iterable[Finding]:
    if outcome is None:
        return ()
    return (outcome,) if isinstance(outcome, Finding) else outcome


def _was_read(snapshot: Snapshot, check: Check) -> bool:
    """Every part that the check needs is there; a mailbox that gave no usable answer is not."""
    has_mailbox = snapshot.mailbox is not None and snapshot.mailbox.result is not ProbeResult.UNKNOWN
    return all(has_mailbox if part == "mailbox" else getattr(snapshot, part) is not None for part in check.needs)


def _unread(part: str, trace: GraphTrace) -> Unread:
    what, permission = PARTS.get(part, (part, ""))
    if trace.status in DENIED:
        sentence = (
            say(
                "Mailroom may not read {part}; the permission {permission} would allow it.",
                part=what,
                permission=permission,
            )
            if permission
            else say("Mailroom may not read {part}.", part=what)
        )
        return Unread(part, sentence, permission, trace)
    known = {0: say("no answer"), 429: say("Microsoft Graph is throttling")}
    reason = known.get(trace.status, f"{trace.status} {trace.code}").strip()
    return Unread(part, say("Could not check {part} ({reason}).", part=what, reason=reason), "", trace)


def _summary(snapshot: Snapshot, problems: list[Finding], is_healthy: bool) -> str:
    account, unread = snapshot.account, dict(snapshot.unread)
    if problems:
        return problems[0].sentence
    if account is None:
        if "account" in unread:
            return say("Could not read the account {name}, so nothing can be said about it.", name=snapshot.name)
        return say("There is no account {name} in this tenant. Provision it.", name=snapshot.name)
    if is_healthy:
        return say("Nothing is wrong with {upn}: the mailbox answers.", upn=account.upn)
    if snapshot.mailbox is None or snapshot.mailbox.result is ProbeResult.UNKNOWN:
        return say("Nothing wrong was found with {upn}, but the mailbox could not be checked.", upn=account.upn)
    return say("The mailbox of {upn} does not answer, and what could be read does not say why.", upn=account.upn)
