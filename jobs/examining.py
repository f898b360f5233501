"""Looks at the database for whoever wants to know whether it is well: python -m bot.doctor."""

import sqlalchemy as sa

from jobs.conversations import all_gone
from jobs.tables import greetings, messages, preferences, reading, writing

PROBE = "doctor"


class Undone(Exception):
    """Ends the transaction of a write that is only tried."""


def try_to_write(engine: sa.Engine) -> None:
    """A row that is written and taken back in the same transaction. Raises DatabaseUnavailable."""
    try:
        with writing(engine) as connection:
            connection.execute(preferences.delete().where(preferences.c.name == PROBE))
            connection.execute(preferences.insert().values(name=PROBE, value=""))
            raise Undone
    except Undone:
        return


def size_of(engine: sa.Engine) -> int:
    """Bytes of a PostgreSQL database."""
    with reading(engine) as connection:
        return int(connection.execute(sa.select(sa.func.pg_database_size(sa.func.current_database()))).scalar_one())


def conversations_known(engine: sa.Engine) -> tuple[int, int]:
    """How many, and in how many of them nothing can be said any more."""
    known = sa.union(sa.select(messages.c.conversation_id), sa.select(greetings.c.conversation_id))
    with reading(engine) as connection:
        return len(connection.execute(known).all()), len(all_gone(connection))
