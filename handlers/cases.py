"""`cases`: lists by state, stage, asker and age, a page at a time."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from cards import language
from cards.caselist import case_list_card
from cards.texts import duration
from handlers.access import Role
from handlers.grammar import Command, clip, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.case import OPEN_STATES, CaseState, Person, Stage
from provisioning.errors import BadOrder
from provisioning.listing import Wanted
from provisioning.waiting import USUAL
from provisioning.words import say

OPTIONS = {
    "state": "state",
    "status": "state",
    "stage": "stage",
    "by": "by",
    "asker": "by",
    "older": "older",
    "newer": "newer",
    "page": "page",
}
OPEN, LATE, ALL, ME = "open", "late", "all", "me"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_AGE = re.compile(r"(\d{1,4})\s?(m|h|d|w)(?:in|ours?|ays?|eeks?)?", re.ASCII)

# What is shown, in the title of the list.
_CHOSEN = {
    OPEN: say("open"),
    LATE: say("late"),
    ALL: say("all"),
    CaseState.RUNNING: say("running"),
    CaseState.WAITING: say("waiting"),
    CaseState.READY: say("ready"),
    CaseState.FAILED: say("failed"),
    CaseState.GIVEN_UP: say("given up"),
    CaseState.CANCELLED: say("cancelled"),
}
_AT = {
    Stage.ACCOUNT: say("at account"),
    Stage.LICENSE: say("at license"),
    Stage.MAILBOX: say("at mailbox"),
    Stage.SYNC: say("at sync"),
    Stage.ACTIVATION: say("at activation"),
    Stage.NOTIFICATION: say("at notification"),
}

T = TypeVar("T")


@command(
    "cases [state=late] [stage=license] [by=me] [older=2h] [newer=3d]",
    summary=say("List cases; states are open, late, running, waiting, ready, failed, given_up, cancelled and all."),
    example="cases state=late",
    role=Role.VIEWER,
)
async def cases(request: Request, services: Services, typed: Command) -> Reply | None:
    now = services.clock.now()
    wanted, chosen, number = wanted_of(typed, request.person, now)
    page = await services.records.cases(wanted, number)
    options = options_of(typed, OPTIONS)
    state = _state(typed, options)
    kept = {"state": state, **{name: value for name, value in options.items() if name != "page"}}
    filters = Command("cases", options=tuple(kept.items())).text.removeprefix("cases ")
    return Reply(card=case_list_card(page, chosen, filters, now))


def wanted_of(typed: Command, person: Person, now: datetime) -> tuple[Wanted, str, int]:
    """Which cases `person` asks for, the same in words, and the page, from 0. Raises BadOrder."""
    options = options_of(typed, OPTIONS)
    wanted, chosen = _wanted(_state(typed, options), options, person, now)
    return wanted, chosen, _number(options.get("page", "1")) - 1


def _state(typed: Command, options: dict[str, str]) -> str:
    """Also without its name: `cases late`."""
    words = " ".join(typed.args)
    if words and "state" in options:
        raise BadOrder(say("I do not know what “{typed}” means here. Options look like state=late.", typed=clip(words)))
    known = {OPEN, LATE, ALL, *(state.value for state in CaseState)}
    state = (words or options.get("state", OPEN)).lower().replace("-", "_").replace(" ", "_")
    if state not in known:
        raise BadOrder(
            say(
                "There is no state “{typed}”. The states are {states}.",
                typed=clip(state),
                states=", ".join(sorted(known)),
            )
        )
    return state


def _wanted(state: str, options: dict[str, str], person: Person, now: datetime) -> tuple[Wanted, str]:
    """With the same in words."""
    by = options.get("by", "")
    older, newer = (_read(options, name, _age) for name in ("older", "newer"))
    stage = _read(options, "stage", _stage)
    wanted = Wanted(
        states=_states(state),
        stage=stage,
        asker_id=person.id if by.lower() == ME else "",
        asker="" if by.lower() == ME else by,
        before=now - older if older else None,
        after=now - newer if newer else None,
        late_before=now - USUAL if state == LATE else None,
    )
    words = [
        language.told(_CHOSEN[state]),
        language.told(_AT[stage]) if stage else "",
        _asked_by(by),
        language.say("older than {age}", age=duration(older)) if older else "",
        language.say("newer than {age}", age=duration(newer)) if newer else "",
    ]
    return wanted, ", ".join(filter(None, words))


def _asked_by(by: str) -> str:
    if by == ME:
        return language.say("asked by me")
    return language.say("asked by {who}", who=by) if by else ""


def _states(state: str) -> tuple[CaseState, ...]:
    if state in (LATE, ALL):
        return ()
    return tuple(sorted(OPEN_STATES)) if state == OPEN else (CaseState(state),)


def _read(options: dict[str, str], name: str, read: Callable[[str], T]) -> T | None:
    return read(options[name].lower()) if name in options else None


def _stage(text: str) -> Stage:
    if text not in tuple(Stage):
        raise BadOrder(
            say("There is no stage “{typed}”. The stages are {stages}.", typed=clip(text), stages=", ".join(Stage))
        )
    return Stage(text)


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text)
    if found is None:
        raise BadOrder(say("“{typed}” is no age. Write it like 30m, 2h, 3d or 1w.", typed=clip(text)))
    return int(found[1]) * _UNITS[found[2]]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:7]) <= 100_000):
        raise BadOrder(say("“{typed}” is no page. Pages count from 1.", typed=clip(text)))
    return int(text[:7])
