"""The key of this installation, by which the bot knows its own buttons again. It stays where the cases are.

Made at the first start, kept across restarts, and the same for every process on one database. To replace it, delete
the row and start again: the buttons on older cards are then out of date, and nothing else is lost.
"""

import secrets as randomness
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from jobs.tables import secrets

NAME = "server-key"
KEY_BYTES = 32


def server_key(engine: sa.Engine) -> bytes:
    """32 random bytes. Of two processes that make them at once, the second takes those of the first."""
    kept = sa.select(secrets.c.value).where(secrets.c.name == NAME)
    with engine.connect() as connection:
        known = connection.execute(kept).scalar()
    if known:
        return bytes(known)
    with suppress(IntegrityError), engine.begin() as connection:
        connection.execute(secrets.insert().values(name=NAME, value=randomness.token_bytes(KEY_BYTES)))
    with engine.connect() as connection:
        return bytes(connection.execute(kept).scalar_one())
