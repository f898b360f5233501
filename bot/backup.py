"""`python -m bot.backup`: save a SQLite database while the bot runs, or put a copy back while it does not.

    python -m bot.backup save FILE
    python -m bot.backup restore FILE

It works on the database of MAILROOM_DATABASE_URL and needs no other setting. The database that stood there is set
aside, not overwritten. For PostgreSQL docs/operate.md has the commands. Exit codes: 0 done, 1 not done, 2 wrong
settings or arguments.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.clock import SystemClock
from bot.refusing import refuse
from bot.settings import SettingsError, read_database
from provisioning.errors import MailroomError

DONE, NOT_DONE, BAD = range(3)
POSTGRESQL = "This database is PostgreSQL: pg_dump and pg_restore do it. docs/operate.md has the commands."


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        from jobs.tables import sqlite_file

        database = sqlite_file(read_database().database_url)
        if database is None:
            return refuse(POSTGRESQL, BAD)
        return _save(database, options.file) if options.command == "save" else _restore(options.file, database)
    except SettingsError as error:
        return refuse(str(error), BAD)
    except MailroomError as error:
        return refuse(error.sentence, NOT_DONE)
    except OSError as error:
        return refuse(f"{error.filename}: {error.strerror}", NOT_DONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.backup", description="Save or restore a SQLite database.")
    commands = parser.add_subparsers(dest="command", required=True)
    save = commands.add_parser("save", help="copy the database to a new file; the bot may run")
    restore = commands.add_parser("restore", help="put a copy in the database's place; the bot must not run")
    for command in (save, restore):
        command.add_argument("file", type=Path, metavar="FILE")
    return parser


def _save(database: Path, target: Path) -> int:
    from jobs.backups import save

    save(database, target)
    return _say(f"{target} is a copy of {database}, {target.stat().st_size:,} bytes, checked.")


def _restore(backup: Path, database: Path) -> int:
    from jobs.backups import restore

    aside = restore(backup, database, SystemClock().now())
    kept = f" The one before is {aside}." if aside else ""
    return _say(f"{database} is {backup} now.{kept} Start the bot.")


def _say(sentence: str) -> int:
    sys.stdout.write(f"{sentence}\n")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
