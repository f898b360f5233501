"""`sign-in`: the first sign-in details of one person, once, to whoever ordered here. docs/security.md has the rules.

They go to an interactive screen alone, never into a pipe, a file or JSON, and leave no trace in what was scrolled past.
"""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

from rich.console import Console

from bot.refusing import refuse
from bot.settings import Settings
from bot.terminal.opening import open_records, open_tenant
from bot.terminal.person import whoever_sits_here
from bot.terminal.screen import BAD, WELL, agrees, can_ask, screen, words
from handlers.credentials import check_holder, issue, shown_already
from handlers.grammar import check_address
from jobs.desk import Desk
from provisioning.case import Case, Person
from provisioning.directory import Credential
from provisioning.errors import BadOrder
from provisioning.ports import Directory


async def sign_in(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    if not (can_ask() and sys.stdout.isatty()):
        return refuse("Sign-in details are shown on an interactive terminal only, never into a pipe or a file.", BAD)
    upn = check_address(options.user)
    desk = await open_records(settings, stack)
    case = await desk.find(upn)
    if case is None:
        raise BadOrder(f"Nobody ordered a mailbox for {upn} here.")
    person = whoever_sits_here()
    _check(case, person, desk)
    if not agrees(f"Show the sign-in details of {upn} on this screen, this once?"):
        return refuse("Nothing was shown.", BAD)
    _show(case, await _claimed(case, person, desk, await open_tenant(settings, stack, desk)), screen())
    return WELL


def _check(case: Case, person: Person, desk: Desk) -> None:
    check_holder(case, person, desk.clock.now())
    if case.credential_shown_at:
        raise BadOrder(shown_already(case))


async def _claimed(case: Case, person: Person, desk: Desk, directory: Directory) -> Credential:
    with _no_interrupt():  # what Graph makes is seen, or is taken back
        if not await desk.claim_credential(case.id, person):
            case = await desk.get(case.id) or case
            _check(case, person, desk)
            raise BadOrder(shown_already(case))
        return await issue(case, person, directory, desk.audit, desk.release_credential)


def _show(case: Case, credential: Credential, console: Console) -> None:
    """On the alternate screen, which is gone with the next key."""
    with console.screen(hide_cursor=False):
        console.print(words(f"Sign-in details of {case.order.display_name or case.order.upn}", "bold"))
        console.print(words(f"Sign-in name: {case.order.upn}"))
        console.print(words(f"{credential.kind}: "), words(credential.secret, "bold"), soft_wrap=True)
        console.print(words(_validity(credential)))
        console.print(words("Pass it on by phone or in person. It is not shown again. Enter closes this."))
        _wait_for_enter()


def _validity(credential: Credential) -> str:
    if credential.valid_minutes is None:
        return "It must be changed at the first sign-in."
    return f"It works once, within {credential.valid_minutes} minutes."


def _wait_for_enter() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        input()
    except (EOFError, KeyboardInterrupt):
        return
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
