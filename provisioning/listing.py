"""Cases in short, for lists: what a line shows, and which ones are wanted. Pure."""

from dataclasses import dataclass
from datetime import datetime

from provisioning.case import Case, CaseState, Stage
from provisioning.waiting import USUAL

PAGE = 8  # cases on one card


@dataclass(frozen=True)
class CaseLine:
    """One case in short. `stage` is the one at work or that stopped; `cause` the id of what was found, or ""."""

    id: str
    upn: str
    name: str
    state: CaseState
    stage: Stage | None
    asker_id: str
    asker_name: str
    created_at: datetime
    license: str = ""
    license_name: str = ""
    waiting_since: datetime | None = None
    ended_at: datetime | None = None
    ready_seconds: float | None = None  # of a mailbox that Mailroom waited for
    cause: str = ""
    is_watch: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which cases to list; what is left out does not matter. `late_before`: waiting since before then."""

    states: tuple[CaseState, ...] = ()
    stage: Stage | None = None
    asker_id: str = ""
    asker: str = ""  # a part of the name
    after: datetime | None = None
    before: datetime | None = None
    late_before: datetime | None = None


@dataclass(frozen=True)
class CasePage:
    """`lines` of page `number` (from 0) of all `total` that are wanted; `counts` of all cases by group."""

    lines: tuple[CaseLine, ...]
    total: int
    number: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    size: int = PAGE

    @property
    def has_more(self) -> bool:
        return (self.number + 1) * self.size < self.total


def line_of(case: Case) -> CaseLine:
    return CaseLine(
        id=case.id,
        upn=case.order.upn.lower(),
        name=case.order.display_name,
        state=case.state,
        stage=case.current_stage,
        asker_id=case.requester.id.lower(),
        asker_name=case.requester.name,
        created_at=case.created_at,
        license=case.order.license,
        license_name=case.order.license_name,
        waiting_since=case.waiting_since,
        ended_at=case.ended_at,
        ready_seconds=_ready_seconds(case),
        cause=case.explanation.cause if case.explanation else "",
        is_watch=case.is_watch,
    )


def is_late(line: CaseLine, now: datetime) -> bool:
    return line.state is CaseState.WAITING and line.waiting_since is not None and now - line.waiting_since >= USUAL


def _ready_seconds(case: Case) -> float | None:
    """From the license to the mailbox. None where that was not waited for: it was there at the first look.

    Nor for a watch: how long somebody else's mailbox had been on its way before is not known.
    """
    if case.state is not CaseState.READY or not case.checks or case.is_watch:
        return None
    if case.waiting_since is None or case.ended_at is None:
        return None
    return max(0.0, (case.ended_at - case.waiting_since).total_seconds())
