"""`python -m bot.retention`: delete what is too old, or what is kept about one person. Works while the bot runs.

    python -m bot.retention run [--json]
    python -m bot.retention forget UPN [--yes] [--json]

The bot does the first by itself once a day, by MAILROOM_RETENTION_DAYS and MAILROOM_AUDIT_RETENTION_DAYS. The second is
for a request of the person; the audit trail keeps its entries, and says that it was done. Exit codes: 0 done, 1 not
done because something has not ended, 2 wrong settings or arguments, or no database there.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.settings import Settings, SettingsError, read
from provisioning.case import Person
from provisioning.errors import MailroomError
from provisioning.keeping import Keep, said

if TYPE_CHECKING:
    import sqlalchemy as sa

DONE, NOT_DONE, BAD = range(3)
TERMINAL = Person("terminal", "the terminal")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        settings = read()
        engine = _open(settings)
    except SettingsError as error:
        return _refuse(str(error), BAD)
    except MailroomError as error:
        return _refuse(error.sentence, BAD)
    try:
        return _run(options, settings, engine) if options.command == "run" else _forget(options, engine)
    except MailroomError as error:
        return _refuse(error.sentence, NOT_DONE)
    finally:
        engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.retention", description="Delete personal data.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="delete what is older than the settings allow, as the bot does every day")
    forget = commands.add_parser("forget", help="delete what is kept about one person")
    forget.add_argument("upn", metavar="UPN", help="the sign-in name")
    forget.add_argument("--yes", action="store_true", help="do it without asking")
    for command in (run, forget):
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _open(settings: Settings) -> "sa.Engine":
    """The database, which has to be there: nothing is made here."""
    from bot.database import token_source
    from jobs.migrations import require_head
    from jobs.tables import open_existing

    engine = open_existing(settings.database_url, token_source(settings))
    require_head(engine)
    return engine


def _run(options: argparse.Namespace, settings: Settings, engine: "sa.Engine") -> int:
    from jobs.retention import Retention

    keep = Keep(settings.retention_days, settings.audit_retention_days)
    if keep.is_for_ever:
        return _refuse("MAILROOM_RETENTION_DAYS is 0, so nothing is ever too old.", DONE)
    steps = Retention(engine, SystemClock(), keep)
    counts = asyncio.run(steps.all_of(steps.today()))
    return _tell(options, counts, f"Deleted: {said(counts)}.")


def _forget(options: argparse.Namespace, engine: "sa.Engine") -> int:
    from jobs.forgetting import forget

    if not options.yes and not _agreed(options.upn):
        return _refuse("Nothing was deleted. Say --yes to do it.", NOT_DONE)
    counts = forget(engine, options.upn, TERMINAL, SystemClock().now())
    return _tell(options, counts, f"Deleted about {options.upn}: {said(counts)}. The audit trail keeps its entries.")


def _agreed(upn: str) -> bool:
    sys.stdout.write(f"This deletes what is kept about {upn}. It cannot be undone.\n")
    return sys.stdin.isatty() and input("Do it? Type yes: ").strip().lower() == "yes"


def _tell(options: argparse.Namespace, counts: Mapping[str, int], sentence: str) -> int:
    sys.stdout.write(f"{json.dumps({'deleted': counts}) if options.json else sentence}\n")
    return DONE


def _refuse(sentence: str, code: int) -> int:
    sys.stderr.write(f"mailroom: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
