"""Repairs in the database. Plain synchronous functions; callers run them in a thread."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs import plans
from jobs.messages import mark_due, show_live
from jobs.tables import insert_new, reading, repairs, writing
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
            values = {"id": repair.id, "user": repair.user.lower(), "created_at": repair.created_at.timestamp()}
            if not insert_new(connection, repairs, **values, steps=plans.dump(steps), **_row(repair)):
                existing = sa.select(repairs.c.document).where(repairs.c.id == repair.id)
                return _repair_json.validate_json(connection.execute(existing).scalar_one())
            show_live(connection, repair.id, conversation, kind="repair")
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

    def change(self, repair_id: str, transition: Callable[[Repair], Repair]) -> Repair:
        """Apply `transition` and have the card redrawn. Raises KeyError for an unknown repair."""
        with writing(self._engine) as connection:
            query = sa.select(repairs.c.document).where(repairs.c.id == repair_id).with_for_update()
            document = connection.execute(query).scalar()
            if document is None:
                raise KeyError(repair_id)
            after = transition(_repair_json.validate_json(document))
            connection.execute(repairs.update().where(repairs.c.id == repair_id).values(**_row(after)))
            mark_due(connection, repair_id, "repair")
            return after


def _row(repair: Repair) -> dict[str, str]:
    return {"state": repair.state.value, "document": _repair_json.dump_json(repair).decode()}
