"""The key of this installation, by which the bot knows its own buttons again. It stays where the cases are.

Made at the first start, kept across restarts, and the same for every process on one database. Once it is replaced and
the bots are started again, the buttons on older cards are out of date, and nothing else is lost.
"""

import secrets as randomness

import sqlalchemy as sa

from jobs.tables import insert_new, reading, secrets, writing

NAME = "server-key"
KEY_BYTES = 32


def server_key(engine: sa.Engine) -> bytes:
    """32 random bytes. Of two processes that make them at once, the second takes those of the first."""
    kept = sa.select(secrets.c.value).where(secrets.c.name == NAME)
    with reading(engine) as connection:
        known = connection.execute(kept).scalar()
    if known:
        return bytes(known)
    with writing(engine) as connection:
        insert_new(connection, secrets, name=NAME, value=randomness.token_bytes(KEY_BYTES))
    with reading(engine) as connection:
        return bytes(connection.execute(kept).scalar_one())


def replace_key(engine: sa.Engine) -> None:
    """For whoever starts from now on; a process that runs keeps the one that it has."""
    with writing(engine) as connection:
        connection.execute(secrets.delete().where(secrets.c.name == NAME))
        connection.execute(secrets.insert().values(name=NAME, value=randomness.token_bytes(KEY_BYTES)))
