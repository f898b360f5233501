"""The live card of a case: one card per conversation that changes in place until the end.

Header: the person and the state in words. Then a bar, six stages with a shape, a word and a sentence, what is
awaited or what went wrong, and the buttons that make sense in this state.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cards import parts, steps
from cards.elements import Action, ColumnSet, Container, Element
from cards.estimates import usually
from cards.follow_ups import follow_ups
from cards.language import marked, say, told
from cards.parts import Card, plain
from cards.people import asked_for_by, person, retry_text, stage_name, state_words
from cards.texts import at, duration
from provisioning.case import Case, CaseState, Stage, StageRecord, StageState
from provisioning.figures import Estimate
from provisioning.waiting import LONG, LONGEST, PREPARING

_TO_COME: dict[Stage, str] = {
    Stage.ACCOUNT: marked("Find or create the account."),
    Stage.LICENSE: marked("Assign a license with a mailbox."),
    Stage.MAILBOX: marked("Exchange Online creates the mailbox."),
    Stage.SYNC: marked("Wait for the directory to be in step."),
    Stage.ACTIVATION: marked("See that the mailbox answers."),
    Stage.NOTIFICATION: marked("Tell you that it is ready."),
}

_STYLES: dict[CaseState, tuple[str, str]] = {
    CaseState.RUNNING: ("emphasis", "Accent"),
    CaseState.WAITING: ("emphasis", "Accent"),
    CaseState.READY: ("good", "Good"),
    CaseState.FAILED: ("attention", "Attention"),
    CaseState.GIVEN_UP: ("attention", "Attention"),
    CaseState.CANCELLED: ("emphasis", "Accent"),
}


def progress_card(
    case: Case, now: datetime, *, refresh_for: Sequence[str] = (), estimate: Estimate | None = None
) -> Card:
    """Buttons by state; `refresh_for` are the Teams ids of those whose clients ask for news by themselves.

    `estimate`: how long it usually takes here, while the case waits.
    """
    title = f"{person(case)} — {state_words(case)}"
    style, color = _STYLES[case.state]
    body: list[Element] = [
        parts.header(title, _below(case), style),
        *([] if case.state is CaseState.CANCELLED else [steps.bar(case.progress, color)]),
        Container(items=[_stage(record, case, now) for record in case.stages], spacing="Medium"),
        *_problem(case),
        *_waiting(case, now, estimate),
        *_explanation(case),
        *follow_ups(case),
        *_buttons(case, now),
        parts.small(_footer(case, now), spacing="Medium"),
    ]
    return parts.card(body, title, refresh=steps.refresh("refresh", {"case": case.id}, refresh_for), wide=True)


def _below(case: Case) -> str:
    watched = say("only watched") if case.is_watch else ""
    return " · ".join(plain(words) for words in (case.order.upn, case.order.license_name, watched) if words)


def _stage(record: StageRecord, case: Case, now: datetime) -> ColumnSet:
    timing = steps.when(record.state, record.started_at, record.ended_at, now, is_open=case.is_open)
    return steps.step(stage_name(record.stage), record.state, _sentence(record, case), timing)


def _sentence(record: StageRecord, case: Case) -> str:
    """What happened or is to come. What is said of a mailbox while waiting stands under "Waiting", and only then."""
    if record.stage is Stage.MAILBOX and case.state is CaseState.WAITING:
        return say("Exchange Online is at work.")
    if record.stage is Stage.MAILBOX and record.state is StageState.FAILED:
        return say("It was not ready yet.")
    return plain(told(record.note)) or (told(_TO_COME[record.stage]) if case.is_open else "")


def _problem(case: Case) -> list[Element]:
    if case.problem is None:
        return []
    style = "warning" if case.is_open else "attention"
    sentence = parts.text(plain(told(case.problem.sentence), 600))
    return [Container(items=[sentence, *parts.trace_evidence(case.problem.trace)], style=style, spacing="Medium")]


def _waiting(case: Case, now: datetime, estimate: Estimate | None) -> list[Element]:
    if case.state is not CaseState.WAITING:
        return []
    since = case.waiting_since or case.created_at
    looked = at(case.last_check_at, now) if case.last_check_at else ""
    rows = [
        (say("Since"), f"{at(since, now)} ({duration(now - since)})"),
        (say("Last look"), say("{when}, not ready yet", when=looked) if looked else ""),
        _next_look(case, since, now),
        (say("Usually"), usually(estimate) if estimate else ""),
    ]
    lines: list[Element] = [
        parts.text(say("Waiting for Exchange Online"), weight="Bolder"),
        parts.text(_sentence_of_wait(case, estimate), spacing="None"),
        parts.facts(rows, spacing="Small"),
    ]
    return [Container(items=lines, separator=True, spacing="Medium")]


def _next_look(case: Case, since: datetime, now: datetime) -> tuple[str, str]:
    """When, or how often where the card is drawn less often than Mailroom looks."""
    if case.next_check_at is None:
        return say("Next look"), ""
    if case.last_check_at is None or now - since < LONG:
        return say("Next look"), at(case.next_check_at, now)
    return say("Looks"), say("every {span}", span=duration(case.next_check_at - case.last_check_at))


def _sentence_of_wait(case: Case, estimate: Estimate | None) -> str:
    """Without Microsoft's figures where there is a line of its own for how long it takes."""
    note = case.stage(Stage.MAILBOX).note or PREPARING
    return say("Preparing a mailbox for this user.") if estimate and note == PREPARING else plain(told(note))


def _explanation(case: Case) -> list[Element]:
    """What Mailroom found by itself when the case was late or had failed."""
    if case.explanation is None or case.state in (CaseState.READY, CaseState.CANCELLED):
        return []
    word = say("Likely cause") if case.explanation.is_likely else say("Cause")
    lines: list[Element] = [
        parts.text(word, weight="Bolder"),
        parts.text(plain(told(case.explanation.sentence), 600), spacing="None"),
        parts.small(say("Diagnose shows the evidence and the fix."), spacing="Small"),
    ]
    return [Container(items=lines, separator=True, spacing="Medium")]


def _is_overdue(case: Case, now: datetime) -> bool:
    """Past what Microsoft calls the longest: from here on it is a matter for their support."""
    return case.state is CaseState.GIVEN_UP or (
        case.state is CaseState.WAITING and case.waiting_since is not None and now - case.waiting_since >= LONGEST
    )


def _buttons(case: Case, now: datetime) -> list[Element]:
    of_case = {"case": case.id}
    diagnose = parts.button(say("Diagnose"), "diagnose", of_case)
    words = say("Order again") if case.state is CaseState.CANCELLED else say("Try again")
    again = parts.button(words, "run", {"text": retry_text(case)}, style="positive")
    by_state: dict[CaseState, list[Action]] = {
        CaseState.READY: [],
        CaseState.FAILED: [again, diagnose],
        CaseState.GIVEN_UP: [again, diagnose],
        CaseState.CANCELLED: [again],
    }
    check = parts.button(say("Check now"), "check-now", of_case, style="positive")
    actions = by_state.get(case.state, [check, diagnose, parts.button(say("Cancel"), "cancel", of_case)])
    if _is_overdue(case, now):
        actions = [*actions, parts.button(say("Contact Microsoft Support"), "escalate", of_case)]
    return [parts.buttons(actions)] if actions else []


def _footer(case: Case, now: datetime) -> str:
    asked = asked_for_by(case.requester, case.created_at, now)
    if case.ended_by:
        return " · ".join((asked, say("cancelled by {who}", who=plain(case.ended_by, 60))))
    if case.state is CaseState.READY and case.ended_at:
        took = duration(max(case.ended_at - case.created_at, timedelta()))
        return " · ".join((asked, say("ready after {span}", span=took)))
    return asked
