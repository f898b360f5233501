"""Bulks and files in memory, as the handlers see them: nothing runs until a test says how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from provisioning.bulk import Bulk, BulkLine, BulkState, BulkSummary, Fate, Outcome, begin_again, start
from provisioning.bulk_ports import SharedFile, Upload
from provisioning.case import Conversation, Person
from provisioning.fixes.steps import Step
from provisioning.repair import Repair

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class FakeBulks:
    """Implements provisioning.bulk_ports.Bulks."""

    bulks: dict[str, Bulk] = field(default_factory=dict)
    kept: dict[str, tuple[BulkLine, ...]] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    working: dict[str, str] = field(default_factory=dict)  # who ordered, by UPN
    results: dict[str, tuple[Outcome, ...]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    async def draft(self, bulk: Bulk, lines: Sequence[BulkLine]) -> None:
        self.bulks[bulk.id], self.kept[bulk.id] = bulk, tuple(lines)

    async def get(self, bulk_id: str) -> Bulk | None:
        return self.bulks.get(bulk_id)

    async def lines(self, bulk_id: str) -> tuple[BulkLine, ...]:
        return self.kept[bulk_id]

    async def start(self, bulk_id: str, by: Person, conversation: Conversation) -> BulkSummary:
        self.calls.append("start")
        self.bulks[bulk_id] = start(self.bulks[bulk_id], by, NOW)
        return self._summary(bulk_id)

    async def start_repairs(
        self, bulk: Bulk, repairs: Sequence[tuple[Repair, Sequence[Step]]], conversation: Conversation
    ) -> BulkSummary:
        self.calls.append("start_repairs")
        self.bulks[bulk.id], self.kept[bulk.id] = bulk, ()
        self.repairs += [repair for repair, _ in repairs]
        return self._summary(bulk.id)

    async def stop(self, bulk_id: str, by: Person) -> BulkSummary:
        self.calls.append("stop")
        return self._summary(bulk_id)

    async def again(self, bulk_id: str, by: Person, after: int) -> BulkSummary:
        if self.bulks[bulk_id].round == after:
            self.calls.append("again")
            self.bulks[bulk_id] = begin_again(self.bulks[bulk_id])
        return self._summary(bulk_id)

    async def show(self, bulk_id: str, conversation: Conversation) -> None:
        self.calls.append("show")

    async def summary(self, bulk_id: str) -> BulkSummary | None:
        return self._summary(bulk_id) if bulk_id in self.bulks else None

    async def open_ones(self) -> tuple[BulkSummary, ...]:
        return tuple(self._summary(one.id) for one in self.bulks.values() if one.state is BulkState.RUNNING)

    async def outcomes(self, bulk_id: str) -> tuple[Outcome, ...]:
        return self.results.get(bulk_id, ())

    async def at_work(self, upns: Sequence[str]) -> Mapping[str, str]:
        return self.working

    def _summary(self, bulk_id: str) -> BulkSummary:
        return BulkSummary(self.bulks[bulk_id], {Fate.TO_DO: self.bulks[bulk_id].size})


@dataclass
class FakeFiles:
    """Implements provisioning.bulk_ports.Files. `content` is what any link leads to."""

    content: bytes = b""
    offered: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)
    put_there: list[bytes] = field(default_factory=list)

    async def fetch(self, file: SharedFile, near: Conversation) -> bytes:
        return self.content

    async def put(self, upload: Upload, content: bytes, near: Conversation) -> None:
        self.put_there.append(content)

    async def offer(
        self, name: str, description: str, size: int, answer: Mapping[str, str], conversation: Conversation
    ) -> None:
        self.offered.append((name, answer, conversation.id))

    async def hand_over(self, upload: Upload, conversation: Conversation, consent_id: str) -> None:
        return None

    async def withdraw(self, conversation: Conversation, consent_id: str) -> None:
        return None
