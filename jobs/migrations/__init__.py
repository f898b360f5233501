"""Brings the tables of any earlier version to this one's (Alembic). CONTRIBUTING.md says how to add a step."""

from pathlib import Path

import sqlalchemy as sa

from jobs.tables import NoDatabase, TokenSource, open_existing, reading, writing

HEAD = "0019"  # the newest step in versions/
LOCK = 0x4D61696C  # "Mail": PostgreSQL's advisory lock that all our processes take to migrate


def migrate(engine: sa.Engine) -> None:
    """Safe for several processes at once, and for tables of a newer version: those are left as they are.

    A newer version only ever adds, so that old processes go on beside it. Each step is a transaction of its own and
    alters one table: with two it could hold the one that an old process waits for, and wait for the one that it holds.
    Raises DatabaseUnavailable.
    """
    is_done = version(engine) >= HEAD
    while not is_done:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            if _version(connection) < HEAD:
                _upgrade_one(connection)
            is_done = _version(connection) >= HEAD


def version(engine: sa.Engine) -> str:
    """The step that the tables are at; "" for none. Raises DatabaseUnavailable."""
    with reading(engine) as connection:
        return _version(connection)


def open_at_head(url: str, token: TokenSource | None = None) -> sa.Engine:
    """An existing database whose tables are at least at this version's step: nothing is made or altered.

    Raises NoDatabase and DatabaseUnavailable.
    """
    engine = open_existing(url, token)
    if version(engine) < HEAD:
        raise NoDatabase("The database's tables are of an older version, or there are none. Start the bot once.")
    return engine


def _version(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


def _upgrade_one(connection: sa.Connection) -> None:
    # Only where there is something to do: it takes a fifth of a second to import.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "+1")
