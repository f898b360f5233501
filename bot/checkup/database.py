"""The database: there, at this version's step, writable, with room, and for nobody else's eyes."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from bot.checkup import Found, aside, failed, ok, skipped, warning, within
from bot.checkup.settings import OTHERS
from bot.database import token_source
from bot.settings import Settings, without_secrets
from jobs.examining import conversations_known, size_of, try_to_write
from jobs.migrations import HEAD, version
from jobs.tables import open_existing, reading, sqlite_file

LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes
REACH = "Correct MAILROOM_DATABASE_URL, or start the database; docs/runbooks/database-gone.md."

Look = Callable[[sa.Engine], Found]


async def check_database(settings: Settings) -> list[Found]:
    """Where the first one fails there is nothing to say about the others."""
    file = sqlite_file(settings.database_url)
    looks: dict[str, tuple[Look, str]] = {
        "database.tables": (_tables, REACH),
        "database.writable": (_writable, "See that the disk has room and the user may write."),
        "database.room": (partial(_room, file), REACH),
        "database.file": (partial(_file, file), REACH),
        "teams.conversations": (_conversations, REACH),
    }
    engines: list[sa.Engine] = []
    reached = await within("database", aside(partial(_reach, settings, engines)), REACH)
    if reached.is_failed:
        return [reached, *(skipped(name, "The database does not answer.") for name in looks)]
    found = [await within(name, aside(partial(look, engines[0])), remedy) for name, (look, remedy) in looks.items()]
    engines[0].dispose()
    return [reached, *found]


def _reach(settings: Settings, engines: list[sa.Engine]) -> Found:
    engine = open_existing(settings.database_url, token_source(settings))
    engines.append(engine)
    with reading(engine) as connection:
        connection.execute(sa.select(1))
    return ok("database", f"{without_secrets(settings.database_url)} answers.")


def _tables(engine: sa.Engine) -> Found:
    step = version(engine)
    if step == HEAD:
        return ok("database.tables", f"At step {HEAD}, as this version has them.")
    if not step:
        return warning("database.tables", "There are no tables yet.", "Start the bot once: it makes them.")
    if step < HEAD:
        remedy = "Start the bot of this version: it brings them up to date. Back up first; docs/operate.md."
        return warning("database.tables", f"At step {step}, this version has {HEAD}.", remedy)
    remedy = "Fine while versions are being replaced; otherwise run the newer version everywhere."
    return warning("database.tables", f"At step {step}, newer than this version's {HEAD}.", remedy)


def _writable(engine: sa.Engine) -> Found:
    if not version(engine):
        return skipped("database.writable", "There are no tables yet.")
    try_to_write(engine)
    return ok("database.writable", "It takes a write (undone at once).")


def _room(file: Path | None, engine: sa.Engine) -> Found:
    if file is None:
        size = f"{size_of(engine) / 1e6:,.0f} MB"
        return ok("database.room", f"It holds {size}; how much the server has left, only the server knows.")
    free = shutil.disk_usage(file.resolve().parent).free
    told = f"{free / 1e9:,.1f} GB are free beside {file.stat().st_size / 1e6:,.0f} MB."
    remedy = "Make room, or move the file; docs/runbooks/database-gone.md."
    if free < TOO_LITTLE:
        return failed("database.room", told, remedy)
    return warning("database.room", told, remedy) if free < LITTLE else ok("database.room", told)


def _file(file: Path | None, _engine: sa.Engine) -> Found:
    if file is None:
        return skipped("database.file", "Not a file.")
    beside = (file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm")))
    is_open = [one for one in beside if one.exists() and one.stat().st_mode & OTHERS]
    if is_open and file.resolve().parent.stat().st_mode & OTHERS:
        names = " ".join(str(one) for one in is_open)
        told = "Others than its owner may read the file, with its names and the key of the buttons."
        return warning("database.file", told, f"chmod 600 {names}")
    return ok("database.file", "Only its owner may read the file.")


def _conversations(engine: sa.Engine) -> Found:
    if not version(engine):
        return skipped("teams.conversations", "There are no tables yet.")
    known, gone = conversations_known(engine)
    if not known:
        told = "No conversation is known: nobody has added Mailroom in Teams or ordered anything, or it was long ago."
        return warning("teams.conversations", told, "Add the app in Teams and say help; docs/install.md, Into Teams.")
    more = f"; {gone} of them take nothing any more" if gone else ""
    return ok("teams.conversations", f"{known} are known{more}.")
