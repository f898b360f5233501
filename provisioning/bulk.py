"""A bulk: many orders, or one fix for many people, with one confirmation and one card. Data and pure transitions.

draft ──> running ──> ended      draft: checked and shown, and nothing is changed; it starts by one confirmation
                                 ended: every line has come to its end, or was stopped before it began

Each line becomes a normal case, or a normal repair. What has not begun waits as a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from provisioning.case import CaseState, Order, Person
from provisioning.orders import OrderRequest
from provisioning.repair import RepairState

MOST_FIXES = 20  # people in one bulk of fixes: each is looked at by a `$batch` of its own, twice


class BulkState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


class BulkKind(StrEnum):
    ORDERS = "orders"
    REPAIRS = "repairs"


class Fate(StrEnum):
    """What has become of a line, beside the states of its case or repair."""

    TO_DO = "to_do"
    REFUSED = "refused"  # the check said why; it never starts
    STOPPED = "stopped"  # before it began
    ELSEWHERE = "elsewhere"  # somebody else's case was open for the same person


GOOD = frozenset({CaseState.READY.value, RepairState.CURED.value})
OPEN = frozenset(
    {Fate.TO_DO.value, CaseState.RUNNING.value, CaseState.WAITING.value, RepairState.AWAITING.value}
)  # repairs are "running", too
BAD = frozenset(
    {CaseState.FAILED.value, CaseState.GIVEN_UP.value, RepairState.NOT_CURED.value, RepairState.DECLINED.value}
    | {RepairState.EXPIRED.value, RepairState.UNREACHED.value}
)


class Origin(StrEnum):
    """What the check found that a line will do."""

    CREATE = "create"
    RESTORE = "restore"
    ADOPT = "adopt"  # the account exists
    LICENSED = "licensed"  # and has a license with a mailbox


@dataclass(frozen=True)
class BulkLine:
    """One person. `who` as it was written; `request` None where it was not understood; `order` once it is complete."""

    number: int
    who: str
    request: OrderRequest | None = None
    order: Order | None = None
    problem: str = ""
    origin: Origin = Origin.CREATE
    missing: tuple[str, ...] = ()

    @property
    def is_startable(self) -> bool:
        return self.order is not None and not self.problem


@dataclass(frozen=True)
class Seats:
    """Of one license: what the list takes, and what is free."""

    name: str
    needed: int
    free: int

    @property
    def are_enough(self) -> bool:
        return self.needed <= self.free


@dataclass(frozen=True)
class Answers:
    """What is said once for everybody whose line does not say it."""

    license: str = ""
    usage_location: str = ""
    names_from_addresses: bool = False


@dataclass(frozen=True)
class Bulk:
    """`size`: the lines that can start; `refused`: those that cannot. `round` counts the tries of what failed."""

    id: str
    title: str
    requester: Person
    created_at: datetime
    size: int
    refused: int = 0
    kind: BulkKind = BulkKind.ORDERS
    state: BulkState = BulkState.DRAFT
    started_at: datetime | None = None
    ended_at: datetime | None = None
    stopped_by: str = ""
    unused: tuple[str, ...] = ()
    answers: Answers = Answers()
    round: int = 1
    trace: str = ""  # the W3C traceparent of the click that started it


@dataclass(frozen=True)
class Outcome:
    """How one line stands. `subject_id`: of its case or repair, "" while it has none."""

    number: int
    upn: str
    name: str
    state: str
    sentence: str
    subject_id: str = ""
    mail: str = ""
    cause: str = ""
    origin: str = ""


@dataclass(frozen=True)
class CauseCount:
    """A cause that several of the list have; `users` are the first of them."""

    cause: str
    sentence: str
    users: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class BulkSummary:
    """What the one card shows. `counts` by state; `failing` the first of those that failed or are stuck."""

    bulk: Bulk
    counts: Mapping[str, int] = field(default_factory=dict)
    failing: tuple[Outcome, ...] = ()
    causes: tuple[CauseCount, ...] = ()
    now: datetime | None = None

    @property
    def id(self) -> str:
        return self.bulk.id

    @property
    def requester(self) -> Person:
        return self.bulk.requester

    @property
    def failed(self) -> int:
        return self.count(BAD)

    @property
    def ready(self) -> int:
        return self.count(GOOD)

    @property
    def share(self) -> float:
        """0 to 1. One that waits for its mailbox has most of its work behind it."""
        if self.bulk.state is BulkState.ENDED or not self.bulk.size:
            return 1.0
        left = self.counts.get(Fate.TO_DO, 0) + 0.8 * self.counts.get("running", 0)
        left += 0.8 * self.counts.get("awaiting", 0) + 0.4 * self.counts.get("waiting", 0)
        return max(0.0, 1.0 - left / self.bulk.size)

    def count(self, states: Iterable[str]) -> int:
        return sum(self.counts.get(state, 0) for state in states)


def start(bulk: Bulk, by: Person, now: datetime, trace: str = "") -> Bulk:
    """Unchanged if it has started before. Whoever confirms has ordered."""
    if bulk.state is not BulkState.DRAFT:
        return bulk
    return replace(bulk, state=BulkState.RUNNING, requester=by, started_at=now, trace=trace)


def end(bulk: Bulk, now: datetime) -> Bulk:
    return replace(bulk, state=BulkState.ENDED, ended_at=now) if bulk.state is BulkState.RUNNING else bulk


def begin_again(bulk: Bulk) -> Bulk:
    """Another round, for what failed."""
    return replace(bulk, state=BulkState.RUNNING, ended_at=None, round=bulk.round + 1, stopped_by="")


def case_id_of(bulk: Bulk, position: int) -> str:
    """Of the line's order in this round: the same order twice is one case."""
    return f"{bulk.id}-{position}" if bulk.round == 1 else f"{bulk.id}-{position}-{bulk.round}"


def size_of(lines: Sequence[BulkLine]) -> int:
    return sum(line.is_startable for line in lines)
