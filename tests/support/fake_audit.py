"""The audit trail in memory, with the same chain."""

from dataclasses import dataclass, field

from support.fake_jobs import FixedClock

from provisioning.audit import GENESIS, AuditEntry, AuditRecord, entry_of


@dataclass
class FakeAudit:
    """Implements provisioning.ports.Audit. `failure` is raised by the next records."""

    entries: list[AuditEntry] = field(default_factory=list)
    clock: FixedClock = field(default_factory=FixedClock)
    failure: Exception | None = None

    async def record(self, record: AuditRecord) -> None:
        if self.failure is not None:
            raise self.failure
        previous = self.entries[-1].hash if self.entries else GENESIS
        self.entries.append(entry_of(record, len(self.entries) + 1, self.clock.now(), previous))

    async def history(self, subject: str, limit: int = 20) -> tuple[AuditEntry, ...]:
        return tuple(self._about(subject)[:limit])

    async def count(self, subject: str) -> int:
        return len(self._about(subject))

    def sentences(self) -> list[str]:
        return [entry.sentence for entry in self.entries]

    def _about(self, subject: str) -> list[AuditEntry]:
        return [entry for entry in reversed(self.entries) if entry.subject == subject.lower()]
