"""Cases in the database. Plain synchronous functions over a connection pool; callers run them in a thread.

Every change of a case is a read, a pure transition and a write in one transaction, which also marks the case's
live cards as due and writes the audit trail. So a change that is committed is shown, and written down.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.audit import append
from jobs.messages import mark_due, owe_askers, show_live
from jobs.tables import cases, has_come, insert_new, reading, writing
from provisioning.acting import acting
from provisioning.audit_records import case_ended, joined, ordered
from provisioning.case import Case, CaseState, Conversation, Person, touch
from provisioning.manners import trouble

Transition = Callable[[Case], Case]
IsShown = bool | Callable[[Case, Case], bool]

_case_json = TypeAdapter(Case)


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
        query = sa.select(cases.c.document).where(cases.c.open_upn.is_not(None))
        return self._many(query.order_by(cases.c.created_at.desc()).limit(limit))

    def running(self) -> list[str]:
        """Ids of the cases that a workflow should be at work on."""
        with reading(self.engine) as connection:
            return list(connection.execute(sa.select(cases.c.id).where(cases.c.state == CaseState.RUNNING)).scalars())

    def change(self, case_id: str, transition: Transition, *, is_shown: IsShown = True) -> Case:
        """Apply `transition`; the live cards become due if `is_shown`. An unchanged case writes nothing."""
        with writing(self.engine) as connection:
            return change(connection, case_id, transition, is_shown)

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

    def claim_due(self, now: datetime, lease_seconds: float, limit: int, farthest: float) -> list[Case]:
        """Waiting cases whose look is due; they are not due again for `lease_seconds`, whoever asks."""
        is_due = (cases.c.state == CaseState.WAITING) & has_come(cases.c.next_check_at, now.timestamp(), farthest)
        query = sa.select(cases.c.id, cases.c.document).where(is_due).order_by(cases.c.next_check_at).limit(limit)
        with writing(self.engine) as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            if rows:
                lease = cases.update().where(cases.c.id.in_([case_id for case_id, _ in rows]))
                lease = lease.values(next_check_at=now.timestamp() + lease_seconds, claimed_by=self._process_id)
                connection.execute(lease)
            return [_case_json.validate_json(document) for _, document in rows]

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
        if insert_new(connection, cases, id=case.id, upn=upn, **_row(case)):
            return case


def change(
    connection: sa.Connection,
    case_id: str,
    transition: Transition,
    is_shown: IsShown = True,
) -> Case:
    """`CaseStore.change` inside the caller's transaction. Raises KeyError for an unknown case."""
    document = connection.execute(sa.select(cases.c.document).where(cases.c.id == case_id).with_for_update()).scalar()
    if document is None:
        raise KeyError(case_id)
    before = _case_json.validate_json(document)
    after = transition(before)
    if after is before:
        return before
    connection.execute(cases.update().where(cases.c.id == case_id).values(**_row(after)))
    if is_shown(before, after) if callable(is_shown) else is_shown:
        mark_due(connection, case_id, "live")
    now = after.updated_at or after.created_at
    kind = trouble(before, after, now)
    if kind:
        owe_askers(connection, after, kind, now)
    record = case_ended(before, after, acting().actor)
    if record is not None:
        append(connection, record, after.ended_at or after.created_at)
    return after


def _row(case: Case) -> dict[str, Any]:
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
