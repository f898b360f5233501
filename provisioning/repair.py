"""A repair: one fix being carried out for one person. Data and pure transitions; every change raises `version`.

running ──> cured | not_cured | failed      cured and not_cured: a new snapshot says so, never the writes alone
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from provisioning.case import Person, Problem, StageState


class RepairState(StrEnum):
    RUNNING = "running"
    CURED = "cured"
    NOT_CURED = "not_cured"
    FAILED = "failed"


@dataclass(frozen=True)
class RepairStep:
    """One write or wait of the fix. `says` is the sentence that was shown before the click."""

    says: str
    state: StageState = StageState.PENDING
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Repair:
    """One fix for one user."""

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

    @property
    def is_open(self) -> bool:
        return self.state is RepairState.RUNNING


def start_step(repair: Repair, index: int, now: datetime) -> Repair:
    """Starting twice keeps the first time."""
    started = repair.steps[index].started_at or now
    return _with(repair, index, state=StageState.RUNNING, started_at=started)


def finish_step(repair: Repair, index: int, now: datetime) -> Repair:
    return _with(repair, index, state=StageState.DONE, ended_at=now)


def end(repair: Repair, state: RepairState, outcome: str, now: datetime) -> Repair:
    """The new snapshot's verdict in `outcome`."""
    return replace(repair, state=state, outcome=outcome, ended_at=now, version=repair.version + 1)


def stop(repair: Repair, problem: Problem, now: datetime) -> Repair:
    """A step could not be carried out; those before it stay done."""
    steps = tuple(
        replace(step, state=StageState.FAILED, ended_at=now) if step.state is StageState.RUNNING else step
        for step in repair.steps
    )
    ended = replace(repair, state=RepairState.FAILED, steps=steps, problem=problem, ended_at=now)
    return replace(ended, version=repair.version + 1)


def _with(repair: Repair, index: int, **changes: object) -> Repair:
    step = replace(repair.steps[index], **changes)  # type: ignore[arg-type]
    steps = (*repair.steps[:index], step, *repair.steps[index + 1 :])
    return replace(repair, steps=steps, version=repair.version + 1)
