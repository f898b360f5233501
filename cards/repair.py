"""The live card of a repair: the fix's own steps, then the look that says whether the cause is gone."""

from collections.abc import Sequence
from datetime import datetime

from cards import approval as approvals
from cards import parts, steps
from cards.elements import Action, Container, Element
from cards.language import marked, say, told
from cards.parts import Card, plain
from cards.people import asked_for_by
from cards.texts import at, duration
from provisioning.case import StageState
from provisioning.repair import Approval, Repair, RepairState

# How the state reads after the title, the style of the header, the color of the bar. Not cured also stands for a
# new snapshot that could not be read, so the words do not claim that the cause is still there.
_LOOKS: dict[RepairState, tuple[str, str, str]] = {
    RepairState.AWAITING: (marked("waiting for approval"), "emphasis", "Accent"),
    RepairState.RUNNING: (marked("at work"), "emphasis", "Accent"),
    RepairState.CURED: (marked("the cause is gone"), "good", "Good"),
    RepairState.NOT_CURED: (marked("not solved yet"), "warning", "Warning"),
    RepairState.FAILED: (marked("stopped"), "attention", "Attention"),
    RepairState.DECLINED: (marked("declined"), "attention", "Attention"),
    RepairState.EXPIRED: (marked("not approved in time"), "warning", "Warning"),
    RepairState.WITHDRAWN: (marked("withdrawn"), "emphasis", "Accent"),
    RepairState.UNREACHED: (marked("nobody could be asked"), "attention", "Attention"),
}
_SETTLED = (StageState.DONE, StageState.NOT_NEEDED)


def repair_card(repair: Repair, now: datetime, *, refresh_for: Sequence[str] = ()) -> Card:
    """`refresh_for` are the Teams ids of those whose clients ask for news by themselves."""
    words, style, color = _LOOKS[repair.state]
    title = f"{plain(told(repair.title), 80)} — {told(words)}"
    user = plain(repair.user, 120)
    body: list[Element] = [
        parts.header(title, user, style),
        *([steps.bar(_share(repair), color)] if repair.has_begun else []),
        *_approval(repair, now),
        Container(items=[*_steps(repair, now), _look(repair, now)], spacing="Medium"),
        *_verdict(repair),
        *_buttons(repair),
        parts.small(_footer(repair, now), spacing="Medium"),
    ]
    refresh = steps.refresh("repair-refresh", {"repair": repair.id}, refresh_for if repair.is_open else ())
    return parts.card(body, f"{user}: {title}", refresh=refresh, wide=True)


def _approval(repair: Repair, now: datetime) -> list[Element]:
    """Who is asked and until when; or what the answer was."""
    if repair.approval is None:
        return []
    if repair.state is RepairState.AWAITING:
        return [parts.text(_waiting(repair.approval, now), spacing="Medium")]
    if repair.has_begun:
        return [parts.small(_approved(repair.approval, now))]
    return [approvals.answer(repair, repair.approval, now)]


def _waiting(approval: Approval, now: datetime) -> str:
    return say(
        "**A second person has to approve.** Asked: {people}. "
        "The request stands until {when}; nothing is changed before.",
        people=approvals.who(approval, "and"),
        when=at(approval.expires_at, now),
    )


def _approved(approval: Approval, now: datetime) -> str:
    by = plain(approval.decided_by.name, 60) if approval.decided_by else ""
    when = at(approval.decided_at, now) if approval.decided_at else ""
    if approval.reason:
        return say("Approved by {who}, {when}: “{reason}”", who=by, when=when, reason=plain(approval.reason, 300))
    return say("Approved by {who}, {when}.", who=by, when=when)


def _share(repair: Repair) -> float:
    """The last look counts as a step; a running step counts half."""
    if repair.state in (RepairState.CURED, RepairState.NOT_CURED):
        return 1.0
    done = sum(step.state in _SETTLED for step in repair.steps)
    running = any(step.state is StageState.RUNNING for step in repair.steps) or _is_looking(repair)
    return (done + running / 2) / (len(repair.steps) + 1)


def _steps(repair: Repair, now: datetime) -> list[Element]:
    return [
        steps.step(
            plain(told(step.says), 300),
            step.state,
            "",
            steps.when(step.state, step.started_at, step.ended_at, now, is_open=repair.is_open),
        )
        for step in repair.steps
    ]


def _is_looking(repair: Repair) -> bool:
    return repair.is_running and all(step.state in _SETTLED for step in repair.steps)


def _look(repair: Repair, now: datetime) -> Element:
    state = StageState.RUNNING if _is_looking(repair) else StageState.PENDING
    if repair.state in (RepairState.CURED, RepairState.NOT_CURED):
        state = StageState.DONE
    what = say("Look again whether the cause is gone")
    return steps.step(what, state, "", steps.when(state, None, repair.ended_at, now, is_open=repair.is_open))


def _verdict(repair: Repair) -> list[Element]:
    outcome = plain(told(repair.outcome), 600)
    if repair.state is RepairState.FAILED:
        problem = repair.problem
        said = parts.trace_evidence(problem.trace) if problem else []
        sentence = plain(told(problem.sentence), 600) if problem else outcome
        return [_panel(say("Stopped"), sentence or say("A step could not be carried out."), "attention", said)]
    if repair.state is RepairState.CURED:
        return [_panel(say("Gone"), outcome or say("The new snapshot does not show the cause any more."), "good")]
    if repair.state is RepairState.NOT_CURED:
        return [_panel(say("Not solved yet"), outcome or say("The new snapshot still shows the cause."), "warning")]
    return []


def _panel(word: str, sentence: str, style: str, below: Sequence[Element] = ()) -> Container:
    return Container(items=[parts.text(f"**{word}.** {sentence}"), *below], style=style, spacing="Medium")


def _buttons(repair: Repair) -> list[Element]:
    if repair.state is RepairState.AWAITING:
        return [parts.buttons([parts.button(say("Withdraw"), "withdraw", {"repair": repair.id})])]
    if repair.is_open:
        return []
    actions: list[Action] = [parts.button(say("Diagnose again"), "diagnose", {"user": repair.user})]
    if repair.state in (RepairState.NOT_CURED, RepairState.FAILED):
        actions.append(parts.button(say("Contact Microsoft Support"), "escalate", {"user": repair.user}))
    return [parts.buttons(actions)]


def _footer(repair: Repair, now: datetime) -> str:
    asked = asked_for_by(repair.requester, repair.created_at, now)
    begun = (repair.approval.decided_at if repair.approval else None) or repair.created_at
    if repair.has_begun and repair.ended_at and repair.ended_at >= begun:
        return " · ".join((asked, say("took {span}", span=duration(repair.ended_at - begun))))
    return asked
