"""A case: one person being provisioned. Data and pure transitions; every change raises `version`.

running ──> waiting ──> ready            running: a workflow is at work on it
   │           │                         waiting: a row; the watcher looks at `next_check_at`
   └───────────┴──> failed | cancelled | given_up
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from provisioning.errors import GraphTrace
from provisioning.follow_ups import FollowUp


class Stage(StrEnum):
    """The six stages on the card, in order."""

    ACCOUNT = "account"
    LICENSE = "license"
    MAILBOX = "mailbox"
    SYNC = "sync"
    ACTIVATION = "activation"
    NOTIFICATION = "notification"


class StageState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


class CaseState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"


CREDENTIAL_LAPSES = timedelta(days=3)
OPEN_STATES = frozenset({CaseState.RUNNING, CaseState.WAITING})


class AccountOrigin(StrEnum):
    """How the case came by its account: only one it created gets a first credential."""

    UNKNOWN = "unknown"
    CREATED = "created"
    ADOPTED = "adopted"
    RESTORED = "restored"


@dataclass(frozen=True)
class Person:
    """Someone in Teams, from the verified activity. `id` is the Entra object id, `channel_id` Teams' own."""

    id: str
    name: str
    tenant_id: str = ""
    channel_id: str = ""
    locale: str = ""

    def is_same(self, other: "Person") -> bool:
        return self.id.lower() == other.id.lower()


@dataclass(frozen=True)
class Conversation:
    """Where to find a chat again. `kind` is personal, groupChat or channel; `bot_id` is our id in it."""

    id: str
    kind: str
    service_url: str
    tenant_id: str = ""
    bot_id: str = ""
    bot_name: str = ""
    locale: str = ""  # of whoever spoke there: the language of what Mailroom says by itself

    @property
    def is_personal(self) -> bool:
        return self.kind == "personal"


NOWHERE = Conversation("", "nowhere", "")  # of who does not order in a chat: no card and no message goes there


@dataclass(frozen=True)
class Order:
    """A complete order. `license` is a SKU id, or "" to keep the mailbox license that the account has."""

    upn: str
    display_name: str
    usage_location: str
    license: str = ""
    license_name: str = ""
    manager_id: str = ""
    manager_upn: str = ""
    manager_name: str = ""
    department: str = ""
    restore_id: str = ""  # the recycle-bin object to restore instead of creating
    profile: str = ""
    disabled_plans: tuple[str, ...] = ()  # ids
    license_group: str = ""  # the license comes from membership in this group, and is never assigned directly
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True)
class StageRecord:
    """One line of the card. `note` is a plain sentence; times are UTC."""

    stage: Stage
    state: StageState = StageState.PENDING
    note: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Problem:
    """Why a case stopped, or what it is struggling with: one sentence, and Graph's words behind it."""

    sentence: str
    trace: GraphTrace = GraphTrace()
    target: str = ""  # of an ObjectConflict: the property whose value is taken


@dataclass(frozen=True)
class Explanation:
    """The top finding of a diagnosis that the case asked for by itself, because it was late or had failed."""

    cause: str
    sentence: str
    is_likely: bool
    at: datetime
    fix_id: str = ""  # by which Mailroom itself can cure it


@dataclass(frozen=True)
class Case:
    """One person being provisioned; see the module's diagram for `state`."""

    id: str
    order: Order
    requester: Person
    created_at: datetime
    state: CaseState = CaseState.RUNNING
    stages: tuple[StageRecord, ...] = tuple(StageRecord(stage) for stage in Stage)
    version: int = 1
    updated_at: datetime | None = None
    account_id: str = ""
    account_origin: AccountOrigin = AccountOrigin.UNKNOWN
    mail: str = ""
    problem: Problem | None = None
    waiting_since: datetime | None = None
    next_check_at: datetime | None = None
    checks: int = 0
    last_check_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    credential_shown_at: datetime | None = None
    credential_for: Person | None = None  # whom the requester handed the sign-in details to
    is_creating: bool = False  # a request to create the account went out, and what became of it is not known
    explanation: Explanation | None = None
    bulk_id: str = ""  # of the list that it came with: that has the card, and tells the end
    trace: str = ""  # the W3C traceparent of what ordered it
    is_watch: bool = False  # somebody else made the account: nothing is changed (provisioning/watching.py)
    follow_ups: tuple[FollowUp, ...] = ()  # the order's, once the mailbox is ready

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def credential_holder(self) -> Person:
        """The one person who may see the first sign-in details."""
        return self.credential_for or self.requester

    def credential_has_lapsed(self, now: datetime) -> bool:
        """Nobody asked for the first sign-in details for days after the end: by now the account may be somebody's."""
        return self.ended_at is not None and now - self.ended_at > CREDENTIAL_LAPSES

    @property
    def progress(self) -> float:
        """Share of the stages that are settled, 0 to 1; the running one counts half."""
        if self.state is CaseState.READY:
            return 1.0
        weight = {StageState.DONE: 1.0, StageState.NOT_NEEDED: 1.0, StageState.RUNNING: 0.5}
        return sum(weight.get(record.state, 0.0) for record in self.stages) / len(self.stages)

    @property
    def current_stage(self) -> Stage | None:
        """The first that runs or has failed; None before that, and once all is done."""
        unsettled = (StageState.RUNNING, StageState.FAILED)
        return next((record.stage for record in self.stages if record.state in unsettled), None)

    def stage(self, stage: Stage) -> StageRecord:
        return next(record for record in self.stages if record.stage is stage)


def enter(case: Case, stage: Stage, note: str, now: datetime) -> Case:
    """`stage` is being worked on. Entering twice keeps the first start time."""
    started = case.stage(stage).started_at or now
    return _with(case, stage, now, state=StageState.RUNNING, note=note, started_at=started, ended_at=None)


def finish(case: Case, stage: Stage, note: str, now: datetime) -> Case:
    started = case.stage(stage).started_at or now
    return _with(case, stage, now, state=StageState.DONE, note=note, started_at=started, ended_at=now)


def skip(case: Case, stage: Stage, note: str, now: datetime) -> Case:
    return _with(case, stage, now, state=StageState.NOT_NEEDED, note=note, started_at=None, ended_at=now)


def touch(case: Case, now: datetime, **changes: object) -> Case:
    """The case with `changes` and a new version. A closed case is never changed back to an open one."""
    if not case.is_open and changes.get("state") in OPEN_STATES:
        raise ValueError(f"case {case.id} has ended as {case.state}")
    return replace(case, **changes, version=case.version + 1, updated_at=now)  # type: ignore[arg-type]


def wait(case: Case, now: datetime) -> Case:
    """The mailbox is being prepared: from here on the case is a row that the watcher looks at."""
    return touch(case, now, state=CaseState.WAITING, waiting_since=case.waiting_since or now, next_check_at=now)


def fail(case: Case, problem: Problem, now: datetime) -> Case:
    """The case ends as failed; the stage that was running carries the mark."""
    return _close(case, CaseState.FAILED, now, problem=problem)


def cancel(case: Case, by: str, now: datetime) -> Case:
    """What it was struggling with is nobody's business any more."""
    return _close(case, CaseState.CANCELLED, now, ended_by=by, problem=None)


def give_up(case: Case, problem: Problem, now: datetime) -> Case:
    return _close(case, CaseState.GIVEN_UP, now, problem=problem)


def ready(case: Case, now: datetime) -> Case:
    return touch(case, now, state=CaseState.READY, ended_at=now, next_check_at=None, problem=None)


def _close(case: Case, state: CaseState, now: datetime, **changes: object) -> Case:
    stages = tuple(_stopped(record, now) for record in case.stages)
    return touch(case, now, state=state, stages=stages, ended_at=now, next_check_at=None, **changes)


def _stopped(record: StageRecord, now: datetime) -> StageRecord:
    if record.state is not StageState.RUNNING:
        return record
    return replace(record, state=StageState.FAILED, ended_at=now)


def _with(case: Case, stage: Stage, now: datetime, **changes: object) -> Case:
    stages: Iterable[StageRecord] = (
        replace(record, **changes) if record.stage is stage else record  # type: ignore[arg-type]
        for record in case.stages
    )
    return touch(case, now, stages=tuple(stages))
