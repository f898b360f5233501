"""Backup and restore of a SQLite database: a copy in one file that is whole also while the bot writes.

PostgreSQL has its own programs for that; docs/operate.md has the commands.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from jobs.migrations import HEAD
from provisioning.errors import MailroomError

BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps next to a database that is open
OWNER_ONLY = 0o600


class NoBackup(MailroomError):
    """Why nothing was saved or restored."""


def save(database: Path, target: Path) -> None:
    """A copy of the database as it is at one moment, checked. Nobody who writes has to wait for it."""
    if not database.is_file():
        raise NoBackup(f"There is no database at {database}.")
    if target.exists():
        raise NoBackup(f"There is {target} already. Choose another name.")
    part = _empty(target)
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)  # all pages in one step: SQLite's own snapshot
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        _check(part)
        part.rename(target)
    except sqlite3.Error as error:
        raise NoBackup(f"{database} could not be copied: {error}.") from error
    finally:
        part.unlink(missing_ok=True)


def restore(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put the backup in the place of the database; answers where the one that stood there is now."""
    if not backup.is_file():
        raise NoBackup(f"There is no file {backup}.")
    _check(backup)
    database.parent.mkdir(parents=True, exist_ok=True)
    aside = _set_aside(database, now) if database.exists() else None
    part = _empty(database)
    shutil.copyfile(backup, part)
    part.rename(database)
    return aside


def _empty(target: Path) -> Path:
    """A file beside the target that only its owner may read: it will hold names, and the key of the buttons."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    return part


def _check(file: Path) -> None:
    """Raises NoBackup for what is broken, is none of ours, or is of a newer version."""
    try:
        with closing(sqlite3.connect(f"file:{file.resolve()}?mode=ro", uri=True)) as connection:
            fault = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            step = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise NoBackup(f"{file} is no database of Mailroom's.") from error
    if fault != "ok":
        raise NoBackup(f"{file} is damaged: {fault}.")
    if step > HEAD:
        raise NoBackup(f"{file} is of a newer version (its tables are at {step}, this one's at {HEAD}).")


def _set_aside(database: Path, now: datetime) -> Path:
    """Raises NoBackup while somebody has it open. What it has not yet written back goes into it first."""
    try:
        with closing(sqlite3.connect(database, timeout=2)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # which takes that nobody else has it open
    except sqlite3.OperationalError as error:
        raise NoBackup(f"{database} is in use ({error}). Stop the bot first.") from error
    except sqlite3.DatabaseError:
        pass  # it is damaged: that may be why somebody restores a backup
    aside = database.with_name(f"{database.name}.{now:%Y%m%d-%H%M%S}")
    if aside.exists():
        raise NoBackup(f"There is {aside} already.")
    for end in BESIDE:
        left = database.with_name(f"{database.name}{end}")
        if left.exists():
            left.rename(f"{aside}{end}")
    return database.rename(aside)
