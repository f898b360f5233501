"""Repairs in the database. Plain synchronous functions; callers run them in a thread."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs import plans
from jobs.audit import append
from jobs.messages import mark_due, show_live
from jobs.tables import repairs, writing
from provisioning.audit_records import repair_asked, repair_ended
from provisioning.case import Conversation
from provisioning.fixes.steps import Step
from provisioning.repair import Repair, RepairState

_repair_json = TypeAdapter(Repair)


class RepairStore:
    """The repairs, the exact writes of each, and which conversation sees it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def open(self, repair: Repair, steps: Sequence[Step], conversation: Conversation) -> Repair:
        """Store it with its card. The same id again (a double click) answers the repair that exists."""
        with writing(self._engine) as connection:
            existing = connection.execute(sa.select(repairs.c.document).where(repairs.c.id == repair.id)).scalar()
            if existing:
                return _repair_json.validate_json(existing)
            values = {"id": repair.id, "user": repair.user.lower(), "created_at": repair.created_at.timestamp()}
            connection.execute(repairs.insert().values(**values, steps=plans.dump(steps), **_row(repair)))
            show_live(connection, repair.id, conversation, kind="repair")
            append(connection, repair_asked(repair), repair.created_at)
            return repair

    def get(self, repair_id: str) -> Repair | None:
        with self._engine.connect() as connection:
            document = connection.execute(sa.select(repairs.c.document).where(repairs.c.id == repair_id)).scalar()
        return _repair_json.validate_json(document) if document else None

    def steps(self, repair_id: str) -> tuple[Step, ...]:
        with self._engine.connect() as connection:
            document = connection.execute(sa.select(repairs.c.steps).where(repairs.c.id == repair_id)).scalar_one()
        return plans.load(document)

    def of(self, user: str, limit: int = 20) -> tuple[Repair, ...]:
        """Newest first."""
        query = sa.select(repairs.c.document).where(repairs.c.user == user.lower())
        with self._engine.connect() as connection:
            documents = connection.execute(query.order_by(repairs.c.created_at.desc()).limit(limit)).scalars().all()
        return tuple(_repair_json.validate_json(document) for document in documents)

    def running(self) -> list[str]:
        """Ids of the repairs that a workflow should be at work on."""
        query = sa.select(repairs.c.id).where(repairs.c.state == RepairState.RUNNING)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def change(self, repair_id: str, transition: Callable[[Repair], Repair]) -> Repair:
        """Apply `transition` and have the card redrawn. Raises KeyError for an unknown repair."""
        with writing(self._engine) as connection:
            query = sa.select(repairs.c.document).where(repairs.c.id == repair_id).with_for_update()
            document = connection.execute(query).scalar()
            if document is None:
                raise KeyError(repair_id)
            before = _repair_json.validate_json(document)
            after = transition(before)
            connection.execute(repairs.update().where(repairs.c.id == repair_id).values(**_row(after)))
            mark_due(connection, repair_id, "repair")
            record = repair_ended(before, after)
            if record is not None:
                append(connection, record, after.ended_at or after.created_at)
            return after


def _row(repair: Repair) -> dict[str, str]:
    return {"state": repair.state.value, "document": _repair_json.dump_json(repair).decode()}
