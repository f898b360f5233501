"""Follow-ups on the live card: what is still to come, what was done, and what somebody must do by hand."""

from collections.abc import Sequence

from cards import parts
from cards.code import code
from cards.elements import Container, Element
from cards.language import marked, say, told
from cards.parts import plain
from provisioning.case import Case, CaseState
from provisioning.follow_ups import FollowUp, FollowUpState
from provisioning.following_up import title

SCRIPT_BYTES = 2400  # of all together

_MARKS: dict[FollowUpState, tuple[str, str, str, str]] = {
    FollowUpState.TO_DO: ("Circle", "○", "Default", marked("To do")),
    FollowUpState.DONE: ("CheckmarkCircle", "✓", "Good", marked("Done")),
    FollowUpState.NOT_NEEDED: ("SubtractCircle", "–", "Default", marked("Not needed")),
    FollowUpState.BY_HAND: ("PersonWrench", "!", "Warning", marked("By hand")),
    FollowUpState.FAILED: ("DismissCircle", "✕", "Attention", marked("Not done")),
    FollowUpState.NOT_KNOWN: ("QuestionCircle", "?", "Warning", marked("Not known")),
}
_QUIET = (FollowUpState.TO_DO, FollowUpState.NOT_NEEDED)


def follow_ups(case: Case) -> list[Element]:
    """Nothing where the order has none, or where it ended before the mailbox was ready."""
    if case.is_open and case.order.follow_ups:
        titles = " · ".join(plain(told(title(one, case))) for one in case.order.follow_ups)
        to_come: list[Element] = [parts.text(say("Once the mailbox is ready"), weight="Bolder"), parts.small(titles)]
        return [Container(items=to_come, separator=True, spacing="Medium")]
    if case.state is not CaseState.READY or not case.follow_ups:
        return []
    heading = parts.text(say("Follow-ups"), weight="Bolder")
    lines: list[Element] = [heading, *(_line(one, case) for one in case.follow_ups)]
    return [Container(items=[*lines, *_by_hand(case.follow_ups)], separator=True, spacing="Medium"), *_again(case)]


def _line(one: FollowUp, case: Case) -> Element:
    name, mark, color, word = _MARKS[one.state]
    style = {"is_subtle": True} if one.state in _QUIET else {}
    words: list[Element] = [parts.text(plain(told(title(one, case))), **style)]
    if one.note:
        words.append(parts.small(plain(told(one.note), 400), spacing="None"))
    aside = parts.small(told(word), horizontal_alignment="Right")
    return parts.row(parts.icon(name, mark, color), words, aside, spacing="Small")


def _by_hand(shown: Sequence[FollowUp]) -> list[Element]:
    scripts = [one.script for one in shown if one.script]
    if not scripts:
        return []
    lines = "\n".join(dict.fromkeys(line for script in scripts for line in script.splitlines()))
    return parts.evidence(say("PowerShell for what is left"), [code(lines, "PowerShell", SCRIPT_BYTES)], "by-hand")


def _again(case: Case) -> list[Element]:
    if not any(one.state is FollowUpState.FAILED for one in case.follow_ups):
        return []
    return [parts.buttons([parts.button(say("Try the follow-ups again"), "follow-up-again", {"case": case.id})])]
