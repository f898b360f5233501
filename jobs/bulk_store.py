"""Bulks in the database: the list, its lines, and how each stands. Plain synchronous functions over a connection.

A line carries the state of its case or repair, written in the same transaction, so that the card is counted from the
lines alone, however many they are.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.messages import mark_due
from jobs.tables import bulk_lines, bulks, cases, repairs
from provisioning.bulk import (
    BAD,
    GOOD,
    OPEN,
    Bulk,
    BulkKind,
    BulkLine,
    BulkState,
    BulkSummary,
    CauseCount,
    Fate,
    Outcome,
)
from provisioning.case import Case
from provisioning.repair import Repair

SHOWN = 10  # of those that failed
MOST_CAUSES = 2  # a card has 28 KB, and each names its people
DRAFT_SECONDS = 86_400  # its buttons are long out of date by then
MOST_USERS = 20
MOST_LETTERS = 600  # of their addresses, which each button holds twice

_bulk_json = TypeAdapter(Bulk)
_line_json = TypeAdapter(BulkLine)
_case_json = TypeAdapter(Case)
_repair_json = TypeAdapter(Repair)

Connection = sa.Connection


def keep(connection: Connection, bulk: Bulk, lines: Sequence[BulkLine]) -> None:
    """Instead of an earlier check of the same list. Drafts that nobody can start any more are forgotten."""
    is_old = (bulks.c.state == BulkState.DRAFT) & (bulks.c.created_at < bulk.created_at.timestamp() - DRAFT_SECONDS)
    gone = sa.select(bulks.c.id).where(is_old | (bulks.c.id == bulk.id))
    connection.execute(bulk_lines.delete().where(bulk_lines.c.bulk_id.in_(gone)))
    connection.execute(bulks.delete().where(is_old | (bulks.c.id == bulk.id)))
    connection.execute(bulks.insert().values(id=bulk.id, created_at=bulk.created_at.timestamp(), **_row(bulk)))
    rows = [
        {
            "bulk_id": bulk.id,
            "position": position,
            "state": Fate.TO_DO if line.is_startable else Fate.REFUSED,
            "document": dump_line(line),
        }
        for position, line in enumerate(lines)
    ]
    connection.execute(bulk_lines.insert(), rows)


def get(connection: Connection, bulk_id: str, *, for_update: bool = False) -> Bulk | None:
    query = sa.select(bulks.c.document).where(bulks.c.id == bulk_id)
    document = connection.execute(query.with_for_update() if for_update else query).scalar()
    return _bulk_json.validate_json(document) if document else None


def change(connection: Connection, bulk_id: str, transition: Callable[[Bulk], Bulk]) -> Bulk:
    """Apply `transition` and have the card redrawn. Raises KeyError for an unknown bulk."""
    before = get(connection, bulk_id, for_update=True)
    if before is None:
        raise KeyError(bulk_id)
    after = transition(before)
    if after is not before:
        connection.execute(bulks.update().where(bulks.c.id == bulk_id).values(**_row(after)))
        mark_due(connection, [bulk_id], "bulk")
    return after


def in_state(connection: Connection, *states: str, limit: int = 100) -> list[Bulk]:
    """Oldest first."""
    query = sa.select(bulks.c.document).where(bulks.c.state.in_(states)).order_by(bulks.c.created_at).limit(limit)
    return [_bulk_json.validate_json(document) for document in connection.execute(query).scalars()]


def lines_of(connection: Connection, bulk_id: str) -> tuple[BulkLine, ...]:
    query = sa.select(bulk_lines.c.document).where(bulk_lines.c.bulk_id == bulk_id).order_by(bulk_lines.c.position)
    return tuple(_line_json.validate_json(document) for document in connection.execute(query).scalars())


def counts(connection: Connection, bulk_id: str) -> dict[str, int]:
    query = sa.select(bulk_lines.c.state, sa.func.count().label("n")).where(bulk_lines.c.bulk_id == bulk_id)
    return {row.state: row.n for row in connection.execute(query.group_by(bulk_lines.c.state))}


def is_done(connection: Connection, bulk_id: str) -> bool:
    query = sa.select(bulk_lines.c.position).where(bulk_lines.c.bulk_id == bulk_id, bulk_lines.c.state.in_(OPEN))
    return connection.execute(query.limit(1)).first() is None


def set_line(connection: Connection, bulk_id: str, position: int, **values: Any) -> None:
    here = (bulk_lines.c.bulk_id == bulk_id) & (bulk_lines.c.position == position)
    connection.execute(bulk_lines.update().where(here).values(**values))


def stop_rest(connection: Connection, bulk_id: str) -> int:
    """What has not begun does not begin; answers how many."""
    waiting = (bulk_lines.c.bulk_id == bulk_id) & (bulk_lines.c.state == Fate.TO_DO)
    return int(connection.execute(bulk_lines.update().where(waiting).values(state=Fate.STOPPED)).rowcount)


def reopen_failed(connection: Connection, bulk_id: str) -> int:
    """What failed, or was stopped, is to do again; answers how many."""
    failed = (bulk_lines.c.bulk_id == bulk_id) & bulk_lines.c.state.in_([*BAD, Fate.STOPPED, "cancelled"])
    values = {"state": Fate.TO_DO, "subject_id": "", "cause": ""}
    return int(connection.execute(bulk_lines.update().where(failed).values(**values)).rowcount)


def note_case(connection: Connection, before: Case | None, after: Case) -> None:
    """Its line says how the case stands; the card is redrawn where that differs."""
    if after.bulk_id and (before is None or _told(before) != _told(after)):
        _note(connection, after.bulk_id, after.id, *_told(after))


def note_repair(connection: Connection, repair: Repair) -> None:
    if repair.bulk_id:
        _note(connection, repair.bulk_id, repair.id, repair.state.value, "")


def summary(connection: Connection, bulk_id: str) -> BulkSummary | None:
    bulk = get(connection, bulk_id)
    if bulk is None:
        return None
    failing = [outcome(connection, bulk, row) for row in connection.execute(_troubled(bulk_id).limit(SHOWN))]
    return BulkSummary(bulk, counts(connection, bulk_id), tuple(failing), _causes(connection, bulk))


def outcomes(connection: Connection, bulk: Bulk) -> tuple[Outcome, ...]:
    """All lines in two queries: those of a list of thousands as well."""
    query = sa.select(bulk_lines).where(bulk_lines.c.bulk_id == bulk.id).order_by(bulk_lines.c.position)
    return tuple(outcome(connection, bulk, row) for row in connection.execute(query).all())


def outcome(connection: Connection, bulk: Bulk, row: sa.Row[Any]) -> Outcome:
    line = _line_json.validate_json(row.document)
    upn = line.order.upn if line.order else line.who
    name = line.order.display_name if line.order else ""
    origin = line.origin.value if line.order else ""
    known = Outcome(line.number, upn, name, row.state, line.problem, row.subject_id, cause=row.cause, origin=origin)
    if not row.subject_id:
        return known
    told = _of_repair if bulk.kind is BulkKind.REPAIRS else _of_case
    return told(connection, known)


def dump_line(line: BulkLine) -> str:
    return _line_json.dump_json(line).decode()


def load_line(document: str) -> BulkLine:
    return _line_json.validate_json(document)


def _of_case(connection: Connection, known: Outcome) -> Outcome:
    document = connection.execute(sa.select(cases.c.document).where(cases.c.id == known.subject_id)).scalar()
    if document is None:
        return known
    case = _case_json.validate_json(document)
    told = case.explanation.sentence if case.explanation and known.cause else ""
    sentence = told or (case.problem.sentence if case.problem else "")
    state = case.state.value if known.state == Fate.ELSEWHERE else known.state
    return Outcome(
        known.number,
        case.order.upn,
        case.order.display_name,
        state,
        sentence,
        case.id,
        case.mail,
        known.cause,
        case.account_origin.value,
    )


def _of_repair(connection: Connection, known: Outcome) -> Outcome:
    document = connection.execute(sa.select(repairs.c.document).where(repairs.c.id == known.subject_id)).scalar()
    if document is None:
        return known
    repair = _repair_json.validate_json(document)
    sentence = repair.problem.sentence if repair.problem else repair.outcome
    return Outcome(known.number, repair.user, "", known.state, sentence, repair.id)


def _told(case: Case) -> tuple[str, str]:
    """The state, and the cause of one that failed or is late, where there is a fix for it."""
    why = case.explanation if case.state.value not in GOOD else None
    return case.state.value, why.cause if why and why.fix_id else ""


def _note(connection: Connection, bulk_id: str, subject_id: str, state: str, cause: str) -> None:
    its = (bulk_lines.c.subject_id == subject_id) & (bulk_lines.c.bulk_id == bulk_id)
    connection.execute(bulk_lines.update().where(its).values(state=state, cause=cause))
    mark_due(connection, [bulk_id], "bulk")


def _troubled(bulk_id: str) -> sa.Select[Any]:
    """Those that failed, and those that are late for a reason."""
    is_bad = bulk_lines.c.state.in_(BAD) | ((bulk_lines.c.cause != "") & bulk_lines.c.state.not_in(GOOD))
    return sa.select(bulk_lines).where(bulk_lines.c.bulk_id == bulk_id, is_bad).order_by(bulk_lines.c.position)


def _causes(connection: Connection, bulk: Bulk) -> tuple[CauseCount, ...]:
    """What two or more are stuck on, most first."""
    common = sa.select(bulk_lines.c.cause, sa.func.count().label("n")).where(
        bulk_lines.c.bulk_id == bulk.id, bulk_lines.c.cause != "", bulk_lines.c.state.not_in(GOOD)
    )
    common = common.group_by(bulk_lines.c.cause).having(sa.func.count() > 1)
    common = common.order_by(sa.func.count().desc(), bulk_lines.c.cause).limit(MOST_CAUSES)
    return tuple(_cause(connection, bulk, row.cause, row.n) for row in connection.execute(common).all())


def _cause(connection: Connection, bulk: Bulk, cause: str, count: int) -> CauseCount:
    having = _troubled(bulk.id).where(bulk_lines.c.cause == cause).limit(MOST_USERS)
    found = [outcome(connection, bulk, row) for row in connection.execute(having).all()]
    room = itertools.accumulate(len(one.upn) + 1 for one in found)
    users = tuple(one.upn for one, taken in zip(found, room, strict=True) if taken <= MOST_LETTERS)
    return CauseCount(cause, found[0].sentence, users, count)


def _row(bulk: Bulk) -> dict[str, str]:
    return {"state": bulk.state.value, "document": _bulk_json.dump_json(bulk).decode()}
