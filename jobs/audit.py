"""The audit trail in the database: one chain, however many processes append to it, and nothing in it is changed.

An entry is written in the transaction of what it speaks of: neither is there without the other. The newest number
and hash stand in `audit_head`, whose one row is locked while appending. Triggers (jobs/migrations) refuse to change
entries, and to delete any after `audit_start` (jobs/audit_cutting.py). That guards against mistakes; against whoever
owns the database only the hashes do.
"""

import asyncio
import json
import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from jobs.migrations import migrate
from jobs.tables import AFTER_COMMIT, TokenSource, metadata, open_engine, reading, writing
from provisioning.audit import AuditEntry, AuditRecord, NotAnEntry, entry_of, entry_with, read_json
from provisioning.ports import Clock
from provisioning.tally import NOBODY, Tally

log = logging.getLogger(__name__)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("actor_id", sa.String, nullable=False),
    sa.Column("actor_name", sa.String, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("subject", sa.String, nullable=False, index=True),
    sa.Column("case_id", sa.String, nullable=False, index=True),
    sa.Column("details", sa.Text, nullable=False),  # JSON
    sa.Column("request_id", sa.String, nullable=False),
    sa.Column("previous", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # its one row is 1
    sa.Column("seq", sa.Integer, nullable=False),  # of the newest entry, 0 before the first
    sa.Column("hash", sa.String, nullable=False),
)

audit_start = sa.Table(
    "audit_start",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # its one row is 1
    sa.Column("seq", sa.Integer, nullable=False),  # of the newest entry that may be deleted, 0 for none
    sa.Column("hash", sa.String, nullable=False),
)


class AuditLog:
    """Implements provisioning.ports.Audit over `engine`, which jobs may share."""

    def __init__(self, engine: sa.Engine, clock: Clock, tally: Tally = NOBODY) -> None:
        self.engine = engine
        self._clock = clock
        self._tally = tally

    async def record(self, record: AuditRecord) -> None:
        """In a transaction of its own. Raises what the database raises: nothing goes on unwritten."""
        is_written = False
        try:
            await asyncio.to_thread(self._append, record)
            is_written = True
        finally:
            self._tally.audited(record.kind, is_written=is_written)

    async def history(self, subject: str, limit: int = 20) -> tuple[AuditEntry, ...]:
        """Newest first."""
        return await asyncio.to_thread(self._newest, subject, limit)

    async def count(self, subject: str) -> int:
        return await asyncio.to_thread(self._count, subject)

    def prepare(self) -> None:
        """Bring the tables up to date."""
        migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def _append(self, record: AuditRecord) -> None:
        with writing(self.engine) as connection:
            append(connection, record, self._clock.now())

    def _newest(self, subject: str, limit: int) -> tuple[AuditEntry, ...]:
        query = sa.select(audit).where(audit.c.subject == subject.lower()).order_by(audit.c.seq.desc()).limit(limit)
        with reading(self.engine) as connection:
            return tuple(entry_from(row) for row in connection.execute(query))

    def _count(self, subject: str) -> int:
        query = sa.select(sa.func.count()).select_from(audit).where(audit.c.subject == subject.lower())
        with reading(self.engine) as connection:
            return connection.execute(query).scalar_one()


def open_audit(database_url: str, clock: Clock, tally: Tally = NOBODY, token: TokenSource | None = None) -> AuditLog:
    """`token` is what to sign in with, in place of a password in the URL."""
    return AuditLog(open_engine(database_url, token), clock, tally)


def append(connection: sa.Connection, record: AuditRecord, now: datetime) -> AuditEntry:
    """Write the next entry inside the caller's `writing` transaction; last in it, since others wait for the head.

    Once committed, its number and hash are logged: whoever keeps the logs elsewhere can prove a cut tail.
    """
    head = connection.execute(sa.select(audit_head.c.seq, audit_head.c.hash).with_for_update()).one()
    entry = entry_of(record, head.seq + 1, now, head.hash)
    connection.execute(audit.insert().values(_row(entry)))
    connection.execute(audit_head.update().values(seq=entry.seq, hash=entry.hash))
    connection.info[AFTER_COMMIT].append(lambda: log.info("audit anchor %d:%s", entry.seq, entry.hash))
    return entry


def entry_from(row: sa.Row[Any]) -> AuditEntry:
    """A row of `audit`. Raises NotAnEntry for one that `append` did not write."""
    values = dict(row._mapping)
    values["case"] = values.pop("case_id")
    try:
        return entry_with({**values, "details": read_json(row.details)})
    except (ValueError, TypeError, RecursionError):
        raise NotAnEntry(f"entry {row.seq} was changed after it was written") from None


def _row(entry: AuditEntry) -> dict[str, Any]:
    values = asdict(entry)
    case_id = values.pop("case")
    return {**values, "case_id": case_id, "details": json.dumps(values["details"])}
