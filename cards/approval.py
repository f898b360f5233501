"""The card that asks a second person before a risky fix runs, and afterwards says what the answer was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from cards import parts, risks, steps
from cards.elements import Container, Element, TextInput
from cards.language import marked, say, told
from cards.parts import Card, plain
from cards.people import asked_for_by
from cards.texts import at
from provisioning.approving import REASON_LIMIT
from provisioning.case import Person
from provisioning.repair import Approval, Repair, RepairState

NAMED = 4  # people; the others are counted
Joint = Literal["and", "or"]

# How the answer reads after the title, and the style of the header. A repair that runs or ran was approved.
_ANSWERS: dict[RepairState, tuple[str, str]] = {
    RepairState.AWAITING: (marked("needs approval"), "warning"),
    RepairState.DECLINED: (marked("declined"), "attention"),
    RepairState.EXPIRED: (marked("expired"), "emphasis"),
    RepairState.WITHDRAWN: (marked("withdrawn"), "emphasis"),
    RepairState.UNREACHED: (marked("nobody could be asked"), "attention"),
}
_APPROVED = (marked("approved"), "good")
_ENDS = {
    RepairState.CURED: marked("The fix has run, and the cause is gone."),
    RepairState.NOT_CURED: marked("The fix has run, and the problem is not solved yet."),
    RepairState.FAILED: marked("The fix has stopped: a step could not be carried out."),
}


def approval_card(repair: Repair, approval: Approval, now: datetime) -> Card:
    """`approval` is the repair's own. The input `reason` may stay empty to approve, not to decline."""
    words, style = _ANSWERS.get(repair.state, _APPROVED)
    is_asking = repair.state is RepairState.AWAITING
    title, user = f"{plain(told(repair.title), 80)} — {told(words)}", plain(repair.user, 120)
    body: list[Element] = [
        parts.header(title, user, risks.LOOKS[approval.risk].style if is_asking else style),
        *([] if is_asking else [answer(repair, approval, now)]),
        parts.text(say("**Why.** {sentence}", sentence=plain(told(approval.why), 600)), spacing="Medium"),
        risks.consequence(approval.risk, approval.changes),
        *steps.plan([step.says for step in repair.steps]),
        *(_question(repair) if is_asking else []),
        parts.small(_footer(repair, approval, now), spacing="Medium"),
    ]
    return parts.card(body, f"{user}: {title}", wide=True)


def decision_card(repair: Repair, approval: Approval) -> Card:
    """The message that tells the requester."""
    fix = say("{fix} for {who}", fix=plain(told(repair.title), 80), who=plain(repair.user, 120))
    if approval.decided_by is None:
        sentence = say("Nobody answered in time: {fix}. Nothing was changed.", fix=fix)
        return parts.card([parts.text(sentence)], sentence)
    by = plain(approval.decided_by.name, 60)
    is_declined = repair.state is RepairState.DECLINED
    sentence = (
        say("{who} declined: {fix}", who=by, fix=fix) if is_declined else say("{who} approved: {fix}", who=by, fix=fix)
    )
    return parts.card([parts.text(sentence, weight="Bolder"), *_reason(approval)], sentence)


def answer(repair: Repair, approval: Approval, now: datetime) -> Element:
    """What became of the request: by whom, when, why; and how the fix ended if it ran."""
    _, style = _ANSWERS.get(repair.state, _APPROVED)
    items: list[Element] = [parts.text(_answer_words(repair, approval, now)), *_reason(approval)]
    if repair.state in _ENDS:
        items.append(parts.small(told(_ENDS[repair.state])))
    return Container(items=items, style=style, spacing="Medium")


def who(approval: Approval, joint: Joint) -> str:
    """Such as “Mona Manager or Adam Admin, in the admins' conversation”; `joint` stands between the last two."""
    asked = names(approval.asked, joint)
    if approval.place:
        return say("{people}, in the admins' conversation", people=asked)
    return say("{people}, in a 1:1 chat", people=asked)


def names(people: Sequence[Person], joint: Joint) -> str:
    shown = [plain(person.name, 60) for person in people[:NAMED]]
    if len(people) > NAMED:
        shown = [*shown[:-1], say("{count} others", count=len(people) - NAMED + 1)]
    if len(shown) < 2:
        return "".join(shown)
    first, last = ", ".join(shown[:-1]), shown[-1]
    return (
        say("{first} or {last}", first=first, last=last)
        if joint == "or"
        else say("{first} and {last}", first=first, last=last)
    )


def _question(repair: Repair) -> list[Element]:
    data = {"repair": repair.id}
    return [
        TextInput(
            id="reason",
            label=say("Reason (optional to approve, needed to decline)"),
            max_length=REASON_LIMIT,
            is_multiline=True,
            spacing="Medium",
        ),
        parts.buttons(
            [
                parts.button(say("Approve"), "approve", data, sends_inputs=True, style="positive"),
                parts.button(say("Decline"), "decline", data, sends_inputs=True, style="destructive"),
            ]
        ),
    ]


def _answer_words(repair: Repair, approval: Approval, now: datetime) -> str:
    when = at(approval.decided_at, now) if approval.decided_at else ""
    by = plain(approval.decided_by.name, 60) if approval.decided_by else ""
    if repair.state is RepairState.DECLINED:
        return say("**Declined** by {who}, {when}. Nothing was changed.", who=by, when=when)
    if repair.state is RepairState.WITHDRAWN:
        return say("**Withdrawn** by {who}, {when}. Nothing was changed.", who=by, when=when)
    if repair.state is RepairState.EXPIRED:
        until = at(approval.expires_at, now)
        return say("**Expired.** Nobody answered until {when}. Nothing was changed.", when=until)
    if repair.state is RepairState.UNREACHED:
        return say("**Nobody could be asked.** {why} Nothing was changed.", why=_unreached(approval))
    return say("**Approved** by {who}, {when}.", who=by, when=when)


def _unreached(approval: Approval) -> str:
    if approval.place:
        return say(
            "Teams does not let Mailroom write in the admins' conversation any more. "
            "An admin has to type “approvals here” in one that has Mailroom."
        )
    return say(
        "Teams does not let Mailroom write to {people}. They have to install Mailroom in Teams, "
        "or an admin types “approvals here” in a conversation that has it.",
        people=names(approval.asked, "or"),
    )


def _reason(approval: Approval) -> list[Element]:
    if not approval.reason:
        return []
    return [parts.text(say("“{words}”", words=plain(approval.reason, REASON_LIMIT)), spacing="Small")]


def _footer(repair: Repair, approval: Approval, now: datetime) -> str:
    asked = asked_for_by(repair.requester, repair.created_at, now)
    if repair.state is not RepairState.AWAITING:
        return asked
    waits = say("waits until {when}", when=at(approval.expires_at, now))
    return " · ".join((asked, waits, say("whoever asked cannot approve")))
