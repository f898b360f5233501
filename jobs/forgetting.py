"""Everything that is kept about one person is deleted, but for the audit trail, which says that it was.

For a request by the person (GDPR, Article 17). What is being worked on is never deleted: it is cancelled or ends first.
Where the person ordered something for others, that is about those others and stays until it is old.
"""

from datetime import datetime

import sqlalchemy as sa

from jobs.audit import append
from jobs.bulk_store import load_line
from jobs.history import History
from jobs.sweeping import Connection, delete_cases, delete_repairs, erasing
from jobs.tables import bulk_lines, cases, mutes, repairs, schedules
from provisioning.bulk import OPEN, BulkLine
from provisioning.case import Person
from provisioning.errors import MailroomError
from provisioning.keeping import forgotten
from provisioning.repair import OPEN_STATES as OPEN_REPAIRS


class StillAtWork(MailroomError):
    """Something about the person has not ended, so nothing was deleted."""


def forget(engine: sa.Engine, upn: str, by: Person, now: datetime) -> dict[str, int]:
    """What was deleted, by kind. Raises StillAtWork and DatabaseUnavailable. Safe to repeat."""
    name = upn.lower()
    with erasing(engine) as connection:
        _refuse_open(connection, name)
        case_ids = _case_ids(connection, name)
        repair_ids = list(connection.execute(sa.select(repairs.c.id).where(repairs.c.user == name)).scalars())
        places = _list_lines(connection, name, [*case_ids, *repair_ids])
        muted = connection.execute(mutes.delete().where(mutes.c.user == name)).rowcount
        delete_cases(connection, case_ids)
        delete_repairs(connection, repair_ids)
        for bulk_id, position in places:
            here = (bulk_lines.c.bulk_id == bulk_id) & (bulk_lines.c.position == position)
            connection.execute(bulk_lines.delete().where(here))
        counts = {"cases": len(case_ids), "fixes": len(repair_ids), "lines of lists": len(places), "mutes": muted}
        append(connection, forgotten(name, by, counts), now)
    History(engine).forget([*case_ids, *(f"repair:{repair_id}" for repair_id in repair_ids)])
    return counts


def _refuse_open(connection: Connection, name: str) -> None:
    is_open_repair = (repairs.c.user == name) & repairs.c.state.in_(OPEN_REPAIRS)
    for what, query in (
        ("an order", sa.select(cases.c.id).where(cases.c.open_upn == name)),
        ("an order for later", sa.select(schedules.c.id).where(schedules.c.upn == name)),
        ("a fix", sa.select(repairs.c.id).where(is_open_repair)),
    ):
        found = connection.execute(query.limit(1)).scalar()
        if found is not None:
            raise StillAtWork(
                f"There is {what} for {name} that has not ended ({found}), so nothing was deleted. "
                "Cancel it in the chat or wait for its end, then try again."
            )


def _case_ids(connection: Connection, name: str) -> list[str]:
    """Also those of the same account under an earlier name, once they have ended."""
    accounts = sa.select(cases.c.account_id).where(cases.c.upn == name, cases.c.account_id != "")
    is_theirs = (cases.c.upn == name) | cases.c.account_id.in_(accounts)
    query = sa.select(cases.c.id).where(is_theirs, cases.c.open_upn.is_(None))
    return list(connection.execute(query.with_for_update()).scalars())


def _list_lines(connection: Connection, name: str, subject_ids: list[str]) -> list[tuple[str, int]]:
    """Where the person stands in lists, also in a line that was refused or never begun."""
    is_theirs = bulk_lines.c.subject_id.in_(subject_ids) | bulk_lines.c.document.icontains(name, autoescape=True)
    rows = connection.execute(sa.select(bulk_lines).where(is_theirs)).all()
    found = [row for row in rows if row.subject_id in subject_ids or _names(load_line(row.document), name)]
    if any(row.state in OPEN for row in found):
        raise StillAtWork(
            f"{name} is in a list that has not ended, so nothing was deleted. "
            "Stop it or wait for its end, then try again."
        )
    return [(row.bulk_id, row.position) for row in found]


def _names(line: BulkLine, name: str) -> bool:
    upns = (line.who, line.request.upn if line.request else "", line.order.upn if line.order else "")
    return name in (upn.lower() for upn in upns)
