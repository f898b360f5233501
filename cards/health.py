"""The health of Microsoft's services, and what it means for the people who wait here; what began and what ended."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from cards import parts
from cards.elements import Container, Element
from cards.parts import Card, plain
from cards.texts import at
from provisioning.case import CaseState
from provisioning.directory import ENTRA, EXCHANGE, HealthIssue, ServiceHealth
from provisioning.incidents import OPERATIONAL, Incident, holds_up

MOST_ISSUES = 5
_LARGE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MEANS = {
    CaseState.WAITING: "Mailboxes that are being prepared may take longer.",
    CaseState.RUNNING: "Accounts and licenses may take longer to change.",
}


def health_card(healths: Sequence[ServiceHealth], counts: Mapping[CaseState, int], now: datetime) -> Card:
    """`counts`: open cases by the state in which an incident would hold them up."""
    bad = [(health, issue) for health in healths for issue in health.issues if holds_up(health.service, issue)]
    means = _in_sum(bad, counts)
    body: list[Element] = [
        parts.header("Microsoft 365 service health", means, "warning" if bad else "good"),
        *(element for health in healths for element in _service(health, now)),
        *_unread(healths),
        *_show(bad, counts),
        parts.small("As Microsoft reports it, at most a minute old.", spacing="Medium"),
    ]
    return parts.card(body, f"Service health. {means}.")


def incident_card(incident: Incident, now: datetime, *, is_over: bool) -> Card:
    """A message to a conversation in which somebody waits."""
    what = "Over" if is_over else "Incident"
    title = f"{what} at Microsoft: {plain(incident.title, 160)}"
    state = CaseState.WAITING if incident.service == EXCHANGE else CaseState.RUNNING
    means = "What was held up should go on now." if is_over else _MEANS[state]
    rows = [
        ("Service", incident.service),
        ("Incident", plain(incident.id, 40)),
        ("Since", at(incident.started_at, now) if incident.started_at else ""),
        ("Over since", at(incident.ended_at, now) if incident.ended_at else ""),
    ]
    body: list[Element] = [
        parts.header(title, style="good" if is_over else "warning"),
        parts.text(f"{means} Mailroom keeps looking; nobody has to do anything."),
        *([] if is_over or not incident.impact else [parts.small(plain(incident.impact, 500))]),
        parts.facts(rows),
        parts.buttons(
            [
                parts.button("Show who waits", "run", {"text": "cases"}),
                parts.button("Health", "run", {"text": "health"}),
            ]
        ),
    ]
    return parts.card(body, title)


def _in_sum(bad: Sequence[tuple[ServiceHealth, HealthIssue]], counts: Mapping[CaseState, int]) -> str:
    waiting = sum(counts.values())
    if not bad:
        held = "Nothing at Microsoft holds up mailboxes"
        return held if waiting else f"{held}, and nobody is waiting"
    states = {state for health, issue in bad if (state := holds_up(health.service, issue))}
    affected = sum(counts.get(state, 0) for state in states)
    if not affected:
        return "New mailboxes may take longer; nobody is waiting just now"
    people = "1 person" if affected == 1 else f"{affected} people"
    return f"{people} may have to wait longer"


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
        words.append(parts.small(f"And {more} more that are open."))
    return [parts.row(mark, words, spacing="Medium")]


def _worst_first(health: ServiceHealth) -> list[HealthIssue]:
    return sorted(health.issues, key=lambda issue: holds_up(health.service, issue) is None)


def _issue(health: ServiceHealth, issue: HealthIssue, now: datetime) -> Container:
    state = holds_up(health.service, issue)
    means = _MEANS[state] if state else "It does not hold mailboxes up."
    since = f" · since {at(issue.started_at, now)}" if issue.started_at else ""
    kind = plain(issue.classification, 20) or "issue"
    return Container(
        items=[
            parts.text(plain(issue.title, 200)),
            parts.small(f"{plain(issue.id, 40)} · {kind}{since}", spacing="None"),
            parts.text(
                means, size="Small", color="Warning" if state else None, is_subtle=state is None, spacing="None"
            ),
        ],
        spacing="Small",
    )


def _status(status: str) -> str:
    """serviceDegradation: Service degradation."""
    words = _LARGE.sub(" ", plain(status, 60)).lower()
    return words[:1].upper() + words[1:] if words else "No state was given"


def _unread(healths: Sequence[ServiceHealth]) -> list[Element]:
    read = {health.service for health in healths}
    return [
        parts.row(
            parts.icon("Info", "i", "Default"),
            [parts.text(service, weight="Bolder"), parts.small("Could not be read just now.", spacing="None")],
            spacing="Medium",
        )
        for service in (EXCHANGE, ENTRA)
        if service not in read
    ]


def _show(bad: Sequence[object], counts: Mapping[CaseState, int]) -> list[Element]:
    if not bad or not sum(counts.values()):
        return []
    return [parts.buttons([parts.button("Show who waits", "run", {"text": "cases"})])]
