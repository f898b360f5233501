"""The outbox: the rows that say "this conversation is owed this card", and who sends which of them next.

One row a conversation is claimed at a time, drawn in its newest state (a burst of changes is one update): new messages
first, in their order, then the card that was updated longest ago. So a conversation that is slow, throttled or owed a
thousand cards holds up no other. Rows survive a crash, so nothing that was promised is lost. jobs/courier.py sends.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs import bulk_store
from jobs.conversations import (
    FARTHEST_SECONDS,
    GONE,
    all_gone,
    end_pause,
    mark_gone,
    next_end_of_pause,
    pause,
    reopen,
    shut,
)
from jobs.messages import owe_in_person
from jobs.store import change
from jobs.tables import cases, conversations, has_come, incidents, messages, reading, repairs, writing
from provisioning.bulk import BulkSummary
from provisioning.case import Case, Conversation, Stage, enter, finish
from provisioning.incidents import Incident
from provisioning.repair import Repair
from provisioning.words import say

SPACING_SECONDS = 1.0  # between two updates of one card
BULK_SPACING_SECONDS = 3.0  # of a card that changes for an hour: Teams allows 1,800 messages an hour
LEASE_SECONDS = 60.0  # a claimed row that nobody finishes is due again after this; longer than any call to Teams takes
LOCK = 0x4F757462  # "Outb": PostgreSQL's advisory lock of who claims, so that a conversation is served by one process
# Kinds that are not to wait until a conversation that is gone is back.
NOT_LATER = ("ready", "decision", "approval", "bulk-ended")
UNTOLD_DAYS = 7
A_DAY = 86_400.0  # seconds: no quiet hours are longer

_case_json = TypeAdapter(Case)
_repair_json = TypeAdapter(Repair)
_incident_json = TypeAdapter(Incident)
_conversation_json = TypeAdapter(Conversation)


Subject = Case | Repair | BulkSummary | Incident


@dataclass(frozen=True)
class Owed:
    """One due message row with its case, repair, bulk or incident as it is now."""

    id: int
    kind: str
    addressee: str  # the conversation's id, or the person's whose 1:1 chat is to be opened
    conversation: Conversation
    activity_id: str
    moved_from: str
    moves: int
    changes: int
    shown_changes: int
    attempts: int  # in vain in this conversation, one after another
    subject: Subject

    @property
    def is_new(self) -> bool:
        """A message that somebody waits for, not a card that is brought up to date."""
        return not self.activity_id


class Outbox:
    """The message rows. Synchronous; the courier runs it in a thread."""

    def __init__(self, engine: sa.Engine, process_id: str) -> None:
        self._engine = engine
        self._process_id = process_id
        self.gone: frozenset[str] = frozenset()  # conversations, as of the last look
        self._looking = threading.Lock()  # so that an older look never replaces a newer one

    def claim(self, now: datetime, limit: int, served: Collection[str] = ()) -> list[Owed]:
        """The next row of each conversation; leased, so that nobody else serves the same conversation meanwhile.

        `served` are those in which this process is at work: a clock that is put ahead ends a lease, not the work.
        """
        at = now.timestamp()
        self._look_who_is_gone()
        with writing(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            due = sa.select(messages.c.id).where(messages.c.id.in_(_first_of_each(at, limit, served)), _is_due(at))
            ids = connection.execute(due.with_for_update(skip_locked=True)).scalars().all()
            if not ids:
                return []
            lease = {"next_try_at": at + LEASE_SECONDS, "claimed_by": self._process_id}
            connection.execute(messages.update().where(messages.c.id.in_(ids)).values(**lease))
            # Only now, in a statement of its own: a case read with the lock could be older than the row's `changes`.
            return _read(connection, messages.c.id.in_(ids))

    def release_claims(self, process_id: str) -> None:
        """What this process had claimed when it was killed is due at once, not after its lease."""
        with writing(self._engine) as connection:
            its = messages.update().where(messages.c.claimed_by == process_id, messages.c.is_due)
            connection.execute(its.values(next_try_at=0.0))

    def next_at(self, now: datetime) -> float | None:
        """Epoch seconds at which something more comes due by itself after `now`."""
        at = now.timestamp()
        later = sa.select(sa.func.min(messages.c.next_try_at)).where(messages.c.is_due, messages.c.next_try_at > at)
        with reading(self._engine) as connection:
            times = [connection.execute(later).scalar(), next_end_of_pause(connection, at)]
        return min((time for time in times if time is not None), default=None)

    def pointed(self, owed: Owed) -> None:
        """The older card points down."""
        with writing(self._engine) as connection:
            same = (messages.c.id == owed.id) & (messages.c.moved_from == owed.moved_from)
            connection.execute(messages.update().where(same).values(moved_from=""))

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
                    due_since=now.timestamp(),
                    shown_changes=owed.changes,
                    next_try_at=now.timestamp() + _spacing(owed.kind),
                    claimed_by="",
                )
            )
            if owed.attempts:
                end_pause(connection, owed.addressee)
            if owed.kind == "ready":
                change(connection, owed.subject.id, lambda case: _notified(case, now))

    def postpone(self, owed: Owed, seconds: float, now: datetime) -> None:
        """Teams takes nothing there for so long: later messages wait behind this one."""
        with writing(self._engine) as connection:
            _set(connection, owed, next_try_at=0.0, claimed_by="")
            pause(connection, owed.addressee, now.timestamp() + min(seconds, FARTHEST_SECONDS))

    def set_aside(self, owed: Owed, seconds: float, now: datetime) -> None:
        """Only this row waits: what is wrong with it is not the conversation's fault."""
        with writing(self._engine) as connection:
            _set(connection, owed, next_try_at=now.timestamp() + seconds, claimed_by="")

    def drop(self, owed: Owed, now: datetime) -> None:
        """Teams does not take this state of the row; a later one is tried."""
        with writing(self._engine) as connection:
            is_due = messages.c.changes > owed.changes
            _set(connection, owed, is_due=is_due, next_try_at=now.timestamp() + SPACING_SECONDS, claimed_by="")

    def give_up(self, owed: Owed, why: str, now: datetime) -> None:
        """The conversation is gone until somebody speaks there. Who was to be notified there is told in person."""
        with writing(self._engine) as connection:
            _set(connection, owed, next_try_at=0.0, claimed_by="")
            mark_gone(connection, owed.addressee, why, now.timestamp())
            here = messages.c.is_due & (messages.c.conversation_id == owed.addressee)
            for lost in _read(connection, here & messages.c.kind.in_(NOT_LATER)):
                _find_another_way(connection, lost, why, now)
        self._look_who_is_gone()

    def reopen(self, ids: Collection[str]) -> None:
        """Somebody spoke in these conversations."""
        with writing(self._engine) as connection:
            reopen(connection, ids)
        self._look_who_is_gone()

    def untold(self, now: datetime, limit: int) -> list[Case]:
        """Cases that are ready and nobody could be told, newest first."""
        untold = sa.select(messages.c.subject_id).where(
            messages.c.kind == "ready", messages.c.is_due, messages.c.conversation_id.in_(GONE)
        )
        since = (now - timedelta(days=UNTOLD_DAYS)).timestamp()
        query = sa.select(cases.c.document).where(cases.c.id.in_(untold), cases.c.created_at > since)
        with reading(self._engine) as connection:
            documents = connection.execute(query.order_by(cases.c.created_at.desc()).limit(limit)).scalars().all()
        return [_case_json.validate_json(document) for document in documents]

    def opened(self, owed: Owed, conversation: Conversation) -> bool:
        """The 1:1 chat is known from now on. True where it is owed, or has seen, the same by another row."""
        same = (messages.c.subject_id == owed.subject.id) & (messages.c.kind == owed.kind)
        other = sa.select(messages.c.id).where(same, messages.c.conversation_id == conversation.id)
        with writing(self._engine) as connection:
            _set(connection, owed, conversation=_conversation_json.dump_json(conversation).decode())
            return connection.execute(other).scalar() is not None

    def _look_who_is_gone(self) -> None:
        with self._looking, reading(self._engine) as connection:
            self.gone = all_gone(connection)


def _is_due(at: float) -> sa.ColumnElement[bool]:
    is_held = ~has_come(messages.c.held_until, at, A_DAY)
    return messages.c.is_due & has_come(messages.c.next_try_at, at, FARTHEST_SECONDS) & ~is_held


def _first_of_each(at: float, limit: int, served: Collection[str]) -> sa.Select[tuple[int]]:
    """Ids of the rows to send next, one of each conversation in which one may speak and nobody is speaking."""
    is_leased = (messages.c.claimed_by != "") & messages.c.is_due & ~_is_due(at)
    leased = sa.select(messages.c.conversation_id).where(is_leased)
    is_update = (messages.c.activity_id != "").label("is_update")
    order = (is_update, messages.c.next_try_at, messages.c.id)
    place = sa.func.row_number().over(partition_by=messages.c.conversation_id, order_by=order)
    here = messages.c.conversation_id
    may_go = here.not_in(leased) & here.not_in(shut(at)) & here.not_in(served)
    ranked = sa.select(*order, place.label("place")).where(_is_due(at), may_go).subquery()
    first = sa.select(ranked.c.id).where(ranked.c.place == 1)
    return first.order_by(ranked.c.is_update, ranked.c.next_try_at, ranked.c.id).limit(limit)


def _read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Owed]:
    query = (
        sa.select(
            messages,
            cases.c.document.label("case"),
            repairs.c.document.label("repair"),
            incidents.c.document.label("incident"),
            sa.func.coalesce(conversations.c.attempts, 0).label("in_vain"),
        )
        .outerjoin(cases, cases.c.id == messages.c.subject_id)
        .outerjoin(repairs, repairs.c.id == messages.c.subject_id)
        .outerjoin(incidents, incidents.c.id == messages.c.subject_id)
        .outerjoin(conversations, conversations.c.id == messages.c.conversation_id)
        .where(which)
        .order_by(messages.c.id)
    )
    return [_owed(row, _subject(connection, row)) for row in connection.execute(query).all()]


def _find_another_way(connection: sa.Connection, lost: Owed, why: str, now: datetime) -> None:
    """For what a conversation that is gone was to be told: whoever ordered it is told in person, if that is left."""
    if lost.kind == "approval" or not lost.conversation.is_personal:
        _set(connection, lost, is_due=False)
    if lost.kind == "approval" or isinstance(lost.subject, Incident):  # of an approval its requester hears
        return
    if not lost.conversation.is_personal:
        owe_in_person(connection, lost.subject.id, lost.kind, lost.subject.requester.id, lost.conversation)
    elif isinstance(lost.subject, Case):
        note = say("Nobody could be told: {why}", why=why)
        change(connection, lost.subject.id, lambda case: enter(case, Stage.NOTIFICATION, note, now))


def _set(connection: sa.Connection, owed: Owed, **values: object) -> None:
    connection.execute(messages.update().where(messages.c.id == owed.id).values(**values))


def _spacing(kind: str) -> float:
    return BULK_SPACING_SECONDS if kind == "bulk" else SPACING_SECONDS


def _subject(connection: sa.Connection, row: sa.Row[Any]) -> Subject:
    if row.repair:
        return _repair_json.validate_json(row.repair)
    if row.case:
        return _case_json.validate_json(row.case)
    if row.incident:
        return _incident_json.validate_json(row.incident)
    found = bulk_store.summary(connection, row.subject_id)
    if found is None:
        raise KeyError(row.subject_id)
    return found


def _owed(row: sa.Row[Any], subject: Subject) -> Owed:
    return Owed(
        id=row.id,
        kind=row.kind,
        addressee=row.conversation_id,
        conversation=_conversation_json.validate_json(row.conversation),
        activity_id=row.activity_id,
        moved_from=row.moved_from,
        moves=row.moves,
        changes=row.changes,
        shown_changes=row.shown_changes,
        attempts=row.in_vain,
        subject=subject,
    )


def _notified(case: Case, now: datetime) -> Case:
    if case.stage(Stage.NOTIFICATION).ended_at is not None:
        return case
    return finish(case, Stage.NOTIFICATION, say("The notification was sent."), now)
