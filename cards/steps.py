"""Steps on a live card: a shape and a word for each state, when it was, the bar, and the refresh by the client."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cards import parts
from cards.elements import REFRESH_LIMIT, ColumnSet, Container, Element, Execute, ProgressBar, Refresh
from cards.language import say, told
from cards.texts import at, duration, plain
from provisioning.case import StageState

BAR_CELLS = 12

# Shape and color; the word stands beside it, so that nothing depends on color.
_MARKS: dict[StageState, tuple[str, str, str]] = {
    StageState.PENDING: ("Circle", "○", "Default"),
    StageState.RUNNING: ("ArrowSyncCircle", "◐", "Accent"),
    StageState.DONE: ("CheckmarkCircle", "✓", "Good"),
    StageState.NOT_NEEDED: ("SubtractCircle", "–", "Default"),
    StageState.FAILED: ("DismissCircle", "✕", "Attention"),
}


def plan(says: Sequence[str]) -> list[Element]:
    """What is going to be done, numbered, before anything is."""
    lines = [
        parts.row(parts.text(f"{number}.\u00a0"), [parts.text(plain(told(line), 300))], spacing="Small")
        for number, line in enumerate(says, 1)
    ]
    return [parts.text(say("What Mailroom will do"), weight="Bolder", spacing="Medium"), Container(items=lines)]


def bar(share: float, color: str) -> ProgressBar:
    """`share` from 0 to 1."""
    percent = round(share * 100)
    full = round(share * BAR_CELLS)
    cells = "▰" * full + "▱" * (BAR_CELLS - full)
    return ProgressBar(value=percent, max=100, color=color, fallback=parts.text(f"{cells} {percent} %", color=color))


def step(name: str, state: StageState, note: str, when: str) -> ColumnSet:
    """One line: the mark, what it is, a sentence below ("" for none), and when at the right."""
    icon, mark, color = _MARKS[state]
    is_quiet = state in (StageState.PENDING, StageState.NOT_NEEDED)
    style = {"is_subtle": True} if is_quiet else {"weight": "Bolder"}
    words: list[Element] = [parts.text(name, **style)]
    if note:
        words.append(parts.small(note, spacing="None"))
    aside = parts.small(when, horizontal_alignment="Right")
    return parts.row(parts.icon(icon, mark, color, **style), words, aside, spacing="Small")


def when(
    state: StageState, started: datetime | None, ended: datetime | None, now: datetime, *, is_open: bool = True
) -> str:
    """The state in a word, with the time or duration that it has."""
    if state is StageState.RUNNING and started:
        return say("Since {when}", when=at(started, now))
    if state is StageState.DONE and ended:
        return _done(ended, ended - (started or ended), now)
    if state is StageState.FAILED and ended:
        return say("Stopped {when}", when=at(ended, now))
    if state is StageState.PENDING:
        return say("To do") if is_open else say("Not done")
    if state is StageState.NOT_NEEDED:
        return say("Not needed")
    return say("Done") if state is StageState.DONE else say("Working")


def _done(ended: datetime, took: timedelta, now: datetime) -> str:
    if took >= timedelta(seconds=1):
        return say("Done in {span}", span=duration(took))
    return say("Done {when}", when=at(ended, now))


def refresh(verb: str, data: Mapping[str, Any], people: Sequence[str]) -> Refresh | None:
    """The clients of these people (Teams ids) ask for the newest card by themselves."""
    if not people:
        return None
    action = Execute(verb=verb, data={"verb": verb, **data})
    return Refresh(action=action, user_ids=list(people[:REFRESH_LIMIT]))
