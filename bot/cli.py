"""`python -m bot.cli`: diagnose and fix from a terminal, with the same checks and the same writes as in the chat.

    python -m bot.cli diagnose UPN [--json]
    python -m bot.cli fix UPN FIX-ID [--yes] [--choose NAME=VALUE] [--json]

Whoever can run it holds the app's own rights, so it asks for no role. With --yes, what the fix asks and --choose
does not answer gets the suggested answer; where there is none, nothing is done. Exit codes: 0 healthy or cured,
1 not, 2 wrong settings or arguments, 3 Graph did not answer.
"""

import argparse
import asyncio
import json
import logging
import sys
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.settings import Settings, SettingsError, read

HEALTHY, NOT_HEALTHY, BAD, UNREACHABLE = range(4)
FIELD = " " * 4

Json = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    try:
        settings = read()
    except SettingsError as error:
        return _refuse(str(error), BAD)
    return asyncio.run(_run(options, settings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.cli", description="Diagnose and fix mailboxes.")
    commands = parser.add_subparsers(dest="command", required=True)
    diagnose = commands.add_parser("diagnose", help="say why a mailbox is missing or stuck")
    fix = commands.add_parser("fix", help="carry out one of the fixes that a diagnosis offers")
    for command in (diagnose, fix):
        command.add_argument("user", metavar="UPN", help="sign-in name, address or object id")
        command.add_argument("--json", action="store_true", help="print one JSON object")
    fix.add_argument("fix", metavar="FIX-ID", help="as diagnose names it")
    fix.add_argument("--yes", action="store_true", help="do it without asking")
    fix.add_argument("--choose", action="append", default=[], metavar="NAME=VALUE", help="answer what the fix asks")
    return parser


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    # The SDKs take a second to import: wrong settings and arguments are told before.
    from bot.terminal import Terminal, open_terminal
    from provisioning.errors import GraphUnavailable, MailroomError

    async with AsyncExitStack() as stack:
        state = Path(stack.enter_context(TemporaryDirectory(prefix="mailroom-")))
        terminal: Terminal = await open_terminal(settings, state, stack)
        try:
            if options.command == "diagnose":
                return await _diagnose(options, terminal)
            return await _fix(options, terminal)
        except GraphUnavailable as error:
            return _refuse(error.sentence, UNREACHABLE)
        except MailroomError as error:
            return _refuse(error.sentence, BAD)


async def _diagnose(options: argparse.Namespace, terminal: Any) -> int:
    found: Json = await terminal.diagnose(options.user)
    _print(found, options, _told)
    return HEALTHY if found["healthy"] else NOT_HEALTHY


async def _fix(options: argparse.Namespace, terminal: Any) -> int:
    choice = dict(pair.partition("=")[::2] for pair in options.choose)
    plan: Json = await terminal.plan(options.user, options.fix, choice, take_suggestions=options.yes)
    if plan["asks"]:
        wanted = ", ".join(f"--choose {ask['name']}=… ({ask['label']})" for ask in plan["asks"])
        return _refuse(f"This fix needs an answer first: {wanted}.", BAD)
    if not options.yes and not _agreed(plan):
        return _refuse("Nothing was done. Say --yes to do it.", BAD)
    done: Json = await terminal.fix(options.user, options.fix, plan["choice"], uuid.uuid4().hex[:16])
    _print(done, options, _told_fix)
    return HEALTHY if done["outcome"] == "cured" else NOT_HEALTHY


def _agreed(plan: Json) -> bool:
    _say(plan["changes"], *(f"{FIELD}{says}" for says in plan["steps"]))
    if not sys.stdin.isatty():
        return False
    return input("Do it? Type yes: ").strip().lower() == "yes"


def _told(found: Json) -> list[str]:
    lines = [found["summary"]]
    for finding in found["findings"]:
        mark = "likely" if finding["likely"] else "found"
        lines.append(f"{finding['cause']} {finding['slug']} ({mark}): {finding['sentence']}")
        lines += [f"{FIELD}{one['property']} = {one['value']}" for one in finding["evidence"]]
        lines += [f"{FIELD}fix: {fix['id']} (risk {fix['risk']}, {fix['kind']})" for fix in finding["fixes"]]
    return lines + [one["sentence"] for one in found["unread"]]


def _told_fix(done: Json) -> list[str]:
    steps = [f"{FIELD}{step['state']}: {step['says']}" for step in done["steps"]]
    return [f"{done['title']}: {done['outcome']}", *steps, done["sentence"]]


def _print(result: Json, options: argparse.Namespace, told: Any) -> None:
    _say(*([json.dumps(result, ensure_ascii=False)] if options.json else told(result)))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _refuse(sentence: str, code: int) -> int:
    sys.stderr.write(f"mailroom: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
