"""Everything readable about a person at one moment: a line for each thing a mailbox needs, with its evidence."""

from dataclasses import dataclass

from cards import parts
from cards.countries import country_names
from cards.elements import Action, Container, Element
from cards.parts import Card, plain
from cards.texts import at, at_time, duration
from provisioning.directory import Account, ProbeResult, Snapshot
from provisioning.errors import GraphTrace


@dataclass(frozen=True)
class _Verdict:
    word: str
    icon: str
    mark: str
    color: str


_GOOD = _Verdict("OK", "CheckmarkCircle", "✓", "Good")
_BUSY = _Verdict("Not yet", "ArrowSyncCircle", "◐", "Accent")
_BAD = _Verdict("Problem", "DismissCircle", "✕", "Attention")
_UNKNOWN = _Verdict("Unknown", "QuestionCircle", "?", "Warning")
_NOT_NEEDED = _Verdict("Not needed", "SubtractCircle", "–", "Default")

_NOT_READ = "Microsoft 365 did not say."
_HEALTHY = ("serviceOperational", "serviceRestored", "falsePositive")

# The batch's parts by their names in `Snapshot.unread`.
_PARTS = {
    "account": "The account",
    "organization": "The tenant",
    "skus": "The licenses of the tenant",
    "health": "The service health",
    "mailbox": "The mailbox",
}

# `licenseAssignmentState.error`: learn.microsoft.com/graph/api/resources/licenseassignmentstate
_REFUSALS = {
    "CountViolation": "no seats are free",
    "MutuallyExclusiveViolation": "it contradicts a license that the account has",
    "DependencyViolation": "it needs a service that another license brings",
    "ProhibitedInUsageLocationViolation": "it is not offered in the usage location",
    "UniquenessViolation": "an address is in use twice",
}

_Line = tuple[str, _Verdict, str]


def snapshot_card(snapshot: Snapshot, upn: str) -> Card:
    account = snapshot.account
    title = f"{plain((account and account.display_name) or upn, 80)} — {_words(snapshot)}"
    lines = [_account(snapshot), _mailbox(snapshot), _sync(snapshot), _health(snapshot)]
    if account:
        lines[1:1] = [_license(account, snapshot), _plan(account)]
    body: list[Element] = [
        parts.header(title, f"{plain(upn)} · read at {at_time(snapshot.taken_at)}"),
        Container(items=[_row(line) for line in lines]),
        *_complaints(snapshot),
        *_details(snapshot),
        parts.buttons([parts.button("Look again", "diagnose", {"upn": upn}), *_provision(snapshot, upn)]),
    ]
    return parts.card(body, title, wide=True)


def _words(snapshot: Snapshot) -> str:
    if snapshot.account is None and "account" not in dict(snapshot.unread):
        return "no such account"
    says = {ProbeResult.READY: "the mailbox answers", ProbeResult.NOT_READY: "the mailbox is not ready yet"}
    return says.get(snapshot.mailbox.result if snapshot.mailbox else ProbeResult.UNKNOWN, "the mailbox was not seen")


def _row(line: _Line) -> Element:
    name, verdict, sentence = line
    words: list[Element] = [parts.text(name, weight="Bolder"), parts.small(sentence, spacing="None")]
    aside = parts.small(verdict.word, horizontal_alignment="Right")
    return parts.row(parts.icon(verdict.icon, verdict.mark, verdict.color), words, aside, spacing="Small")


def _account(snapshot: Snapshot) -> _Line:
    account = snapshot.account
    if account is None:
        is_unread = "account" in dict(snapshot.unread)
        return ("Account", _UNKNOWN, _NOT_READ) if is_unread else ("Account", _BAD, "There is no account of this name.")
    if account.is_guest:
        return "Account", _BAD, "A guest: the mailbox is in another organisation."
    if not account.enabled:
        return "Account", _BAD, "It exists, but its sign-in is blocked."
    return "Account", _GOOD, f"{plain(account.upn)} exists and may sign in."


def _license(account: Account, snapshot: Snapshot) -> _Line:
    refused = [state for state in account.license_states if state.error]
    if refused:
        reason = _REFUSALS.get(refused[0].error, plain(refused[0].error))
        return "License", _BAD, f"{_sku_name(refused[0].sku_id, snapshot)} could not be assigned: {reason}."
    names = ", ".join(_sku_name(assigned.sku_id, snapshot) for assigned in account.licenses) or "None is assigned"
    if not account.usage_location:
        return "License", _BAD, f"{names}. The usage location is missing; no license can be assigned without it."
    country = country_names().get(account.usage_location, account.usage_location)
    return "License", _GOOD if account.licenses else _BAD, f"{names}. Usage location: {plain(country)}."


def _sku_name(sku_id: str, snapshot: Snapshot) -> str:
    named = next((sku.name for sku in snapshot.skus or () if sku.id == sku_id), "")
    return plain(named or f"License {sku_id[:8]}")


def _plan(account: Account) -> _Line:
    plan = account.mailbox_plan
    if plan is None:
        return "Exchange plan", _BAD, "No service plan with a mailbox is enabled."
    verdict = _GOOD if plan.capability_status == "Enabled" else _UNKNOWN
    return "Exchange plan", verdict, f"A service plan with a mailbox is assigned ({plain(plan.capability_status)})."


def _mailbox(snapshot: Snapshot) -> _Line:
    probe = snapshot.mailbox
    if probe is None:
        return "Mailbox", _UNKNOWN, _NOT_READ if snapshot.account else "Without an account there is no mailbox."
    says = {
        ProbeResult.READY: (_GOOD, "It answers."),
        ProbeResult.NOT_READY: (_BUSY, "It does not answer yet: “We are preparing a mailbox for this user.”"),
        ProbeResult.UNKNOWN: (_UNKNOWN, "Microsoft 365 gave no usable answer about it."),
    }
    return ("Mailbox", *says[probe.result])


def _sync(snapshot: Snapshot) -> _Line:
    account = snapshot.account
    if account is None or not account.synced:
        return "Directory sync", _NOT_NEEDED, "The account does not come from a local directory."
    if any(not error.is_resolved for error in account.sync_errors):
        return "Directory sync", _BAD, "The last synchronization left errors."
    if account.last_sync is None:
        return "Directory sync", _UNKNOWN, "The account was never synchronized."
    return "Directory sync", _GOOD, f"Last synchronized {duration(snapshot.taken_at - account.last_sync)} ago."


def _health(snapshot: Snapshot) -> _Line:
    health = snapshot.health
    if health is None:
        return "Exchange Online", _UNKNOWN, _NOT_READ
    if health.status in _HEALTHY and not health.issues:
        return "Exchange Online", _GOOD, "The service is healthy."
    issues = "; ".join(f"{plain(issue.id)}: {plain(issue.title)}" for issue in health.issues[:3])
    return "Exchange Online", _BAD, issues or f"Microsoft reports: {plain(health.status)}."


def _complaints(snapshot: Snapshot) -> list[Element]:
    """What Exchange or the sync wrote on the account, and what could not be read."""
    account = snapshot.account
    errors = (*account.service_errors, *account.sync_errors) if account else ()
    lines = [f"{plain(error.service)}: {plain(error.detail, 300)}" for error in errors if not error.is_resolved]
    lines += [f"{_PARTS.get(part, part)} could not be read ({_reason(trace)})." for part, trace in snapshot.unread]
    if not lines:
        return []
    return [Container(items=[parts.text(line) for line in lines[:6]], style="warning", spacing="Medium")]


def _reason(trace: GraphTrace) -> str:
    return plain(trace.code) or (f"HTTP {trace.status}" if trace.status else "no answer")


def _details(snapshot: Snapshot) -> list[Element]:
    account, probe = snapshot.account, snapshot.mailbox
    if account is None:
        return []
    plan = account.mailbox_plan
    rows = [
        ("Object id", plain(account.id)),
        ("Created", at(account.created_at, snapshot.taken_at) if account.created_at else ""),
        ("Mail", plain(account.mail)),
        ("Mail nickname", plain(account.mail_nickname)),
        ("Addresses", plain(", ".join(account.proxy_addresses), 400)),
        ("Plan since", at(plan.assigned_at, snapshot.taken_at) if plan and plan.assigned_at else ""),
        ("Mailbox answer", plain(probe.trace.code) if probe else ""),
        ("Request id", plain(probe.trace.request_id) if probe else ""),
    ]
    return parts.evidence("Details", [parts.facts(rows)])


def _provision(snapshot: Snapshot, upn: str) -> list[Action]:
    is_nobody = snapshot.account is None and "account" not in dict(snapshot.unread)
    return [parts.button("Provision", "run", {"text": f"provision {upn}"}, style="positive")] if is_nobody else []
