"""The audit trail as it stands in a database, for whoever checks or exports it, also while the bot runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from jobs.audit import audit, audit_head, entry_from
from jobs.tables import TokenSource, open_existing
from provisioning.audit import Anchor, AuditEntry, Kind, NotAnEntry, cut_of
from provisioning.errors import MailroomError

AT_ONCE = 1000  # rows in memory
REMEDY = "Start the bot once, or correct MAILROOM_DATABASE_URL."


class NoTrail(MailroomError):
    """There is no audit trail to read at the database's address, or it does not answer."""


class Trail:
    """The log as it was at one moment. What it yields raises NotAnEntry where a row is none."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @property
    def head(self) -> Anchor:
        """The newest entry, as written beside the log; number 0 before the first."""
        row = self._connection.execute(sa.select(audit_head.c.seq, audit_head.c.hash)).one_or_none()
        return Anchor(row.seq, row.hash) if row else Anchor(0, "")

    @property
    def cuts(self) -> tuple[Anchor, ...]:
        """Where the log itself says that retention removed its oldest entries."""
        query = sa.select(audit).where(audit.c.kind == Kind.RETENTION).order_by(audit.c.seq)
        return tuple(cut for row in self._connection.execute(query) if (cut := _cut_in(row)))

    def entries(self, subject: str = "", since: str = "") -> Iterator[AuditEntry]:
        """In order; those about a UPN, those from a time on (as `at` is written)."""
        query = sa.select(audit).where(audit.c.at >= since).order_by(audit.c.seq)
        if subject:
            query = query.where(audit.c.subject == subject.lower())
        with self._connection.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
            for row in rows:
                yield entry_from(row)


def _cut_in(row: sa.Row[Any]) -> Anchor | None:
    """What is no entry cuts nothing; the check that follows says so."""
    try:
        return cut_of(entry_from(row))
    except NotAnEntry:
        return None


@contextmanager
def open_trail(database_url: str, token: TokenSource | None = None) -> Iterator[Trail]:
    """Reads only, in one transaction, so that what the bot writes meanwhile does not look like a fault."""
    engine = open_existing(database_url, token)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            if not sa.inspect(connection).has_table(audit.name):
                raise NoTrail(f"This database holds no audit trail. {REMEDY}")
            yield Trail(connection)
    except sa.exc.SQLAlchemyError as error:
        kind = type(error).__name__
        raise NoTrail(f"The database cannot be read ({kind}). Correct MAILROOM_DATABASE_URL.") from None
    finally:
        engine.dispose()
