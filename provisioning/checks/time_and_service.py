"""Time and the service: an incident, a directory that has not replicated yet, an error that Exchange reports."""

from datetime import timedelta

from provisioning.causes import found
from provisioning.checks.check import evidence
from provisioning.directory import HealthIssue, ServiceHealth, Snapshot
from provisioning.exchange_errors import Meaning, description, errors_meaning
from provisioning.findings import Finding
from provisioning.fixes import fixes
from provisioning.incidents import OPERATIONAL, is_about_provisioning
from provisioning.recipients import Operation
from provisioning.signs import is_ready, member, refusal, stuck
from provisioning.words import say

REPLICATES = timedelta(minutes=2)  # "up to a minute or two"
NOT_FOUND = "does not exist or one of its queried reference-property objects"


def incident(snapshot: Snapshot) -> Finding | None:
    """An open incident in provisioning; incidents in other features of Exchange do not hold a mailbox up."""
    account, health = stuck(snapshot), snapshot.health
    if account is None or health is None:
        return None
    issues = [issue for issue in health.issues if is_about_provisioning(issue)]
    if not issues and (health.issues or health.status in OPERATIONAL):
        return None
    ids = ", ".join(issue.id for issue in issues) or health.status
    return found(
        "C02",
        say(
            "Microsoft reports trouble with provisioning in Exchange Online ({incidents}). Wait for Microsoft to solve "
            "it.",
            incidents=ids,
        ),
        evidence(*_health_evidence(health, issues)),
        fixes(snapshot, "watch-incident", "re-check"),
    )


def replication_lag(snapshot: Snapshot) -> Finding | None:
    """Seconds after its creation, an account is not yet everywhere in the directory."""
    created = _created_here(snapshot)
    read = refusal(snapshot, Operation.READ)
    missing = snapshot.account is None and "account" not in dict(snapshot.unread)
    lagging = missing or _says_missing(snapshot) or (read is not None and read.trace.status == 404)
    if not created or not lagging or is_ready(snapshot):
        return None
    name = snapshot.account.upn if snapshot.account else snapshot.name
    return found(
        "C03",
        say(
            "{name} was created moments ago and is not everywhere in the directory yet. Wait a minute or two.",
            name=name,
        ),
        evidence(("created", created), ("GET /users", "404")),
        fixes(snapshot, "wait", "re-check"),
    )


def exchange_error(snapshot: Snapshot) -> Finding | None:
    """Exchange complains in words that Mailroom does not know: its own text is the finding."""
    account = stuck(snapshot)
    errors = errors_meaning(account, Meaning.UNKNOWN) if account else ()
    if account is None or not errors:
        return None
    return found(
        "C04",
        say(
            "Exchange could not take over {upn} and reports an error. Ask it to provision the user again.",
            upn=account.upn,
        ),
        evidence(
            *(("serviceProvisioningErrors.errorDetail", description(error.detail)) for error in errors),
            ("serviceProvisioningErrors.serviceInstance", errors[0].service),
        ),
        fixes(snapshot, "retry-provisioning", "run-diagnostic", "reassign-license", "contact-support"),
    )


def _health_evidence(health: ServiceHealth, issues: list[HealthIssue]) -> list[tuple[str, object]]:
    shown: list[tuple[str, object]] = [("healthOverviews.status", health.status)]
    return shown + [("healthOverviews.issues", f"{issue.id}: {issue.title} ({issue.feature})") for issue in issues]


def _created_here(snapshot: Snapshot) -> str:
    """When the case created the account, if that was moments ago."""
    created = [
        attempt.at for attempt in snapshot.attempts if attempt.operation is Operation.CREATE and not attempt.is_refused
    ]
    account = member(snapshot)
    if account and account.created_at and not created:
        created = [account.created_at]
    recent = [at for at in created if snapshot.taken_at - at <= REPLICATES]
    return f"{recent[-1]:%Y-%m-%d %H:%M:%S}" if recent else ""


def _says_missing(snapshot: Snapshot) -> bool:
    return snapshot.mailbox is not None and NOT_FOUND in snapshot.mailbox.trace.message
