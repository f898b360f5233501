"""Cases in the database. Plain synchronous functions over a connection pool; callers run them in a thread.

Every change of a case is a read, a pure transition and a write in one transaction, which also marks the case's
live cards as due and writes the audit trail. So a change that is committed is shown, and written down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.audit import append
from jobs.messages import mark_due, show_live
from jobs.tables import cases, has_come, insert_new, reading, writing
from provisioning.acting import acting
from provisioning.audit_records import case_ended, joined, ordered
from provisioning.case import Case, CaseState, Conversation, Person, touch

Transition = Callable[[Case], Case]
IsShown = bool | Callable[[Case, Case], bool]

_case_json = TypeAdapter(Case)
_is_open = cases.c.open_upn.is_not(None)
_rewrite = cases.update().where(cases.c.id == sa.bindparam("case_id"))


@dataclass(frozen=True)
class Due:
    """A waiting case to look at: no more of it than a look needs, since there may be ten thousand."""

    id: str
    account_id: str


class Change(NamedTuple):
    """What a transition made of a case; the same object twice where it made nothing. `is_shown`: its cards are due."""

    before: Case
    after: Case
    is_shown: bool


class CaseStore:
    """The cases, and which conversations are to see them."""

    def __init__(self, engine: sa.Engine, process_id: str) -> None:
        self.engine = engine
        self._process_id = process_id

    def open(self, case: Case, conversation: Conversation) -> Case:
        """Store a new case with its live card. The case with the same id, or the open one for the same UPN, is joined.

        Answers `case` itself only where it was stored.
        """
        with writing(self.engine) as connection:
            kept = _find_or_add(connection, case)
            if kept is not case and kept.id == case.id:
                return kept  # the very same order, brought once more
            show_live(connection, kept.id, conversation, is_asker=True)
            record = ordered(case) if kept is case else joined(kept, case.requester, case.order)
            append(connection, record, case.created_at)
            return kept

    def get(self, case_id: str) -> Case | None:
        return self._one(sa.select(cases.c.document).where(cases.c.id == case_id))

    def find(self, upn: str) -> Case | None:
        """The newest case for the UPN, open or ended."""
        newest = sa.select(cases.c.document).where(cases.c.upn == upn.lower()).order_by(cases.c.created_at.desc())
        return self._one(newest.limit(1))

    def find_by_account(self, account_id: str) -> list[Case]:
        """Every case that worked on the account, newest first."""
        query = sa.select(cases.c.document).where(cases.c.account_id == account_id)
        return self._many(query.order_by(cases.c.created_at.desc()))

    def open_cases(self, limit: int) -> list[Case]:
        """Newest first."""
        query = sa.select(cases.c.document).where(_is_open)
        return self._many(query.order_by(cases.c.created_at.desc()).limit(limit))

    def count_open(self) -> int:
        with reading(self.engine) as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(cases).where(_is_open)).scalar_one()

    def running(self) -> list[str]:
        """Ids of the cases that a workflow should be at work on."""
        with reading(self.engine) as connection:
            return list(connection.execute(sa.select(cases.c.id).where(cases.c.state == CaseState.RUNNING)).scalars())

    def change(self, case_id: str, transition: Transition, *, is_shown: IsShown = True) -> Case:
        """Apply `transition`; the live cards become due if `is_shown`. An unchanged case writes nothing."""
        with writing(self.engine) as connection:
            return change(connection, case_id, transition, is_shown)

    def change_all(self, case_ids: Sequence[str], transition: Transition, *, is_shown: IsShown = True) -> list[Change]:
        """The same for many in one transaction: all of them, or none if it fails."""
        with writing(self.engine) as connection:
            return change_all(connection, case_ids, transition, is_shown)

    def claim_credential(self, case_id: str, by: Person, now: datetime) -> bool:
        """True once in the life of the account, however many cases worked on it, and for its holder alone."""
        with writing(self.engine) as connection:
            account_id = connection.execute(sa.select(cases.c.account_id).where(cases.c.id == case_id)).scalar()
            same = sa.select(cases.c.document).where(cases.c.account_id == account_id).order_by(cases.c.id)
            documents = connection.execute(same.with_for_update()).scalars().all()
            found = [_case_json.validate_json(document) for document in documents]
            is_holder = any(one.id == case_id and one.credential_holder.is_same(by) for one in found)
            if any(one.credential_shown_at for one in found) or not is_holder:
                return False
            change(connection, case_id, lambda case: touch(case, now, credential_shown_at=now))
            return True

    def claim_due(self, now: datetime, lease_seconds: float, limit: int, farthest: float) -> list[Due]:
        """Waiting cases whose look is due; they are not due again for `lease_seconds`, whoever asks."""
        is_due = (cases.c.state == CaseState.WAITING) & has_come(cases.c.next_check_at, now.timestamp(), farthest)
        query = sa.select(cases.c.id, cases.c.account_id).where(is_due).order_by(cases.c.next_check_at).limit(limit)
        with writing(self.engine) as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            if rows:
                lease = cases.update().where(cases.c.id.in_([row.id for row in rows]))
                lease = lease.values(next_check_at=now.timestamp() + lease_seconds, claimed_by=self._process_id)
                connection.execute(lease)
            return [Due(row.id, row.account_id) for row in rows]

    def release_claims(self, process_id: str) -> None:
        """What this process had claimed when it was killed is due at once, not after its lease."""
        its = cases.c.claimed_by == process_id
        with writing(self.engine) as connection:
            connection.execute(cases.update().where(its, cases.c.next_check_at.is_not(None)).values(next_check_at=0.0))

    def next_due_at(self) -> float | None:
        """Epoch seconds of the earliest look."""
        with reading(self.engine) as connection:
            query = sa.select(sa.func.min(cases.c.next_check_at)).where(cases.c.state == CaseState.WAITING)
            return connection.execute(query).scalar()

    def _one(self, query: sa.Select[Any]) -> Case | None:
        with reading(self.engine) as connection:
            document = connection.execute(query).scalar()
        return _case_json.validate_json(document) if document else None

    def _many(self, query: sa.Select[Any]) -> list[Case]:
        with reading(self.engine) as connection:
            documents: Sequence[str] = connection.execute(query).scalars().all()
        return [_case_json.validate_json(document) for document in documents]


def _find_or_add(connection: sa.Connection, case: Case) -> Case:
    """The case with the same id, else the open one for the same UPN, else `case` itself, stored."""
    upn = case.order.upn.lower()
    is_same = sa.or_(cases.c.id == case.id, cases.c.open_upn == upn)
    same = sa.select(cases.c.document).where(is_same).order_by(cases.c.id != case.id).limit(1)
    while True:  # another process may open one after we looked, or close it before we look again
        existing = connection.execute(same).scalar()
        if existing:
            return _case_json.validate_json(existing)
        if insert_new(connection, cases, id=case.id, upn=upn, **row_of(case)):
            return case


def change(
    connection: sa.Connection,
    case_id: str,
    transition: Transition,
    is_shown: IsShown = True,
) -> Case:
    """`CaseStore.change` inside the caller's transaction. Raises KeyError for an unknown case."""
    changes = change_all(connection, [case_id], transition, is_shown)
    if not changes:
        raise KeyError(case_id)
    return changes[0].after


def change_all(
    connection: sa.Connection,
    case_ids: Sequence[str],
    transition: Transition,
    is_shown: IsShown = True,
) -> list[Change]:
    """`CaseStore.change_all` inside the caller's transaction. An unknown case is left out."""
    rows = sa.select(cases.c.document).where(cases.c.id.in_(case_ids)).order_by(cases.c.id).with_for_update()
    found = [_case_json.validate_json(document) for document in connection.execute(rows).scalars()]
    changes = [_change_of(case, transition(case), is_shown) for case in found]
    changed = [one for one in changes if one.after is not one.before]
    if changed:
        connection.execute(_rewrite, [{"case_id": one.after.id, **row_of(one.after)} for one in changed])
        mark_due(connection, [one.after.id for one in changed if one.is_shown], "live")
    for before, after, _ in changed:
        record = case_ended(before, after, acting().actor)
        if record is not None:
            append(connection, record, after.ended_at or after.created_at)
    return changes


def _change_of(before: Case, after: Case, is_shown: IsShown) -> Change:
    is_due = is_shown(before, after) if callable(is_shown) else is_shown
    return Change(before, after, after is not before and is_due)


def row_of(case: Case) -> dict[str, Any]:
    """The columns that follow from the case and change with it."""
    return {
        "open_upn": case.order.upn.lower() if case.is_open else None,
        "state": case.state.value,
        "stage": case.current_stage or "",
        "created_at": case.created_at.timestamp(),
        "account_id": case.account_id,
        "next_check_at": case.next_check_at.timestamp() if case.next_check_at else None,
        "claimed_by": "",
        "document": _case_json.dump_json(case).decode(),
    }
