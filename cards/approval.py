"""The card that asks a second person before a risky fix runs, and afterwards says what the answer was."""

from collections.abc import Sequence
from datetime import datetime

from cards import parts, risks, steps
from cards.elements import Container, Element, TextInput
from cards.parts import Card, plain
from cards.texts import at
from provisioning.approving import REASON_LIMIT
from provisioning.case import Person
from provisioning.repair import Approval, Repair, RepairState

NAMED = 4  # people; the others are counted

# How the answer reads after the title, and the style of the header. A repair that runs or ran was approved.
_ANSWERS: dict[RepairState, tuple[str, str]] = {
    RepairState.AWAITING: ("needs approval", "warning"),
    RepairState.DECLINED: ("declined", "attention"),
    RepairState.EXPIRED: ("expired", "emphasis"),
    RepairState.WITHDRAWN: ("withdrawn", "emphasis"),
    RepairState.UNREACHED: ("nobody could be asked", "attention"),
}
_APPROVED = ("approved", "good")
_ENDS = {
    RepairState.CURED: "The fix has run, and the cause is gone.",
    RepairState.NOT_CURED: "The fix has run, and the problem is not solved yet.",
    RepairState.FAILED: "The fix has stopped: a step could not be carried out.",
}


def approval_card(repair: Repair, approval: Approval, now: datetime) -> Card:
    """`approval` is the repair's own. The input `reason` may stay empty to approve, not to decline."""
    words, style = _ANSWERS.get(repair.state, _APPROVED)
    is_asking = repair.state is RepairState.AWAITING
    title, user = f"{plain(repair.title, 80)} — {words}", plain(repair.user, 120)
    body: list[Element] = [
        parts.header(title, user, risks.LOOKS[approval.risk].style if is_asking else style),
        *([] if is_asking else [answer(repair, approval, now)]),
        parts.text(f"**Why.** {plain(approval.why, 600)}", spacing="Medium"),
        risks.consequence(approval.risk, approval.changes),
        *steps.plan([step.says for step in repair.steps]),
        *(_question(repair) if is_asking else []),
        parts.small(_footer(repair, approval, now), spacing="Medium"),
    ]
    return parts.card(body, f"{user}: {title}", wide=True)


def decision_card(repair: Repair, approval: Approval) -> Card:
    """The message that tells the requester."""
    fix = f"{plain(repair.title, 80)} for {plain(repair.user, 120)}"
    if approval.decided_by is None:
        sentence = f"Nobody answered in time: {fix}. Nothing was changed."
        return parts.card([parts.text(sentence)], sentence)
    did = "declined" if repair.state is RepairState.DECLINED else "approved"
    sentence = f"{plain(approval.decided_by.name, 60)} {did}: {fix}"
    return parts.card([parts.text(sentence, weight="Bolder"), *_reason(approval)], sentence)


def answer(repair: Repair, approval: Approval, now: datetime) -> Element:
    """What became of the request: by whom, when, why; and how the fix ended if it ran."""
    _, style = _ANSWERS.get(repair.state, _APPROVED)
    items: list[Element] = [parts.text(_answer_words(repair, approval, now)), *_reason(approval)]
    if repair.state in _ENDS:
        items.append(parts.small(_ENDS[repair.state]))
    return Container(items=items, style=style, spacing="Medium")


def who(approval: Approval, joint: str) -> str:
    """Such as “Mona Manager or Adam Admin, in the admins' conversation”; `joint` is the word between the last two."""
    where = ", in the admins' conversation" if approval.place else ", in a 1:1 chat"
    return f"{names(approval.asked, joint)}{where}"


def names(people: Sequence[Person], joint: str) -> str:
    shown = [plain(person.name, 60) for person in people[:NAMED]]
    if len(people) > NAMED:
        shown = [*shown[:-1], f"{len(people) - NAMED + 1} others"]
    return f" {joint} ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _question(repair: Repair) -> list[Element]:
    data = {"repair": repair.id}
    return [
        TextInput(
            id="reason",
            label="Reason (optional to approve, needed to decline)",
            max_length=REASON_LIMIT,
            is_multiline=True,
            spacing="Medium",
        ),
        parts.buttons(
            [
                parts.button("Approve", "approve", data, sends_inputs=True, style="positive"),
                parts.button("Decline", "decline", data, sends_inputs=True, style="destructive"),
            ]
        ),
    ]


def _answer_words(repair: Repair, approval: Approval, now: datetime) -> str:
    when = at(approval.decided_at, now) if approval.decided_at else ""
    by = plain(approval.decided_by.name, 60) if approval.decided_by else ""
    if repair.state is RepairState.DECLINED:
        return f"**Declined** by {by}, {when}. Nothing was changed."
    if repair.state is RepairState.WITHDRAWN:
        return f"**Withdrawn** by {by}, {when}. Nothing was changed."
    if repair.state is RepairState.EXPIRED:
        return f"**Expired.** Nobody answered until {at(approval.expires_at, now)}. Nothing was changed."
    if repair.state is RepairState.UNREACHED:
        return f"**Nobody could be asked.** {_unreached(approval)} Nothing was changed."
    return f"**Approved** by {by}, {when}."


def _unreached(approval: Approval) -> str:
    if approval.place:
        return (
            "Teams does not let Mailroom write in the admins' conversation any more. "
            "An admin has to type “approvals here” in one that has Mailroom."
        )
    return (
        f"Teams does not let Mailroom write to {names(approval.asked, 'or')}. They have to install Mailroom in Teams, "
        "or an admin types “approvals here” in a conversation that has it."
    )


def _reason(approval: Approval) -> list[Element]:
    return [parts.text(f"“{plain(approval.reason, REASON_LIMIT)}”", spacing="Small")] if approval.reason else []


def _footer(repair: Repair, approval: Approval, now: datetime) -> str:
    asked = f"Asked for by {plain(repair.requester.name, 60)}, {at(repair.created_at, now)}"
    if repair.state is not RepairState.AWAITING:
        return asked
    return f"{asked} · waits until {at(approval.expires_at, now)} · whoever asked cannot approve"
