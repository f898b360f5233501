"""`diagnose` and `fix`: why a mailbox is missing or stuck, and one of the fixes that a diagnosis offers."""

import argparse
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.refusing import refuse
from bot.settings import Settings
from bot.terminal.mending import Terminal, open_terminal
from bot.terminal.screen import BAD, NOT_WELL, WELL, Json, agrees, print_json, print_lines, told, words

FIELD = " " * 4


async def diagnose(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    terminal = await _open(settings, stack)
    found = await terminal.diagnose(options.user)
    _print(found, options, _told)
    return WELL if found["healthy"] else NOT_WELL


async def fix(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    terminal = await _open(settings, stack)
    choice = dict(pair.partition("=")[::2] for pair in options.choose)
    plan = await terminal.plan(options.user, options.fix, choice, take_suggestions=options.yes)
    if plan["asks"]:
        wanted = ", ".join(f"--choose {ask['name']}=… ({ask['label']})" for ask in plan["asks"])
        return refuse(f"This fix needs an answer first: {wanted}.", BAD)
    if not options.yes and not _agreed(plan, options):
        return refuse("Nothing was done. Say --yes to do it.", BAD)
    done = await terminal.fix(options.user, options.fix, plan["choice"], uuid.uuid4().hex[:16])
    _print(done, options, _told_fix)
    return WELL if done["outcome"] == "cured" else NOT_WELL


async def _open(settings: Settings, stack: AsyncExitStack) -> Terminal:
    state = Path(stack.enter_context(TemporaryDirectory(prefix="mailroom-")))
    return await open_terminal(settings, state, stack)


def _agreed(plan: Json, options: argparse.Namespace) -> bool:
    console = told(is_json=options.json)
    console.print(words(plan["changes"]))
    for says in plan["steps"]:
        console.print(f"{FIELD}", words(says), sep="")
    return agrees("Do it?")


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


def _print(result: Json, options: argparse.Namespace, lines_of: Callable[[Json], list[str]]) -> None:
    if options.json:
        print_json(result)
    else:
        print_lines(*lines_of(result))
