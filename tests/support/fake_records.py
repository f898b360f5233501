"""Lists and figures over the fake jobs, and preferences in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from support.fake_jobs import FakeJobs

from provisioning import figures
from provisioning.figures import Estimate, Report, Took
from provisioning.listing import PAGE, CaseLine, CasePage, Wanted, line_of

NO_SEATS = "C12"


@dataclass
class FakeRecords:
    """Implements provisioning.ports.Records. `took` may be filled by a test; `asked` is what lists were wanted."""

    jobs: FakeJobs
    took: list[Took] = field(default_factory=list)
    asked: list[Wanted] = field(default_factory=list)

    async def estimate(self, license: str, began_at: datetime) -> Estimate:  # noqa: A002
        return figures.estimate(self.took, license, began_at)

    async def report(self, weeks: int) -> Report:
        return figures.report(self.took, self.jobs.clock.now(), weeks)

    async def cases(self, wanted: Wanted, number: int = 0) -> CasePage:
        self.asked.append(wanted)
        every = [line_of(case) for case in self.jobs.cases.values()]
        lines = [line for line in every if _fits(line, wanted)]
        counts: dict[str, int] = {"open": sum(case.is_open for case in self.jobs.cases.values())}
        for line in every:
            counts[line.state.value] = counts.get(line.state.value, 0) + 1
        shown = lines[number * PAGE : (number + 1) * PAGE]
        return CasePage(tuple(shown), len(lines), number, tuple(counts.items()))

    async def waiting_for_seats(self) -> tuple[CaseLine, ...]:
        lines = [line_of(case) for case in self.jobs.cases.values()]
        return tuple(line for line in lines if line.cause == NO_SEATS)


@dataclass
class FakePreferences:
    """Implements provisioning.ports.Preferences."""

    kept: dict[str, str] = field(default_factory=dict)

    async def get(self, name: str) -> str:
        return self.kept.get(name, "")

    async def set(self, name: str, value: str) -> None:
        self.kept[name] = value


def _fits(line: CaseLine, wanted: Wanted) -> bool:
    return (
        (not wanted.states or line.state in wanted.states)
        and (wanted.stage is None or line.stage is wanted.stage)
        and (not wanted.asker_id or line.asker_id == wanted.asker_id.lower())
        and wanted.asker.lower() in line.asker_name.lower()
    )
