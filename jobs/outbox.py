"""The outbox: brings every conversation to the state that its message rows ask for.

A message row says "this conversation is owed this card". The courier claims due rows, draws the newest
state (a burst of changes is one update), and notes what was shown. Rows survive a crash, so nothing that
was promised is lost. The Bot Connector has no idempotency key: a kill in the moment between its answer and
our note is the one gap in which a message can come twice.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.rounds import go_round
from jobs.store import change
from jobs.tables import cases, messages, reading, repairs, writing
from provisioning.case import Case, Conversation, Person, Stage, finish
from provisioning.errors import ConversationGone, MessageGone, MessengerUnavailable
from provisioning.ports import Clock, Messenger
from provisioning.repair import Repair

SPACING_SECONDS = 1.0  # between two updates of one card: Teams allows 7 messages a second in a conversation
LEASE_SECONDS = 60.0  # a claimed row that nobody finishes is due again after this
LONGEST_PAUSE_SECONDS = 300.0
AT_ONCE = 8  # conversations served side by side

log = logging.getLogger(__name__)

_case_json = TypeAdapter(Case)
_repair_json = TypeAdapter(Repair)
_conversation_json = TypeAdapter(Conversation)


@dataclass(frozen=True)
class Owed:
    """One due message row with its case or repair as it is now."""

    id: int
    kind: str
    addressee: str  # the conversation's id, or the person's whose 1:1 chat is to be opened
    conversation: Conversation
    activity_id: str
    moved_from: str
    moves: int
    changes: int
    attempts: int
    subject: Case | Repair


class Outbox:
    """The message rows. Synchronous; the courier runs it in a thread."""

    def __init__(self, engine: sa.Engine, process_id: str) -> None:
        self._engine = engine
        self._process_id = process_id

    def claim(self, now: datetime, limit: int = 100) -> list[Owed]:
        """Due rows, oldest first; leased, so that no other process sends them as well."""
        due = sa.select(messages.c.id).where(messages.c.is_due, messages.c.next_try_at <= now.timestamp())
        due = due.order_by(messages.c.id).limit(limit).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            ids = connection.execute(due).scalars().all()
            if not ids:
                return []
            lease = {"next_try_at": now.timestamp() + LEASE_SECONDS, "claimed_by": self._process_id}
            connection.execute(messages.update().where(messages.c.id.in_(ids)).values(**lease))
            # Only now, in a statement of its own: a case read with the lock could be older than the row's `changes`.
            query = (
                sa.select(messages, cases.c.document.label("case"), repairs.c.document.label("repair"))
                .outerjoin(cases, cases.c.id == messages.c.subject_id)
                .outerjoin(repairs, repairs.c.id == messages.c.subject_id)
                .where(messages.c.id.in_(ids))
                .order_by(messages.c.id)
            )
            return [_owed(row) for row in connection.execute(query)]

    def release_claims(self, process_id: str) -> None:
        """What this process had claimed when it was killed is due at once, not after its lease."""
        with writing(self._engine) as connection:
            its = messages.update().where(messages.c.claimed_by == process_id, messages.c.is_due)
            connection.execute(its.values(next_try_at=0.0))

    def next_at(self) -> float | None:
        """Epoch seconds at which the next row is due."""
        with reading(self._engine) as connection:
            return connection.execute(sa.select(sa.func.min(messages.c.next_try_at)).where(messages.c.is_due)).scalar()

    def shown(self, owed: Owed, activity_id: str, now: datetime) -> None:
        """The conversation has seen the row's state as of `owed`; later changes stay due."""
        with writing(self._engine) as connection:
            connection.execute(
                messages.update()
                .where(messages.c.id == owed.id)
                .values(
                    # Asked for further down while this was on its way: what was just posted is the older card.
                    activity_id=sa.case((messages.c.moves == owed.moves, activity_id), else_=""),
                    moved_from=sa.case((messages.c.moves == owed.moves, ""), else_=activity_id),
                    is_due=messages.c.changes > owed.changes,
                    next_try_at=now.timestamp() + SPACING_SECONDS,
                    claimed_by="",
                    attempts=0,
                )
            )
            if owed.kind == "ready":
                change(connection, owed.subject.id, lambda case: _notified(case, now))

    def postpone(self, owed: Owed, seconds: float, now: datetime) -> None:
        self._set(owed, next_try_at=now.timestamp() + seconds, claimed_by="", attempts=owed.attempts + 1)

    def give_up(self, owed: Owed) -> None:
        """The conversation is gone: it is owed nothing more."""
        self._set(owed, is_due=False)

    def opened(self, owed: Owed, conversation: Conversation) -> None:
        """The 1:1 chat is known from now on."""
        self._set(owed, conversation=_conversation_json.dump_json(conversation).decode())

    def _set(self, owed: Owed, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(messages.update().where(messages.c.id == owed.id).values(**values))


class Courier:
    """Delivers what the outbox owes, as soon as it is woken or the next row is due.

    `gone` is called when a conversation was given up.
    """

    def __init__(
        self, outbox: Outbox, messenger: Messenger, clock: Clock, gone: Callable[[], None] = lambda: None
    ) -> None:
        self._outbox = outbox
        self._gone = gone
        self._messenger = messenger
        self._clock = clock
        self._wake = asyncio.Event()
        self._at_work = asyncio.Lock()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        await go_round(self._round, self._wake, log)

    async def rest(self) -> None:
        """Returns once what is on its way was noted as shown, so that a new start does not send it again."""
        await self._at_work.acquire()  # and never released: no other round begins

    async def _round(self) -> float:
        async with self._at_work:
            return await self._deliver_due()

    async def _deliver_due(self) -> float:
        """Answers the seconds until the next message is due."""
        owed = await asyncio.to_thread(self._outbox.claim, self._clock.now())
        by_conversation: dict[str, list[Owed]] = defaultdict(list)
        for item in owed:
            by_conversation[item.addressee].append(item)
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._serve(items, gate) for items in by_conversation.values()))
        due_at = await asyncio.to_thread(self._outbox.next_at)
        if due_at is None:
            return 60.0
        return min(60.0, max(0.05, due_at - self._clock.now().timestamp()))

    async def _serve(self, items: Sequence[Owed], gate: asyncio.Semaphore) -> None:
        """One conversation's messages, in their order."""
        async with gate:
            for owed in items:
                await self._deliver(owed)

    async def _deliver(self, owed: Owed) -> None:
        try:
            activity_id = await self._send(owed)
        except MessengerUnavailable as error:
            pause = error.retry_after or min(LONGEST_PAUSE_SECONDS, 2.0**owed.attempts)
            log.warning("message %s of %s waits %.0f s: %s", owed.id, owed.subject.id, pause, error.sentence)
            await asyncio.to_thread(self._outbox.postpone, owed, pause, self._clock.now())
        except ConversationGone as error:
            log.warning("message %s of %s is dropped: %s", owed.id, owed.subject.id, error.sentence)
            await asyncio.to_thread(self._outbox.give_up, owed)
            self._gone()
        except Exception:
            # One card that cannot be drawn must not stop the other conversations.
            log.exception("message %s of %s could not be sent", owed.id, owed.subject.id)
            await asyncio.to_thread(self._outbox.postpone, owed, LONGEST_PAUSE_SECONDS, self._clock.now())
        else:
            await asyncio.to_thread(self._outbox.shown, owed, activity_id, self._clock.now())

    async def _send(self, owed: Owed) -> str:
        if owed.kind == "ready" and isinstance(owed.subject, Case):
            return await self._messenger.announce_ready(owed.subject, owed.conversation)
        if owed.kind in ("failed", "overdue") and isinstance(owed.subject, Case):
            return await self._messenger.announce_trouble(owed.subject, owed.conversation)
        if owed.kind == "decision" and isinstance(owed.subject, Repair):
            return await self._messenger.announce_decision(owed.subject, owed.conversation)
        if not owed.conversation.id:
            owed = await self._opened(owed)
        try:
            activity_id = await self._show(owed, owed.activity_id)
        except MessageGone:
            activity_id = await self._show(owed, "")
        if owed.moved_from:
            await self._point_down(owed)
        return activity_id

    async def _opened(self, owed: Owed) -> Owed:
        """The same with the 1:1 chat of the person whom it is for."""
        conversation = await self._messenger.open_personal(Person(owed.addressee, ""), owed.conversation)
        await asyncio.to_thread(self._outbox.opened, owed, conversation)
        return replace(owed, conversation=conversation)

    async def _show(self, owed: Owed, activity_id: str) -> str:
        if owed.kind == "approval" and isinstance(owed.subject, Repair):
            return await self._messenger.show_approval(owed.subject, owed.conversation, activity_id)
        if isinstance(owed.subject, Repair):
            return await self._messenger.show_repair(owed.subject, owed.conversation, activity_id)
        return await self._messenger.show_case(owed.subject, owed.conversation, activity_id)

    async def _point_down(self, owed: Owed) -> None:
        try:
            await self._messenger.show_moved(owed.subject, owed.conversation, owed.moved_from)
        except MessageGone:
            log.info("the older card of %s was already gone", owed.subject.id)


def _owed(row: sa.Row[tuple[object, ...]]) -> Owed:
    return Owed(
        id=row.id,
        kind=row.kind,
        addressee=row.conversation_id,
        conversation=_conversation_json.validate_json(row.conversation),
        activity_id=row.activity_id,
        moved_from=row.moved_from,
        moves=row.moves,
        changes=row.changes,
        attempts=row.attempts,
        subject=_repair_json.validate_json(row.repair) if row.repair else _case_json.validate_json(row.case),
    )


def _notified(case: Case, now: datetime) -> Case:
    if case.stage(Stage.NOTIFICATION).ended_at is not None:
        return case
    return finish(case, Stage.NOTIFICATION, "The notification was sent.", now)
