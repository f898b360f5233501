"""The narrow table of cases for lists and figures: kept beside each case, in the transaction that changes it."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.tables import case_lines, cases, insert_new, reading, writing
from provisioning.case import Case, CaseState, Stage
from provisioning.listing import CaseLine, line_of

AT_ONCE = 500  # lines caught up in one transaction

_case_json = TypeAdapter(Case)


def note_line(connection: sa.Connection, before: Case | None, after: Case) -> None:
    """A look that only moves the next one writes nothing here."""
    line = line_of(after)
    if before is None or line != line_of(before):
        _write(connection, line)


def catch_up(engine: sa.Engine) -> int:
    """Lines that are missing or behind, because an older version wrote the case. Answers how many there were."""
    behind = sa.or_(case_lines.c.id.is_(None), case_lines.c.state != cases.c.state)
    query = sa.select(cases.c.id).outerjoin(case_lines, case_lines.c.id == cases.c.id).where(behind)
    with reading(engine) as connection:
        ids = list(connection.execute(query).scalars())
    for start in range(0, len(ids), AT_ONCE):
        some = sa.select(cases.c.document).where(cases.c.id.in_(ids[start : start + AT_ONCE]))
        with writing(engine) as connection:
            for document in connection.execute(some.order_by(cases.c.id).with_for_update()).scalars().all():
                _write(connection, line_of(_case_json.validate_json(document)))
    return len(ids)


def line_in(row: sa.Row[Any]) -> CaseLine:
    """The line as it was written."""
    values = {**row._mapping, "state": CaseState(row.state), "stage": Stage(row.stage) if row.stage else None}
    moments = {name: _moment(values[name]) for name in ("created_at", "waiting_since", "ended_at")}
    return CaseLine(**{**values, **moments})


def _write(connection: sa.Connection, line: CaseLine) -> None:
    values = {
        **vars(line),
        "state": line.state.value,
        "stage": line.stage.value if line.stage else "",
        "created_at": line.created_at.timestamp(),
        "waiting_since": line.waiting_since.timestamp() if line.waiting_since else None,
        "ended_at": line.ended_at.timestamp() if line.ended_at else None,
    }
    if not connection.execute(case_lines.update().where(case_lines.c.id == line.id).values(**values)).rowcount:
        insert_new(connection, case_lines, **values)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
