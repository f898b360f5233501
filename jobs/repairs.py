"""Repairs in the database. Plain synchronous functions; callers run them in a thread."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs import plans
from jobs.audit import append
from jobs.conversations import GONE
from jobs.messages import add_message, mark_due, owe_decision, owe_in_person, show_live
from jobs.tables import AFTER_COMMIT, insert_new, messages, reading, repairs, writing
from provisioning.audit import AuditRecord
from provisioning.audit_records import approval_asked, decided, repair_asked, repair_ended
from provisioning.case import Conversation
from provisioning.fixes.steps import Step
from provisioning.repair import Repair, RepairState
from provisioning.tally import NOBODY, Tally

# What comes of a request without the requester's doing, and is no surprise a moment later, gets a message of its own.
TOLD = frozenset({RepairState.RUNNING, RepairState.DECLINED, RepairState.EXPIRED})

_repair_json = TypeAdapter(Repair)


class RepairStore:
    """The repairs, the exact writes of each, and which conversation sees it."""

    def __init__(self, engine: sa.Engine, tally: Tally = NOBODY) -> None:
        self._engine = engine
        self._tally = tally

    def open(self, repair: Repair, steps: Sequence[Step], conversation: Conversation) -> Repair:
        """Store it with its card, and the cards of those who are to approve it.

        The same id again (a double click), or another one that is open for the same person, is answered instead.
        """
        with writing(self._engine) as connection:
            open_one = _open_one(connection, repair.user)
            if open_one is not None and open_one.id != repair.id:
                return open_one
            values = {"id": repair.id, "user": repair.user.lower(), "created_at": repair.created_at.timestamp()}
            if not insert_new(connection, repairs, **values, steps=plans.dump(steps), **_row(repair)):
                existing = sa.select(repairs.c.document).where(repairs.c.id == repair.id)
                return _repair_json.validate_json(connection.execute(existing).scalar_one())
            show_live(connection, repair.id, conversation, kind="repair")
            _owe_approval(connection, repair, conversation)
            _write_down(connection, [repair_asked(repair), approval_asked(repair)], repair.created_at)
            return repair

    def get(self, repair_id: str) -> Repair | None:
        with reading(self._engine) as connection:
            document = connection.execute(sa.select(repairs.c.document).where(repairs.c.id == repair_id)).scalar()
        return _repair_json.validate_json(document) if document else None

    def steps(self, repair_id: str) -> tuple[Step, ...]:
        with reading(self._engine) as connection:
            document = connection.execute(sa.select(repairs.c.steps).where(repairs.c.id == repair_id)).scalar_one()
        return plans.load(document)

    def of(self, user: str, limit: int = 20) -> tuple[Repair, ...]:
        """Newest first."""
        query = sa.select(repairs.c.document).where(repairs.c.user == user.lower())
        with reading(self._engine) as connection:
            documents = connection.execute(query.order_by(repairs.c.created_at.desc()).limit(limit)).scalars().all()
        return tuple(_repair_json.validate_json(document) for document in documents)

    def running(self) -> list[str]:
        """Ids of the repairs that a workflow should be at work on."""
        query = sa.select(repairs.c.id).where(repairs.c.state == RepairState.RUNNING)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def awaiting(self) -> list[Repair]:
        """Those that wait for a second person."""
        query = sa.select(repairs.c.document).where(repairs.c.state == RepairState.AWAITING)
        with reading(self._engine) as connection:
            return [_repair_json.validate_json(document) for document in connection.execute(query).scalars()]

    def is_unreached(self, repair_id: str) -> bool:
        """Nobody was shown the card that asks for approval, and nobody will be."""
        asked = (messages.c.subject_id == repair_id) & (messages.c.kind == "approval")
        will_be_shown = messages.c.is_due & messages.c.conversation_id.not_in(GONE)
        hopeful = sa.select(messages.c.id).where(asked, will_be_shown | (messages.c.activity_id != ""))
        with reading(self._engine) as connection:
            return connection.execute(hopeful.limit(1)).scalar() is None

    def change(self, repair_id: str, transition: Callable[[Repair], Repair]) -> Repair:
        """Apply `transition` and have the cards redrawn. Raises KeyError for an unknown repair."""
        with writing(self._engine) as connection:
            query = sa.select(repairs.c.document).where(repairs.c.id == repair_id).with_for_update()
            document = connection.execute(query).scalar()
            if document is None:
                raise KeyError(repair_id)
            before = _repair_json.validate_json(document)
            after = transition(before)
            if after is before:
                return before
            connection.execute(repairs.update().where(repairs.c.id == repair_id).values(**_row(after)))
            mark_due(connection, [repair_id], "repair")
            if after.state is not before.state:
                _tell(connection, before, after)
                if not after.is_open:
                    count = partial(self._tally.repair_ended, after.fix_id, after.state.value)
                    connection.info[AFTER_COMMIT].append(count)
            _write_down(connection, [decided(before, after), repair_ended(before, after)], _moment(after))
            return after


def _open_one(connection: sa.Connection, user: str) -> Repair | None:
    """One at a time for a person, also when several processes begin one at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(user.lower()))))
    is_open = repairs.c.state.in_([RepairState.RUNNING, RepairState.AWAITING])
    query = sa.select(repairs.c.document).where(repairs.c.user == user.lower(), is_open)
    document = connection.execute(query.limit(1)).scalar()
    return _repair_json.validate_json(document) if document else None


def _owe_approval(connection: sa.Connection, repair: Repair, near: Conversation) -> None:
    if repair.approval is None:
        return
    if repair.approval.place:
        add_message(connection, repair.id, "approval", repair.approval.place)
        return
    for person in repair.approval.asked:
        owe_in_person(connection, repair.id, "approval", person.id, near)


def _tell(connection: sa.Connection, before: Repair, after: Repair) -> None:
    """The second person sees what became of it; the requester is told a decision by a message as well."""
    if after.state is not RepairState.UNREACHED:
        mark_due(connection, [after.id], "approval")
    if before.state is RepairState.AWAITING and after.state in TOLD:
        owe_decision(connection, after)


def _write_down(connection: sa.Connection, records: Sequence[AuditRecord | None], now: datetime) -> None:
    for record in records:
        if record is not None:
            append(connection, record, now)


def _moment(repair: Repair) -> datetime:
    """When it was decided or ended."""
    decided_at = repair.approval.decided_at if repair.approval else None
    return repair.ended_at or decided_at or repair.created_at


def _row(repair: Repair) -> dict[str, str]:
    return {"state": repair.state.value, "document": _repair_json.dump_json(repair).decode()}
