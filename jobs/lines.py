"""The narrow table of cases for lists and figures: kept beside each case, in the transaction that changes it."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.tables import case_lines, cases, reading, writing
from provisioning.case import Case, CaseState, Stage
from provisioning.listing import CaseLine, line_of

AT_ONCE = 500  # lines caught up in one transaction

# Whoever writes a line holds the lock on its case, or has just made it: nobody else writes it meanwhile.
_INSERT = case_lines.insert()
_UPDATE = case_lines.update().where(case_lines.c.id == sa.bindparam("of"))

_case_json = TypeAdapter(Case)


def note_line(connection: sa.Connection, before: Case | None, after: Case) -> None:
    """A look that only moves the next one writes nothing here."""
    line = line_of(after)
    if before is not None and line == line_of(before):
        return
    row = _row(line)
    if before is None or not connection.execute(_UPDATE, {**row, "of": line.id}).rowcount:
        connection.execute(_INSERT, row)


def catch_up(engine: sa.Engine) -> int:
    """Lines that are missing or behind, because an older version wrote the case. Answers how many there were."""
    behind = sa.or_(case_lines.c.id.is_(None), case_lines.c.state != cases.c.state)
    query = sa.select(cases.c.id).outerjoin(case_lines, case_lines.c.id == cases.c.id).where(behind)
    with reading(engine) as connection:
        ids = list(connection.execute(query).scalars())
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        locked = sa.select(cases.c.document).where(cases.c.id.in_(some)).order_by(cases.c.id).with_for_update()
        with writing(engine) as connection:
            documents = connection.execute(locked).scalars().all()
            connection.execute(case_lines.delete().where(case_lines.c.id.in_(some)))
            connection.execute(_INSERT, [_row(line_of(_case_json.validate_json(one))) for one in documents])
    return len(ids)


def line_in(row: sa.Row[Any]) -> CaseLine:
    """The line as it was written."""
    values = {**row._mapping, "state": CaseState(row.state), "stage": Stage(row.stage) if row.stage else None}
    moments = {name: _moment(values[name]) for name in ("created_at", "waiting_since", "ended_at")}
    return CaseLine(**{**values, **moments})


def _row(line: CaseLine) -> dict[str, Any]:
    return {
        **vars(line),
        "state": line.state.value,
        "stage": line.stage.value if line.stage else "",
        "created_at": line.created_at.timestamp(),
        "waiting_since": line.waiting_since.timestamp() if line.waiting_since else None,
        "ended_at": line.ended_at.timestamp() if line.ended_at else None,
    }


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
