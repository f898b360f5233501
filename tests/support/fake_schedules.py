"""Orders for later in memory, as the handlers see them."""

from dataclasses import dataclass, field

from provisioning.case import Person
from provisioning.scheduled import Scheduled


@dataclass
class FakeSchedules:
    """Implements provisioning.ports.Schedules."""

    rows: dict[str, Scheduled] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    async def add(self, one: Scheduled) -> Scheduled:
        known = self.rows.get(one.id) or await self.find(one.request.upn)
        return known or self.rows.setdefault(one.id, one)

    async def get(self, schedule_id: str) -> Scheduled | None:
        return self.rows.get(schedule_id)

    async def find(self, upn: str) -> Scheduled | None:
        return next((one for one in self.rows.values() if one.request.upn == upn.lower()), None)

    async def waiting(self, limit: int = 20) -> tuple[Scheduled, ...]:
        return tuple(sorted(self.rows.values(), key=lambda one: one.starts_at))[:limit]

    async def drop(self, schedule_id: str, by: Person) -> bool:
        self.dropped.append(by.id)
        return self.rows.pop(schedule_id, None) is not None

    async def begin_now(self, schedule_id: str) -> bool:
        self.begun.append(schedule_id)
        return schedule_id in self.rows
