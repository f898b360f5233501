"""Incidents of Microsoft's services: which ones hold cases up, and which have begun or ended. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from provisioning.case import CaseState
from provisioning.directory import ENTRA, EXCHANGE, HealthIssue, ServiceHealth

# serviceHealthStatus (learn.microsoft.com/graph/api/resources/servicehealthissue): these mean that it is over.
OPERATIONAL = frozenset(
    {
        "",
        "serviceOperational",
        "serviceRestored",
        "postIncidentReviewPublished",
        "falsePositive",
        "resolved",
        "resolvedExternal",
        "mitigated",
        "mitigatedExternal",
    }
)


@dataclass(frozen=True)
class Incident:
    """An incident that holds cases up, as Mailroom has seen it. `seen_at` and `ended_at` are ours."""

    id: str
    service: str
    title: str
    seen_at: datetime
    impact: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


def is_about_provisioning(issue: HealthIssue) -> bool:
    """For example “Tenant Administration (Provisioning, Remote PowerShell)” in “Management and Provisioning”."""
    words = f"{issue.feature} {issue.feature_group} {issue.title}".lower()
    return "provisioning" in words


def holds_up(service: str, issue: HealthIssue) -> CaseState | None:
    """The state of the cases that may take longer because of it; None: it holds no mailbox up.

    Trouble with provisioning in Exchange keeps mailboxes waiting; an incident of Entra keeps accounts and licenses.
    """
    if service == EXCHANGE:
        return CaseState.WAITING if is_about_provisioning(issue) else None
    is_incident = issue.classification.lower() == "incident"
    return CaseState.RUNNING if service == ENTRA and is_incident else None


def begun(healths: Sequence[ServiceHealth], now: datetime) -> list[Incident]:
    """Every incident that holds cases up just now."""
    return [
        Incident(issue.id, health.service, issue.title, now, issue.impact, issue.started_at)
        for health in healths
        for issue in health.issues
        if issue.id and holds_up(health.service, issue)
    ]


def ended(known: Collection[Incident], healths: Sequence[ServiceHealth]) -> list[Incident]:
    """Those of the known ones that are over. What could not be read says nothing of its incidents."""
    read = {health.service for health in healths}
    still = {issue.id for health in healths for issue in health.issues}
    return [one for one in known if one.service in read and one.id not in still]


def affected(service: str) -> CaseState:
    """The state of the cases that an incident of this service holds up."""
    return CaseState.WAITING if service == EXCHANGE else CaseState.RUNNING
