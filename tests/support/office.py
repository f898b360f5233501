"""One job engine over one database, with everything around it in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from support.fake_directory import E3, FakeDirectory
from support.fake_messenger import FakeMessenger

from jobs.audit import open_audit
from jobs.engine import JobsEngine, open_jobs
from jobs.tables import TokenSource
from provisioning.case import Case, CaseState, Conversation, Order, Person
from provisioning.errors import NotAllowed
from provisioning.keeping import Keep
from provisioning.placing import Terms
from provisioning.tally import NOBODY, Tally

T = TypeVar("T")
HELGA = Person("helga", "Helga Desk")
CHAT = Conversation("a:helga", "personal", "http://127.0.0.1:1/")
GROUP = Conversation("19:group", "groupChat", "http://127.0.0.1:1/")
JANE = Order("jane@contoso.com", "Jane Doe", "US", license=E3.id, license_name="Microsoft 365 E3", department="Sales")


class ShiftedClock:
    """Now, or later than now."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Office:
    """One engine over one database, which can be closed and opened again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.directory = FakeDirectory()
        self.messenger = FakeMessenger()
        self.clock = ShiftedClock()
        self.mail_sender = ""
        self.terms = Terms()
        self.keep = Keep()  # for ever
        self.refused: set[str] = set()  # who may not order any more
        self.jobs: JobsEngine

    async def open(self, tally: Tally = NOBODY, token: TokenSource | None = None) -> None:
        audit = open_audit(self.url, self.clock, token=token)
        await asyncio.to_thread(audit.prepare)
        ports = (self.directory, self.messenger, self.clock)
        more = {"mail_sender": self.mail_sender, "terms": self.terms, "audit": audit, "keep": self.keep}
        self.jobs = await open_jobs(self.url, *ports, poll_seconds=0.05, tally=tally, **more)
        self.jobs.watch_schedules(self._may_order)

    async def _may_order(self, person: Person) -> None:
        if person.id in self.refused:
            raise NotAllowed("You need to be an operator to do this.")

    async def until(self, case: Case, is_so: Callable[[Case], bool]) -> Case:
        async def look() -> Case | None:
            current = await self.jobs.get(case.id)
            assert current is not None
            return current if is_so(current) else None

        return await eventually(look)

    async def until_state(self, case: Case, state: CaseState) -> Case:
        return await self.until(case, lambda current: current.state is state)


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T:
    async with asyncio.timeout(30):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(0.02)
