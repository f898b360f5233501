"""The health of Microsoft's services, and what it means for the people who wait here; what began and what ended."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from cards import parts
from cards.elements import Container, Element
from cards.language import counted, marked, say, told
from cards.parts import Card, plain
from cards.texts import at
from provisioning.case import CaseState
from provisioning.directory import ENTRA, EXCHANGE, HealthIssue, ServiceHealth
from provisioning.incidents import OPERATIONAL, Incident, holds_up

MOST_ISSUES = 5
_LARGE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MEANS = {
    CaseState.WAITING: marked("Mailboxes that are being prepared may take longer."),
    CaseState.RUNNING: marked("Accounts and licenses may take longer to change."),
}
# serviceHealthStatus of Microsoft Graph; one that we do not know is shown as words.
_STATUSES = {
    "serviceOperational": marked("Service operational"),
    "investigating": marked("Investigating"),
    "restoringService": marked("Restoring service"),
    "verifyingService": marked("Verifying service"),
    "serviceRestored": marked("Service restored"),
    "postIncidentReviewPublished": marked("Post incident review published"),
    "serviceDegradation": marked("Service degradation"),
    "serviceInterruption": marked("Service interruption"),
    "extendedRecovery": marked("Extended recovery"),
    "falsePositive": marked("False positive"),
    "investigationSuspended": marked("Investigation suspended"),
    "resolved": marked("Resolved"),
    "resolvedExternal": marked("Resolved external"),
    "mitigated": marked("Mitigated"),
    "mitigatedExternal": marked("Mitigated external"),
    "confirmed": marked("Confirmed"),
    "reported": marked("Reported"),
}
_KINDS = {"incident": marked("incident"), "advisory": marked("advisory")}


def health_card(healths: Sequence[ServiceHealth], counts: Mapping[CaseState, int], now: datetime) -> Card:
    """`counts`: open cases by the state in which an incident would hold them up."""
    bad = [(health, issue) for health in healths for issue in health.issues if holds_up(health.service, issue)]
    means = _in_sum(bad, counts)
    body: list[Element] = [
        parts.header(say("Microsoft 365 service health"), means, "warning" if bad else "good"),
        *(element for health in healths for element in _service(health, now)),
        *_unread(healths),
        *_show(bad, counts),
        parts.small(say("As Microsoft reports it, at most a minute old."), spacing="Medium"),
    ]
    return parts.card(body, say("Service health. {means}.", means=means))


def incident_card(incident: Incident, now: datetime, *, is_over: bool) -> Card:
    """A message to a conversation in which somebody waits."""
    about = plain(incident.title, 160)
    state = CaseState.WAITING if incident.service == EXCHANGE else CaseState.RUNNING
    title, means = say("Incident at Microsoft: {title}", title=about), told(_MEANS[state])
    if is_over:
        title = say("Over at Microsoft: {title}", title=about)
        means = say("What was held up should go on now.")
    rest = say("Mailroom keeps looking; nobody has to do anything.")
    rows = [
        (say("Service"), incident.service),
        (say("Incident"), plain(incident.id, 40)),
        (say("Since"), at(incident.started_at, now) if incident.started_at else ""),
        (say("Over since"), at(incident.ended_at, now) if incident.ended_at else ""),
    ]
    body: list[Element] = [
        parts.header(title, style="good" if is_over else "warning"),
        parts.text(f"{means} {rest}"),
        *([] if is_over or not incident.impact else [parts.small(plain(incident.impact, 500))]),
        parts.facts(rows),
        parts.buttons(
            [
                parts.button(say("Show who waits"), "run", {"text": "cases"}),
                parts.button(say("Health"), "run", {"text": "health"}),
            ]
        ),
    ]
    return parts.card(body, title)


def _in_sum(bad: Sequence[tuple[ServiceHealth, HealthIssue]], counts: Mapping[CaseState, int]) -> str:
    waiting = sum(counts.values())
    if not bad:
        if waiting:
            return say("Nothing at Microsoft holds up mailboxes")
        return say("Nothing at Microsoft holds up mailboxes, and nobody is waiting")
    states = {state for health, issue in bad if (state := holds_up(health.service, issue))}
    affected = sum(counts.get(state, 0) for state in states)
    if not affected:
        return say("New mailboxes may take longer; nobody is waiting just now")
    return counted("1 person may have to wait longer", "{n} people may have to wait longer", affected)


def _service(health: ServiceHealth, now: datetime) -> list[Element]:
    is_fine = health.status in OPERATIONAL and not health.issues
    mark = parts.icon("CheckmarkCircle", "✓", "Good") if is_fine else parts.icon("Warning", "!", "Warning")
    words: list[Element] = [
        parts.text(health.service, weight="Bolder"),
        parts.small(_status(health.status), spacing="None"),
        *(_issue(health, issue, now) for issue in _worst_first(health)[:MOST_ISSUES]),
    ]
    more = len(health.issues) - MOST_ISSUES
    if more > 0:
        words.append(parts.small(say("And {count} more that are open.", count=more)))
    return [parts.row(mark, words, spacing="Medium")]


def _worst_first(health: ServiceHealth) -> list[HealthIssue]:
    return sorted(health.issues, key=lambda issue: holds_up(health.service, issue) is None)


def _issue(health: ServiceHealth, issue: HealthIssue, now: datetime) -> Container:
    state = holds_up(health.service, issue)
    means = told(_MEANS[state]) if state else say("It does not hold mailboxes up.")
    kind = _KINDS.get(issue.classification, "")
    about = [plain(issue.id, 40), told(kind) or plain(issue.classification, 20) or say("issue")]
    if issue.started_at:
        about.append(say("since {when}", when=at(issue.started_at, now)))
    return Container(
        items=[
            parts.text(plain(issue.title, 200)),
            parts.small(" · ".join(about), spacing="None"),
            parts.text(
                means, size="Small", color="Warning" if state else None, is_subtle=state is None, spacing="None"
            ),
        ],
        spacing="Small",
    )


def _status(status: str) -> str:
    """serviceDegradation: Service degradation."""
    if status in _STATUSES:
        return told(_STATUSES[status])
    words = _LARGE.sub(" ", plain(status, 60)).lower()
    return words[:1].upper() + words[1:] if words else say("No state was given")


def _unread(healths: Sequence[ServiceHealth]) -> list[Element]:
    read = {health.service for health in healths}
    return [
        parts.row(
            parts.icon("Info", "i", "Default"),
            [parts.text(service, weight="Bolder"), parts.small(say("Could not be read just now."), spacing="None")],
            spacing="Medium",
        )
        for service in (EXCHANGE, ENTRA)
        if service not in read
    ]


def _show(bad: Sequence[object], counts: Mapping[CaseState, int]) -> list[Element]:
    if not bad or not sum(counts.values()):
        return []
    return [parts.buttons([parts.button(say("Show who waits"), "run", {"text": "cases"})])]
