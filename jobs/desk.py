"""Mailroom's records as a process sees them that carries nothing out: the terminal. It writes orders down as rows.

A bot on the same database takes them up, under the lock by which bots share their work; so nothing is done twice,
on SQLite as well, where the engine allows one process.
"""

import asyncio
from dataclasses import dataclass

from jobs.audit import AuditLog
from jobs.bulk import BulkJobs
from jobs.migrations import open_at_head
from jobs.preferences import PreferenceTable
from jobs.presence import anybody_lives
from jobs.records import CaseRecords
from jobs.schedules import ScheduleBook
from jobs.store import CaseStore
from jobs.tables import TokenSource
from provisioning.case import Case, Conversation, Order, Person, touch
from provisioning.placing import Terms
from provisioning.ports import Clock, Directory
from provisioning.repair import Repair

NOBODY = "terminal"  # claims no work


@dataclass(frozen=True)
class Desk:
    """Everything raises DatabaseUnavailable."""

    audit: AuditLog
    clock: Clock
    store: CaseStore
    bulks: BulkJobs
    records: CaseRecords
    preferences: PreferenceTable

    async def has_bot(self) -> bool:
        """Whether somebody is there to carry orders out."""
        return await asyncio.to_thread(anybody_lives, self.audit.engine)

    async def find(self, upn: str) -> Case | None:
        """The newest case for the UPN."""
        return await asyncio.to_thread(self.store.find, upn)

    async def get(self, case_id: str) -> Case | None:
        return await asyncio.to_thread(self.store.get, case_id)

    def schedules(self, directory: Directory, terms: Terms) -> ScheduleBook:
        """Orders for later, which a bot begins."""
        return ScheduleBook(self.store, directory, self.clock, terms, _begin_case, _wake)

    async def claim_credential(self, case_id: str, by: Person) -> bool:
        return await asyncio.to_thread(self.store.claim_credential, case_id, by, self.clock.now())

    async def release_credential(self, case_id: str) -> None:
        now = self.clock.now()
        await asyncio.to_thread(self.store.change, case_id, lambda case: touch(case, now, credential_shown_at=None))


def open_desk(database_url: str, clock: Clock, token: TokenSource | None = None) -> Desk:
    """Over a database that a bot of this version has made: nothing is made or altered here.

    Raises NoDatabase and DatabaseUnavailable.
    """
    engine = open_at_head(database_url, token)
    store = CaseStore(engine, NOBODY)
    return Desk(
        audit=AuditLog(engine, clock),
        clock=clock,
        store=store,
        bulks=BulkJobs(store, _wake, clock, _begin_repair, _wake),
        records=CaseRecords(engine, clock),
        preferences=PreferenceTable(engine),
    )


def _wake() -> None:
    """Nobody is here to be woken: a bot looks every few seconds."""


async def _begin_repair(repair: Repair) -> None:
    raise NotImplementedError(f"repair {repair.id}: no engine runs here")


async def _begin_case(order: Order, requester: Person, conversation: Conversation, case_id: str) -> None:
    raise NotImplementedError(f"case {case_id}: no engine runs here")
