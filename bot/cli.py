"""`python -m bot.cli`: Mailroom from a terminal, with the same checks and the same writes as in the chat.

    python -m bot.cli diagnose UPN [--json]
    python -m bot.cli fix UPN FIX-ID [--yes] [--choose NAME=VALUE] [--json]
    python -m bot.cli provision UPN… | --csv FILE [--as PROFILE] [--license …] [--location …] [--yes] [--json] …
    python -m bot.cli sign-in UPN
    python -m bot.cli cases [STATE] [--stage …] [--by …] [--older …] [--newer …] [--json]
    python -m bot.cli licenses [--json]
    python -m bot.cli report [--weeks N] [--json]

Whoever can run it holds the app's own rights, so it asks for no role; docs/cli.md says what becomes of an order.
"""

import argparse
import asyncio
import importlib
import logging
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bot.refusing import refuse
from bot.settings import Settings, SettingsError, read
from bot.terminal.screen import BAD, INTERRUPTED, UNREACHABLE

EXIT_CODES = """exit codes:
  0    fine: healthy, cured, ordered, everybody ready, listed
  1    something is wrong, has failed or is not ready yet
  2    wrong settings, arguments or lines; nothing was ordered or changed
  3    Microsoft Graph or the database does not answer, or no Mailroom runs
  130  Ctrl-C; what was ordered goes on"""

# Where each command's function of the same name is: the SDKs behind them take a second to import.
_COMMANDS = {
    "diagnose": "bot.terminal.repairs",
    "fix": "bot.terminal.repairs",
    "provision": "bot.terminal.ordering",
    "sign-in": "bot.terminal.signing_in",
    "cases": "bot.terminal.looking",
    "licenses": "bot.terminal.looking",
    "report": "bot.terminal.looking",
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = options_of(arguments)
    logging.basicConfig(level=logging.ERROR)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without the letters of some name
    try:
        settings = read()
    except SettingsError as error:
        return refuse(str(error), BAD)
    try:
        return asyncio.run(run(options, settings))
    except KeyboardInterrupt:
        return INTERRUPTED


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Raises SystemExit, with a line on stderr, for what is no command."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "provision" and bool(options.users) == (options.csv is not None):
        parser.error("provision takes either UPNs or --csv FILE")
    return options


async def run(options: argparse.Namespace, settings: Settings) -> int:
    """One command, up to its exit code."""
    # Wrong settings and arguments are told before.
    from provisioning.errors import DatabaseUnavailable, GraphUnavailable, MailroomError

    async with AsyncExitStack() as stack:
        try:
            command = getattr(importlib.import_module(_COMMANDS[options.command]), options.command.replace("-", "_"))
            return int(await command(options, settings, stack))
        except (GraphUnavailable, DatabaseUnavailable) as error:
            return refuse(error.sentence, UNREACHABLE)
        except MailroomError as error:
            return refuse(error.sentence, BAD)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot.cli",
        description="Order, diagnose and fix mailboxes, and see how they stand.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _mending(commands)
    _ordering(commands)
    _looking(commands)
    for name, command in commands.choices.items():
        command.epilog, command.formatter_class = EXIT_CODES, argparse.RawDescriptionHelpFormatter
        if name != "sign-in":
            command.add_argument(
                "--json", action="store_true", help="print one JSON object, and nothing else, on stdout"
            )
    return parser


def _mending(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    diagnose = commands.add_parser("diagnose", help="say why a mailbox is missing or stuck")
    fix = commands.add_parser("fix", help="carry out one of the fixes that a diagnosis offers")
    for command in (diagnose, fix):
        command.add_argument("user", metavar="UPN", help="sign-in name, address or object id")
    fix.add_argument("fix", metavar="FIX-ID", help="as diagnose names it")
    fix.add_argument("--yes", action="store_true", help="do it without asking")
    fix.add_argument("--choose", action="append", default=[], metavar="NAME=VALUE", help="answer what the fix asks")


def _ordering(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    provision = commands.add_parser("provision", help="order mailboxes, and wait until they are ready")
    add = provision.add_argument
    add(
        "users",
        nargs="*",
        metavar="UPN",
        help="whom for; an argument may have options, as a line of a list in the chat",
    )
    add("--csv", metavar="FILE", help="the list, as docs/bulk.md has it; - is stdin")
    add("--as", dest="profile", metavar="PROFILE", help="as this profile (docs/profiles.md)")
    add("--license", metavar="NAME", help="such as E3; for whoever has no other on their line, as all that follows")
    add("--location", metavar="COUNTRY", help="usage location: two letters, such as DE")
    add("--manager", metavar="UPN")
    add("--department", metavar="NAME")
    add("--name", metavar="NAME", help="display name; for one person")
    add("--names-from-addresses", action="store_true", help="who has no name gets jane.doe@… as Jane Doe")
    add("--restore", choices=("yes", "no"), help="of who is in the recycle bin: restore, or make a new account")
    add("--at", metavar="WHEN", help='begin later, such as "08:00 tomorrow"; for one person')
    add("--zone", metavar="ZONE", help="of --at, such as Europe/Berlin; without it that of this machine")
    add("--dry-run", action="store_true", help="only check the list")
    add("--skip-bad", action="store_true", help="order the others where lines cannot start")
    add("--yes", action="store_true", help="order without asking")
    add("--no-wait", action="store_true", help="end once it is ordered")
    add("--timeout", type=_minutes, metavar="MINUTES", help="wait no longer; the orders go on")
    sign_in = commands.add_parser("sign-in", help="show the first sign-in details of one person, once, on this screen")
    sign_in.add_argument("user", metavar="UPN", help="of an account that was made for an order of yours from here")


def _looking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    cases = commands.add_parser("cases", help="list orders and how they stand; open ones, unless a state is named")
    add = cases.add_argument
    add("state", nargs="?", default="", help="open, late, running, waiting, ready, failed, given_up, cancelled or all")
    add("--stage", default="", help="account, license, mailbox, sync, activation or notification")
    add("--by", default="", metavar="NAME", help="a part of the asker's name, or me")
    add("--older", default="", metavar="AGE", help="such as 30m, 2h, 3d or 1w")
    add("--newer", default="", metavar="AGE")
    add("--page", default="", metavar="N")
    add("--limit", type=int, default=50, metavar="N", help="cases on a page (50)")
    commands.add_parser("licenses", help="seats by license, and who waits for one")
    report = commands.add_parser("report", help="how long mailboxes took, by week, and what held them up")
    report.add_argument("--weeks", default="8", metavar="N", help="1 to 52 (8)")


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 100_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no number of minutes")
    return minutes


if __name__ == "__main__":
    sys.exit(main())
