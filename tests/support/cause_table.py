"""Everybody in trouble in the sandbox, seen and treated by Mailroom itself: over real HTTP, with a clock of its own."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol
from unittest.mock import patch

import aiohttp
from support.sandbox_app import Sandbox, running_sandbox

from bot.resync import WebhookResync
from graph.client import GraphClient, open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.pacing import Pacer
from jobs import repairing
from jobs.audit import AuditLog, open_audit
from jobs.local import LocalRepairs
from provisioning import fixes
from provisioning.case import Order, Person
from provisioning.diagnosis import Diagnosis, diagnose
from provisioning.directory import Snapshot
from provisioning.errors import BadOrder, GraphError, GraphTrace, ObjectConflict
from provisioning.fixes.steps import FixPlan
from provisioning.recipients import Attempt, Operation
from provisioning.repair import Repair, RepairStep
from sandbox.causes import by_id

HOUR = 3600.0
OPERATOR = Person("table", "the table")
LOCATION = "IT"  # where everything is sold
PASSWORD = "Orange-Kettle-42-Harbour"


@dataclass(frozen=True)
class Situation:
    """One entry of `python -m sandbox --list --json`."""

    scenario: str
    user: str
    causes: tuple[str, ...]
    cured_by: tuple[str, ...]
    live: bool
    aspects: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    looks_like: tuple[str, ...] = ()
    shows_after: str = ""
    tenant_wide: bool = False

    @property
    def is_hidden(self) -> bool:
        """Graph never shows anything of it."""
        return not (self.live or self.shows_after or self.tenant_wide)

    @property
    def allowed(self) -> frozenset[str]:
        """What may be named: the causes, and those that nothing in Graph tells from them."""
        return frozenset((*self.causes, *self.looks_like))

    @property
    def names(self) -> tuple[str, ...]:
        """What the sandbox is started with."""
        return ("default",) if self.live else ("default", self.scenario)


@dataclass(frozen=True)
class Look:
    """What one diagnosis said, and what it cost."""

    snapshot: Snapshot
    diagnosis: Diagnosis
    round_trips: int

    @property
    def who(self) -> str:
        """The object id where there is one, since some fixes change names."""
        return self.snapshot.account.id if self.snapshot.account else self.diagnosis.user

    @property
    def named(self) -> list[str]:
        return [finding.cause for finding in self.diagnosis.findings]


class SomeClock(Protocol):
    def now(self) -> datetime: ...

    def advance(self, seconds: float) -> None: ...


def situations() -> tuple[Situation, ...]:
    """As the command prints them."""
    return tuple(situation(entry) for entry in json.loads(json.dumps([cause.as_json() for cause in by_id()])))


def situation(entry: dict[str, Any]) -> Situation:
    lists = {name: tuple(entry[name]) for name in ("causes", "cured_by", "looks_like", "aspects")}
    ways = tuple(tuple(way) for way in entry["alternatives"])
    plain = {name: entry[name] for name in ("scenario", "user", "live", "shows_after", "tenant_wide")}
    return Situation(**plain, **lists, alternatives=ways)


class Clinic:
    """A sandbox, and Mailroom's directory, checks, planners and repairs in front of it."""

    def __init__(
        self, sandbox: Sandbox, client: GraphClient, resync: WebhookResync, folder: Path, audit: AuditLog
    ) -> None:
        self.sandbox = sandbox
        self._client = client
        self._resync = resync
        self._folder = folder
        self._audit = audit
        self._numbers = count(1)
        self.directory = self._new_directory()

    def _new_directory(self) -> GraphDirectory:
        """It keeps the service health for a minute of the sandbox's clock, so each tenant gets a new one."""
        return GraphDirectory(self._client, clock=lambda: self.sandbox.clock.now().timestamp())

    @property
    def requests(self) -> int:
        """Sent so far, those within a batch counted one by one."""
        return self._client.traffic.requests

    async def admit(self, *names: str) -> None:
        """A fresh tenant with these scenarios."""
        await self.sandbox.control("POST", "reset", {"scenario": ",".join(names)})
        self.directory = self._new_directory()

    async def look(self, user: str, *attempts: Attempt) -> Look:
        before = self._client.traffic.round_trips
        snapshot = replace(await self.directory.take_snapshot(user), attempts=attempts)
        return Look(snapshot, diagnose(snapshot), self._client.traffic.round_trips - before)

    async def look_at(self, one: Situation) -> Look:
        """With what a case would have tried before, where that is what shows it."""
        return await self.look(one.user, *(await self._tried(one)))

    async def rest(self, hours: float) -> None:
        await self.sandbox.control("POST", "clock", {"advance_seconds": hours * HOUR})

    async def cure(self, one: Situation, who: str, cause: str) -> list[Repair]:
        """The documented fixes in their order: by Mailroom where it can, else by hand."""
        repairs = []
        for fix_id in one.cured_by:
            if fix_id in fixes.PLANNERS:
                repairs.append(await self.treat(fix_id, who, cause))
            else:
                await self.by_hand(fix_id, who)
            await self.rest(2)
        return repairs

    async def by_hand(self, fix_id: str, user: str) -> None:
        """What a person does with the commands, the purchase or the call that the fix describes."""
        await self.sandbox.control("POST", "fixes", {"fix": fix_id, "user": user})

    async def treat(self, fix_id: str, user: str, cause: str) -> Repair:
        """Mailroom's own fix, to its own verdict. Raises BadOrder where it cannot help this user."""
        snapshot = (await self.look(user)).snapshot
        plan = answered(fix_id, snapshot)
        repair = Repair(
            id=f"repair-{next(self._numbers)}",
            user=snapshot.account.upn if snapshot.account else user,
            fix_id=fix_id,
            title=fixes.fix(fix_id, snapshot).title,
            cause=cause,
            requester=OPERATOR,
            created_at=self.sandbox.clock.now(),
            steps=tuple(RepairStep(step.says) for step in plan.steps),
        )
        repairs = LocalRepairs(self._folder, self.directory, self.sandbox.clock, self._resync, self._audit)
        with simulated_pauses(self.sandbox.clock):
            return await repairs.carry_out(repair, plan.steps)

    async def add_together(self, user: str, *scenarios: str) -> None:
        """One more person, with all these troubles."""
        await self.sandbox.control("POST", "causes", {"user": user, "scenarios": list(scenarios)})

    async def add_fleet(self, size: int) -> list[str]:
        made = await self.sandbox.control("POST", "fleet", {"count": size})
        return [user["userPrincipalName"] for user in made["users"]]

    async def look_at_all(self, users: list[str], at_once: int = 16) -> list[Look]:
        """Several at a time; each is said to have cost what all did on average."""
        turns = asyncio.Semaphore(at_once)

        async def one(user: str) -> Look:
            async with turns:
                return await self.look(user)

        before = self._client.traffic.round_trips
        looks = await asyncio.gather(*(one(user) for user in users))
        average = math.ceil((self._client.traffic.round_trips - before) / max(1, len(users)))
        return [replace(look, round_trips=average) for look in looks]

    async def _tried(self, one: Situation) -> tuple[Attempt, ...]:
        now = self.sandbox.clock.now()
        match one.shows_after:
            case "POST /users":
                making = self.directory.create_account(Order(one.user, "Somebody New", LOCATION), PASSWORD)
                return (await _refused(Operation.CREATE, making, now),)
            case "PATCH /users/{id}":
                changing = self.directory.update_account(one.user, {"mailNickname": one.user.partition("@")[0]})
                return (await _refused(Operation.UPDATE, changing, now),)
            case "POST /users/{id}/sendMail":
                reply = await self.sandbox.post(f"/users/{one.user}/sendMail", {"message": {"subject": "Welcome"}})
                return (Attempt(Operation.FOLLOW_UP, now, GraphTrace(reply.status, reply.code, reply.message)),)
        return ()


@asynccontextmanager
async def open_clinic(folder: Path) -> AsyncIterator[Clinic]:
    """`folder` keeps the records of the repairs."""
    # No limits: a thousand diagnoses a minute, where the audit log answers five requests in ten seconds.
    async with running_sandbox(limits=False) as sandbox, aiohttp.ClientSession() as session:
        origin = str(sandbox.client.make_url("/")).rstrip("/")
        resync = WebhookResync(session, f"{origin}/sandbox/onprem/sync-webhook?token=table")
        audit = open_audit(f"sqlite:///{folder / 'audit.db'}", sandbox.clock)
        with closing(audit):
            async with open_client(f"{origin}/v1.0", StaticCredential(), pacer=Pacer({})) as client:
                yield Clinic(sandbox, client, resync, folder, audit)


def answered(fix_id: str, snapshot: Snapshot) -> FixPlan:
    """The plan with each suggestion taken; a country is never suggested."""
    choice: dict[str, str] = {}
    plan = fixes.plan(fix_id, snapshot, choice)
    while plan.asks:
        ask = plan.asks[0]
        if ask.name in choice:
            raise BadOrder(f"{fix_id} asks for {ask.name} again.")
        choice[ask.name] = LOCATION if ask.name == "usage_location" else ask.suggested
        plan = fixes.plan(fix_id, snapshot, choice)
    return plan


def simulated_pauses(clock: SomeClock) -> Any:
    """Repairs pause by moving the sandbox's clock, so that nobody waits."""

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    return patch.object(repairing, "asyncio", SimpleNamespace(sleep=sleep, to_thread=asyncio.to_thread))


async def _refused(operation: Operation, write: Any, at: datetime) -> Attempt:
    try:
        await write
    except ObjectConflict as conflict:
        return Attempt(operation, at, conflict.trace, conflict.target)
    except GraphError as error:
        return Attempt(operation, at, error.trace)
    raise AssertionError(f"{operation} was not refused")
