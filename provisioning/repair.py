"""A repair: one fix being carried out for one person. Data and pure transitions; every change raises `version`.

awaiting ──> running ──> cured | not_cured | failed
    └──> declined | expired | withdrawn | unreached

awaiting: a second person is asked, and nothing is written (provisioning/approving.py); where nobody has to be
asked a repair begins as running. cured and not_cured: a new snapshot says so, never the writes alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from provisioning.case import Conversation, Person, Problem, StageState
from provisioning.findings import Risk


class RepairState(StrEnum):
    AWAITING = "awaiting"
    RUNNING = "running"
    CURED = "cured"
    NOT_CURED = "not_cured"
    FAILED = "failed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNREACHED = "unreached"  # Teams let us write to none of those who were to be asked


OPEN_STATES = frozenset({RepairState.AWAITING, RepairState.RUNNING})
BEGUN_STATES = frozenset({RepairState.RUNNING, RepairState.CURED, RepairState.NOT_CURED, RepairState.FAILED})


@dataclass(frozen=True)
class RepairStep:
    """One write or wait of the fix. `says` is the sentence that was shown before the click."""

    says: str
    state: StageState = StageState.PENDING
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Approval:
    """What a second person is asked, and the answer. `why` is the finding's sentence, `changes` the fix's.

    `place` is the admins' conversation; without one each of `asked` is asked in a 1:1 chat. `decided_by` is empty
    until somebody approved, declined or withdrew, and stays so where it ended by itself.
    """

    asked: tuple[Person, ...]
    expires_at: datetime
    risk: Risk
    why: str
    changes: str
    place: Conversation | None = None
    decided_by: Person | None = None
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Repair:
    """One fix for one user. `approval` is there where a second person was asked."""

    id: str
    user: str
    fix_id: str
    title: str
    cause: str
    requester: Person
    created_at: datetime
    steps: tuple[RepairStep, ...]
    state: RepairState = RepairState.RUNNING
    outcome: str = ""
    problem: Problem | None = None
    ended_at: datetime | None = None
    version: int = 1
    approval: Approval | None = None
    trace: str = ""  # the W3C traceparent of the click that asked for it

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def has_begun(self) -> bool:
        """In every other state nothing was written."""
        return self.state in BEGUN_STATES

    @property
    def is_running(self) -> bool:
        return self.state is RepairState.RUNNING


def start_step(repair: Repair, index: int, now: datetime) -> Repair:
    """Starting twice keeps the first time."""
    started = repair.steps[index].started_at or now
    return _with(repair, index, state=StageState.RUNNING, started_at=started)


def finish_step(repair: Repair, index: int, now: datetime) -> Repair:
    return _with(repair, index, state=StageState.DONE, ended_at=now)


def end(repair: Repair, state: RepairState, outcome: str, now: datetime) -> Repair:
    """The new snapshot's verdict in `outcome`."""
    _check_running(repair)
    return replace(repair, state=state, outcome=outcome, ended_at=now, version=repair.version + 1)


def stop(repair: Repair, problem: Problem, now: datetime) -> Repair:
    """A step could not be carried out; those before it stay done."""
    _check_running(repair)
    steps = tuple(
        replace(step, state=StageState.FAILED, ended_at=now) if step.state is StageState.RUNNING else step
        for step in repair.steps
    )
    ended = replace(repair, state=RepairState.FAILED, steps=steps, problem=problem, ended_at=now)
    return replace(ended, version=repair.version + 1)


def _check_running(repair: Repair) -> None:
    """A fault of ours if not: nothing is done before the approval, nor after the end."""
    if not repair.is_running:
        raise ValueError(f"repair {repair.id} is {repair.state}, not running")


def _with(repair: Repair, index: int, **changes: object) -> Repair:
    _check_running(repair)
    step = replace(repair.steps[index], **changes)  # type: ignore[arg-type]
    steps = (*repair.steps[:index], step, *repair.steps[index + 1 :])
    return replace(repair, steps=steps, version=repair.version + 1)
