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
from bot.refusing import refuse
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
        from bot.database import open_made  # the SDKs take a second: wrong settings are told before

        engine = open_made(settings)
    except SettingsError as error:
        return refuse(str(error), BAD)
    except MailroomError as error:
        return refuse(error.sentence, BAD)
    try:
        return _run(options, settings, engine) if options.command == "run" else _forget(options, engine)
    except MailroomError as error:
        return refuse(error.sentence, NOT_DONE)
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


def _run(options: argparse.Namespace, settings: Settings, engine: "sa.Engine") -> int:
    from jobs.retention import Retention

    keep = Keep(settings.retention_days, settings.audit_retention_days)
    if keep.is_for_ever:
        return refuse("MAILROOM_RETENTION_DAYS is 0, so nothing is ever too old.", DONE)
    steps = Retention(engine, SystemClock(), keep)
    counts = asyncio.run(steps.all_of(steps.today()))
    return _tell(options, counts, f"Deleted: {said(counts)}.")


def _forget(options: argparse.Namespace, engine: "sa.Engine") -> int:
    from bot.terminal.screen import agrees
    from jobs.forgetting import forget

    question = f"This deletes what is kept about {options.upn}. It cannot be undone. Do it?"
    if not options.yes and not agrees(question):
        return refuse("Nothing was deleted. Say --yes to do it.", NOT_DONE)
    counts = forget(engine, options.upn, TERMINAL, SystemClock().now())
    return _tell(options, counts, f"Deleted about {options.upn}: {said(counts)}. The audit trail keeps its entries.")


def _tell(options: argparse.Namespace, counts: Mapping[str, int], sentence: str) -> int:
    sys.stdout.write(f"{json.dumps({'deleted': counts}) if options.json else sentence}\n")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
