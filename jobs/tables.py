"""The tables, and the engine that they and DBOS share: SQLite in WAL mode, or PostgreSQL."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from provisioning.errors import DatabaseUnavailable, MailroomError
from provisioning.words import say

log = logging.getLogger(__name__)

POOL_SIZE = 28  # more than the engine's threads: a step that holds the write lock still needs a connection

# PostgreSQL's, where the URL does not say otherwise. libpq: postgresql.org/docs/current/libpq-connect.html
CONNECTION = {
    "connect_timeout": "10",  # seconds
    "keepalives_idle": "15",  # seconds: a server that vanished is noticed within half a minute,
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds: and so is one that vanished in the middle of a request
    "options": "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
}
DISK_FULL = "53100"  # postgresql.org/docs/current/errcodes-appendix.html
SILENT = say(
    "Mailroom's database does not answer, so nothing was saved. "
    "Try again in a minute; if it stays, tell whoever runs Mailroom."
)
FULL = say(
    "The disk of Mailroom's database is full, so nothing was saved. Try again once whoever runs Mailroom has made room."
)

BROKEN = say(
    "The disk of Mailroom's database takes nothing more, so nothing was saved. "
    "Try again once whoever runs Mailroom has looked at it."
)

AFTER_COMMIT = "after_commit"  # in a writing connection's `info`: what to call once the transaction is committed


class NoDatabase(MailroomError):
    """There is no database of ours at the address."""


TokenSource = Callable[[], str]
"""The password of a new connection, asked for on its own thread. Raises MailroomError where there is none."""

metadata = sa.MetaData()
_is_open_alone = sa.text("open_upn IS NOT NULL AND bulk_id = ''")

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("upn", sa.String, nullable=False),
    sa.Column("open_upn", sa.String, unique=True),  # the UPN while the case is open: one open case a person
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("account_id", sa.String, nullable=False, default=""),
    sa.Column("next_check_at", sa.Float),  # epoch seconds
    sa.Column("claimed_by", sa.String, nullable=False, default=""),  # the process that looks just now
    sa.Column("stage", sa.String, nullable=False, server_default=""),  # that runs or has failed; for metrics
    sa.Column("document", sa.Text, nullable=False),  # the whole Case as JSON
    sa.Column("bulk_id", sa.String, nullable=False, default="", server_default=""),
    sa.Index("cases_by_stage", "state", "stage"),
    sa.Index("cases_by_upn", "upn", "created_at"),
    sa.Index("cases_by_state", "state", "next_check_at"),
    sa.Index("cases_by_account", "account_id", "created_at"),
    sa.Index(
        "cases_open", "created_at", "bulk_id", "open_upn", sqlite_where=_is_open_alone, postgresql_where=_is_open_alone
    ),
)

case_lines = sa.Table(  # what lists and figures need of a case; written by jobs/lines.py, where it changed
    "case_lines",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("upn", sa.String, nullable=False),  # lower case
    sa.Column("name", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("asker_id", sa.String, nullable=False),  # lower case
    sa.Column("asker_name", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),  # epoch seconds
    sa.Column("license", sa.String, nullable=False),
    sa.Column("license_name", sa.String, nullable=False),
    sa.Column("waiting_since", sa.Float),
    sa.Column("ended_at", sa.Float),
    sa.Column("ready_seconds", sa.Float),
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("is_watch", sa.Boolean, nullable=False),
    sa.Index("case_lines_by_state", "state", "created_at"),
    sa.Index("case_lines_by_age", "created_at"),
    sa.Index("case_lines_by_end", "ended_at"),
)

repairs = sa.Table(
    "repairs",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False, index=True),  # lower case
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("steps", sa.Text, nullable=False),  # the writes, as JSON (jobs/plans.py)
    sa.Column("document", sa.Text, nullable=False),  # the whole Repair as JSON
)

bulks = sa.Table(
    "bulks",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("document", sa.Text, nullable=False),  # the whole Bulk as JSON
)

bulk_lines = sa.Table(
    "bulk_lines",
    metadata,
    sa.Column("bulk_id", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),  # from 0, in the order of the list
    sa.Column("state", sa.String, nullable=False),  # a Fate, or that of its case or repair
    sa.Column("subject_id", sa.String, nullable=False, default=""),  # of its case or repair
    sa.Column("cause", sa.String, nullable=False, default=""),  # what its case or repair is stuck on
    sa.Column("document", sa.Text, nullable=False),  # the whole BulkLine as JSON
    sa.Index("bulk_lines_by_state", "bulk_id", "state"),
    sa.Index("bulk_lines_by_subject", "subject_id"),
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("name", sa.String, primary_key=True),  # what happens there: approvals
    sa.Column("conversation", sa.Text, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subject_id", sa.String, nullable=False),  # of a case, a repair or a bulk
    sa.Column("kind", sa.String, nullable=False),  # live, repair, approval, bulk: updated; others: said once
    # Of a 1:1 chat that is opened only when the message is sent: the person's object id, in `conversation` no id.
    sa.Column("conversation_id", sa.String, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("is_asker", sa.Boolean, nullable=False, default=False),  # ordered here: gets the notification
    sa.Column("activity_id", sa.String, nullable=False, default=""),
    sa.Column("moved_from", sa.String, nullable=False, default=""),  # an older card to turn into a pointer
    sa.Column("moves", sa.Integer, nullable=False, default=0),  # how often the card was asked for further down
    sa.Column("changes", sa.Integer, nullable=False, default=1),  # how often the card was to be redrawn
    sa.Column("shown_changes", sa.Integer, nullable=False, server_default="0"),  # `changes` when it was last shown
    sa.Column("is_due", sa.Boolean, nullable=False, default=True),
    sa.Column("due_since", sa.Float),  # epoch seconds
    sa.Column("next_try_at", sa.Float, nullable=False, default=0.0),  # epoch seconds
    sa.Column("held_until", sa.Float, nullable=False, server_default="0"),  # epoch seconds: the end of quiet hours
    sa.Column("claimed_by", sa.String, nullable=False, default=""),  # the process that sends it just now
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("subject_id", "kind", "conversation_id"),
    sa.Index("messages_due", "is_due", "next_try_at"),
)

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.String, primary_key=True),  # Microsoft's
    sa.Column("ended_at", sa.Float),  # epoch seconds at which Mailroom saw that it was over
    sa.Column("document", sa.Text, nullable=False),  # the whole Incident as JSON
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

greetings = sa.Table(
    "greetings",
    metadata,
    sa.Column("conversation_id", sa.String, primary_key=True),  # where Mailroom has introduced itself
)

quiet_hours = sa.Table(
    "quiet_hours",
    metadata,
    sa.Column("conversation_id", sa.String, primary_key=True),  # of a 1:1 chat
    sa.Column("starts", sa.String, nullable=False),  # HH:MM in `zone`
    sa.Column("ends", sa.String, nullable=False),
    sa.Column("zone", sa.String, nullable=False),  # IANA
)

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("conversation_id", sa.String, primary_key=True),  # without the thread of a channel
    sa.Column("user", sa.String, primary_key=True),  # lower case; "": everybody
)

# In which nothing can be said just now, or any more. Those without a row are fine.
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String, primary_key=True),  # as in `messages`
    sa.Column("paused_until", sa.Float, nullable=False, default=0.0),  # epoch seconds
    sa.Column("attempts", sa.Integer, nullable=False, default=0),  # in vain, one after another
    sa.Column("gone_since", sa.Float),  # epoch seconds
    sa.Column("why", sa.String, nullable=False, default=""),  # it is gone, as a sentence
)

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("id", sa.String, primary_key=True),  # of the case that it becomes
    sa.Column("upn", sa.String, nullable=False, unique=True),  # lower case
    sa.Column("starts_at", sa.Float, nullable=False),  # epoch seconds
    sa.Column("next_try_at", sa.Float, nullable=False),  # epoch seconds
    sa.Column("document", sa.Text, nullable=False),  # the whole Scheduled as JSON
)

processes = sa.Table(
    "processes",
    metadata,
    sa.Column("id", sa.String, primary_key=True),  # the engine's executor id
    sa.Column("seen_at", sa.Float, nullable=False),  # epoch seconds by the database's clock
)

takeovers = sa.Table(
    "takeovers",
    metadata,
    sa.Column("workflow_id", sa.String, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),  # how often its process died
)


def open_engine(url: str, token: TokenSource | None = None) -> sa.Engine:
    """An engine for `url`; a SQLite file's folder is made when it is missing.

    What a PostgreSQL URL says after its "?" goes to libpq, such as sslmode=verify-full and sslrootcert. With `token`
    every new connection signs in with what it answers then: tokens end, connections that are open stay.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        parsed = parsed.set(drivername="postgresql+psycopg", query={**CONNECTION, **parsed.query})
        # The connection used last comes first: it has the statements prepared, and the others may rest.
        engine = sa.create_engine(parsed, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True, pool_use_lifo=True)
        if token:
            event.listen(engine, "do_connect", _signing_in(token))
        return engine
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, pool_size=POOL_SIZE)
    event.listen(engine, "connect", _tune_sqlite)
    return engine


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for any other."""
    parsed = sa.make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def open_existing(url: str, token: TokenSource | None = None) -> sa.Engine:
    """An engine for a database that has to be there: no file is made. Raises NoDatabase."""
    file = sqlite_file(url)
    if file is not None and not file.is_file():
        raise NoDatabase(f"There is no database at {file}. Start the bot once, or correct MAILROOM_DATABASE_URL.")
    return open_engine(url, token)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that reads and then writes what it read, undisturbed.

    On SQLite the write lock is taken at once: a deferred transaction that reads first and writes later
    fails with "database is locked". On PostgreSQL the reader locks its rows (`with_for_update`).
    Raises DatabaseUnavailable.
    """
    committed: list[Callable[[], None]] = []
    with _answered(), engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.info[AFTER_COMMIT] = committed
        yield connection
    for call in committed:
        call()


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection for looking only. Raises DatabaseUnavailable."""
    with _answered(), engine.connect() as connection:
        yield connection


def has_come(column: sa.Column[Any], at: float, farthest: float) -> sa.ColumnElement[bool]:
    """At `at` the moment in the column has come (epoch seconds); or it is so far off that the clock was wrong before.

    Nothing is ever put off for more than `farthest` seconds, so after a clock was put back nothing waits for hours.
    """
    return (column <= at) | (column > at + farthest)


def insert_new(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:
    """False when such a row is there already: another process may have made it since we looked."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table).values(**values).on_conflict_do_nothing()
    return connection.execute(insert, execution_options={"preserve_rowcount": True}).rowcount > 0


@contextmanager
def _answered() -> Iterator[None]:
    """What the driver says of a database that is gone, too slow or full becomes one sentence."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError) as error:
        raise DatabaseUnavailable(_sentence(error)) from error


def _sentence(error: sa.exc.SQLAlchemyError) -> str:
    said = str(error)
    if "disk is full" in said or getattr(getattr(error, "orig", None), "sqlstate", "") == DISK_FULL:
        return FULL
    # SQLite's words for a quota or a limit of the system, and for a disk that fails or became read-only.
    return BROKEN if "disk I/O error" in said or "readonly database" in said else SILENT


def _signing_in(token: TokenSource) -> Callable[..., None]:
    """No token is told as a server that does not answer, so that whoever waits for the database waits for it, too."""

    def sign_in(dialect: Any, _record: Any, _words: Any, options: dict[str, Any]) -> None:
        try:
            options["password"] = token()
        except MailroomError as error:
            log.warning("no connection to the database: %s", error.sentence)
            raise dialect.dbapi.OperationalError(error.sentence) from error

    return sign_in


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
