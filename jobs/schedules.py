"""Orders for later: a row each, which a restart does not touch, and a loop that begins those whose time has come.

To begin is to ask the tenant again and to open a case with the row's own id, and only then is the row gone: whoever is
killed between the two begins the same case once more, which is the same case.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.audit import append
from jobs.rounds import go_round
from jobs.store import CaseStore
from jobs.tables import insert_new, reading, schedules, writing
from provisioning.acting import acting_for
from provisioning.audit_records import schedule_dropped, schedule_made
from provisioning.case import Conversation, Order, Person
from provisioning.errors import GraphError, GraphTrace, GraphUnavailable, MailroomError
from provisioning.orders import Complete, Restorable
from provisioning.placing import Terms, planned
from provisioning.ports import Clock, Directory
from provisioning.priority import Priority, as_priority
from provisioning.scheduled import Scheduled, could_not_begin
from provisioning.words import say

LEASE_SECONDS = 60.0  # one that nobody came to the end with is due again after this
LONGEST_PAUSE = 5.0  # another process may add a row
AT_MOST = 20  # a round
PATIENCE = timedelta(hours=1)  # with a Graph that does not answer

FIELDS = {
    "display_name": say("the display name"),
    "usage_location": say("the usage location"),
    "license": say("the license"),
}

log = logging.getLogger(__name__)

_json = TypeAdapter(Scheduled)

Begin = Callable[[Order, Person, Conversation, str], Awaitable[object]]
MayOrder = Callable[[Person], Awaitable[None]]


class ScheduleBook:
    """Implements provisioning.ports.Schedules. `begin` is JobsEngine.start."""

    def __init__(
        self, store: CaseStore, directory: Directory, clock: Clock, terms: Terms, begin: Begin, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._engine = store.engine
        self._directory = directory
        self._clock = clock
        self._terms = terms
        self._begin_case = begin
        self._wake_courier = wake
        self._woken = asyncio.Event()

    async def add(self, one: Scheduled) -> Scheduled:
        kept = await asyncio.to_thread(self._add, one)
        self._woken.set()
        return kept

    async def get(self, schedule_id: str) -> Scheduled | None:
        return await asyncio.to_thread(self._one, schedules.c.id == schedule_id)

    async def find(self, upn: str) -> Scheduled | None:
        return await asyncio.to_thread(self._one, schedules.c.upn == upn.lower())

    async def waiting(self, limit: int = 20) -> tuple[Scheduled, ...]:
        def read() -> list[str]:
            with reading(self._engine) as connection:
                query = sa.select(schedules.c.document).order_by(schedules.c.starts_at).limit(limit)
                return list(connection.execute(query).scalars())

        return tuple(map(_json.validate_json, await asyncio.to_thread(read)))

    async def drop(self, schedule_id: str, by: Person) -> bool:
        def drop() -> bool:
            with writing(self._engine) as connection:
                its = schedules.c.id == schedule_id
                document = connection.execute(sa.select(schedules.c.document).where(its).with_for_update()).scalar()
                if document is None:
                    return False
                connection.execute(schedules.delete().where(its))
                append(connection, schedule_dropped(_json.validate_json(document), by), self._clock.now())
                return True

        return await asyncio.to_thread(drop)

    async def begin_now(self, schedule_id: str) -> bool:
        def hasten() -> bool:
            with writing(self._engine) as connection:
                row = schedules.update().where(schedules.c.id == schedule_id).values(next_try_at=0.0)
                return connection.execute(row).rowcount > 0

        found = await asyncio.to_thread(hasten)
        self._woken.set()
        return found

    async def run(self, may_order: MayOrder) -> None:
        """Until cancelled. `may_order` raises where a person may not order any more."""

        @as_priority(Priority.WORK)
        async def round_of_work() -> float:
            for one in await asyncio.to_thread(self._claim):
                await self._begin(one, may_order)
            due_at = await asyncio.to_thread(self._next_due_at)
            if due_at is None:
                return LONGEST_PAUSE
            return min(LONGEST_PAUSE, max(0.1, due_at - self._clock.now().timestamp()))

        await go_round(round_of_work, self._woken, log)

    async def _begin(self, one: Scheduled, may_order: MayOrder) -> None:
        try:
            await may_order(one.requester)
            with acting_for(one.requester, one.request.upn, one.id):
                made = await planned(one.order_now, self._directory, self._terms)
        except GraphUnavailable as error:
            if self._clock.now() - one.starts_at < PATIENCE:
                log.warning("schedule %s waits: %s", one.id, error.sentence)
                return None  # the row is due again after its lease
            return await self._say_no(one, error.sentence, error.trace)
        except MailroomError as error:
            trace = error.trace if isinstance(error, GraphError) else GraphTrace()
            return await self._say_no(one, error.sentence, trace)
        if isinstance(made, Complete):
            await self._begin_case(made.order, one.requester, one.conversation, one.id)
            await asyncio.to_thread(self._remove, one.id)
            return None
        if isinstance(made, Restorable):
            sentence = say(
                "Not begun: {upn} is in the recycle bin now, and nobody said whether to restore the account. "
                "Try again asks for it.",
                upn=one.request.upn,
            )
        else:
            sentence = _lacks(one.request.upn, *(FIELDS[field] for field in made.missing))
        return await self._say_no(one, sentence, GraphTrace())

    async def _say_no(self, one: Scheduled, sentence: str, trace: GraphTrace) -> None:
        case = could_not_begin(one, sentence, trace, self._clock.now())
        await asyncio.to_thread(self._store.open, case, one.conversation)
        await asyncio.to_thread(self._remove, one.id)
        self._wake_courier()

    def _add(self, one: Scheduled) -> Scheduled:
        row = {
            "id": one.id,
            "upn": one.request.upn.lower(),
            "starts_at": one.starts_at.timestamp(),
            "next_try_at": one.starts_at.timestamp(),
            "document": _json.dump_json(one).decode(),
        }
        same = sa.or_(schedules.c.id == one.id, schedules.c.upn == row["upn"])
        with writing(self._engine) as connection:
            while True:  # another process may have added one, or begun it before we look
                if insert_new(connection, schedules, **row):
                    append(connection, schedule_made(one), one.created_at)
                    return one
                known = connection.execute(sa.select(schedules.c.document).where(same).limit(1)).scalar()
                if known:
                    return _json.validate_json(known)

    def _one(self, condition: sa.ColumnElement[bool]) -> Scheduled | None:
        with reading(self._engine) as connection:
            document = connection.execute(sa.select(schedules.c.document).where(condition)).scalar()
        return _json.validate_json(document) if document else None

    def _claim(self) -> list[Scheduled]:
        """Due rows; they are not due again for the lease, whoever asks."""
        now = self._clock.now().timestamp()
        query = sa.select(schedules.c.id, schedules.c.document).where(schedules.c.next_try_at <= now)
        with writing(self._engine) as connection:
            query = query.order_by(schedules.c.next_try_at).limit(AT_MOST).with_for_update(skip_locked=True)
            rows = connection.execute(query).all()
            if rows:
                leased = schedules.c.id.in_([schedule_id for schedule_id, _ in rows])
                connection.execute(schedules.update().where(leased).values(next_try_at=now + LEASE_SECONDS))
            return [_json.validate_json(document) for _, document in rows]

    def _next_due_at(self) -> float | None:
        with reading(self._engine) as connection:
            return connection.execute(sa.select(sa.func.min(schedules.c.next_try_at))).scalar()

    def _remove(self, schedule_id: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(schedules.delete().where(schedules.c.id == schedule_id))


def _lacks(upn: str, first: str, second: str = "", third: str = "") -> str:
    if third:
        return say(
            "Not begun: {upn} now lacks {first} and {second} and {third}. Try again asks for it.",
            upn=upn,
            first=first,
            second=second,
            third=third,
        )
    if second:
        return say(
            "Not begun: {upn} now lacks {first} and {second}. Try again asks for it.",
            upn=upn,
            first=first,
            second=second,
        )
    return say("Not begun: {upn} now lacks {first}. Try again asks for it.", upn=upn, first=first)
