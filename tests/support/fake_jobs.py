"""Jobs in memory, as the handlers see them: cases that stand still until a test moves them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from provisioning import approving
from provisioning.case import Case, Conversation, Order, Person, cancel
from provisioning.errors import BadOrder
from provisioning.fixes.steps import Step
from provisioning.repair import Repair

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class FixedClock:
    """A clock that a test sets."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Called:
    """One call of a method that changes or shows something."""

    method: str
    case_id: str
    conversation_id: str = ""


@dataclass
class FakeJobs:
    """Implements provisioning.ports.Jobs. `cases` may be filled and changed by a test."""

    cases: dict[str, Case] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)
    repairs: dict[str, Repair] = field(default_factory=dict)
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    clock: FixedClock = field(default_factory=FixedClock)
    place: Conversation | None = None
    untold_cases: list[Case] = field(default_factory=list)

    def put(self, case: Case) -> Case:
        self.cases[case.id] = case
        return case

    def methods(self) -> list[str]:
        return [call.method for call in self.calls]

    async def untold(self, limit: int = 5) -> tuple[Case, ...]:
        return tuple(self.untold_cases[:limit])

    async def heard_from(self, conversation: Conversation, person: Person) -> None:
        self._note("heard_from", person.id, conversation)

    async def start(self, order: Order, requester: Person, conversation: Conversation, case_id: str = "") -> Case:
        case = self.cases.get(case_id) or await self.find(order.upn)
        if case is None or not (case.is_open or case.id == case_id):
            case = self.put(Case(case_id or f"case-{len(self.cases) + 1}", order, requester, self.clock.now()))
        self._note("start", case.id, conversation)
        return case

    async def get(self, case_id: str) -> Case | None:
        return self.cases.get(case_id)

    async def find(self, upn: str) -> Case | None:
        matching = [case for case in self.cases.values() if case.order.upn.lower() == upn.lower()]
        return matching[-1] if matching else None

    async def open_cases(self, limit: int = 20) -> tuple[Case, ...]:
        return tuple(case for case in reversed(self.cases.values()) if case.is_open)[:limit]

    async def count_open(self) -> int:
        return sum(case.is_open for case in self.cases.values())

    async def show(self, case_id: str, conversation: Conversation) -> None:
        self._note("show", case_id, conversation)

    async def check_now(self, case_id: str) -> Case:
        self._note("check_now", case_id)
        case = self.cases[case_id]
        return self.put(replace(case, checks=case.checks + 1, version=case.version + 1))

    async def cancel(self, case_id: str, by: Person) -> Case:
        self._note("cancel", case_id)
        return self.put(cancel(self.cases[case_id], by.name, self.clock.now()))

    async def announce(self, case_id: str, conversation: Conversation) -> None:
        self._note("announce", case_id, conversation)

    async def start_repair(self, repair: Repair, steps: Sequence[Step], conversation: Conversation) -> Repair:
        open_one = next((one for one in await self.repairs_of(repair.user) if one.is_open), None)
        if open_one:
            return open_one
        self._note("start_repair", repair.id, conversation)
        self.steps[repair.id] = tuple(steps)
        return self.repairs.setdefault(repair.id, repair)

    async def decide_repair(self, repair_id: str, by: Person, *, is_approved: bool, reason: str = "") -> Repair:
        answer = approving.approve if is_approved else approving.decline
        self.repairs[repair_id] = answer(self._asked(repair_id), by, reason, self.clock.now())
        self._note("approve" if is_approved else "decline", repair_id)
        return self.repairs[repair_id]

    async def withdraw_repair(self, repair_id: str, by: Person) -> Repair:
        self.repairs[repair_id] = approving.withdraw(self._asked(repair_id), by, self.clock.now())
        self._note("withdraw", repair_id)
        return self.repairs[repair_id]

    async def approval_place(self) -> Conversation | None:
        return self.place

    async def set_approval_place(self, conversation: Conversation | None) -> None:
        self.place = conversation

    async def get_repair(self, repair_id: str) -> Repair | None:
        return self.repairs.get(repair_id)

    async def repairs_of(self, user: str) -> tuple[Repair, ...]:
        return tuple(repair for repair in reversed(self.repairs.values()) if repair.user.lower() == user.lower())

    async def hand_over(self, case_id: str, to: Person) -> Case:
        self._note("hand_over", case_id)
        case = self.cases[case_id]
        return case if case.credential_shown_at else self.put(replace(case, credential_for=to))

    async def claim_credential(self, case_id: str, by: Person) -> bool:
        self._note("claim_credential", case_id)
        if case_id in self.claimed or self.cases[case_id].credential_holder.id != by.id:
            return False
        self.claimed.add(case_id)
        self.put(replace(self.cases[case_id], credential_shown_at=self.clock.now()))
        return True

    async def release_credential(self, case_id: str) -> None:
        self._note("release_credential", case_id)
        self.claimed.discard(case_id)
        self.put(replace(self.cases[case_id], credential_shown_at=None))

    def _asked(self, repair_id: str) -> Repair:
        if repair_id not in self.repairs:
            raise BadOrder("I no longer know this request.")
        return self.repairs[repair_id]

    def _note(self, method: str, case_id: str, conversation: Conversation | None = None) -> None:
        self.calls.append(Called(method, case_id, conversation.id if conversation else ""))
