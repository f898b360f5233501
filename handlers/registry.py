"""Which handler a message or a click belongs to, and what is shown when it fails.

@command("status [upn]", summary="…", example="status", role=Role.VIEWER)
async def status(request: Request, services: Services, command: Command) -> Reply | None: ...

@action("refresh", role=Role.VIEWER)
async def refresh(request: Request, services: Services) -> Reply | None: ...
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from rapidfuzz import fuzz, process

from cards.helping import CommandHelp, help_card
from cards.problem import problem_card
from cards.suggestion import suggestion_card
from handlers import fields, welcome
from handlers.access import Role, admit, require
from handlers.grammar import SHOWN, Command, check_address, clip, parse
from handlers.lists import BULK, is_list
from handlers.refusals import note_refusal
from handlers.requests import Reply, Request, Services
from handlers.views import fitted
from provisioning.acting import acting_for
from provisioning.errors import (
    BadOrder,
    DatabaseUnavailable,
    GraphError,
    MailroomError,
    MessengerUnavailable,
    NotAllowed,
)
from provisioning.words import say

# What a client may ask for by itself.
REFRESH_VERBS = frozenset({"refresh", "repair-refresh", "ready-refresh", "bulk-refresh"})
LIVES = timedelta(days=7)  # how long a button is good
VIEW_LIVES = timedelta(days=30)  # of what only shows something
FORM_LIVES = timedelta(hours=24)
DECISION_LIVES = timedelta(minutes=30)  # of “Do it”: what was shown before it is soon no longer so
NEAR = 60  # percent of likeness from which a word is taken for a typo of a command

log = logging.getLogger(__name__)

CommandHandler = Callable[[Request, Services, Command], Awaitable[Reply | None]]
ActionHandler = Callable[[Request, Services], Awaitable[Reply | None]]


@dataclass(frozen=True)
class _Command:
    help: CommandHelp
    role: Role | None
    run: CommandHandler


@dataclass(frozen=True)
class _Action:
    role: Role | None
    run: ActionHandler
    is_secret: bool
    lives: timedelta


_commands: dict[str, _Command] = {}
_actions: dict[str, _Action] = {}


def command(usage: str, *, summary: str, example: str, role: Role | None) -> Callable[[CommandHandler], CommandHandler]:
    """Register the handler of a command; its name is the first word of `usage`. Without a role it is for everyone."""
    name = usage.split()[0]

    def register(handler: CommandHandler) -> CommandHandler:
        _refuse_second(name, _commands)
        _commands[name] = _Command(CommandHelp(usage, summary, example), role, handler)
        return handler

    return register


def action(
    verb: str, *, role: Role | None, is_secret: bool = False, lives: timedelta = LIVES
) -> Callable[[ActionHandler], ActionHandler]:
    """Register the handler of a button's verb, which is good for `lives` once it is on a card.

    With `is_secret` its answer must never become a message.
    """

    def register(handler: ActionHandler) -> ActionHandler:
        _refuse_second(verb, _actions)
        _actions[verb] = _Action(role, handler, is_secret, lives)
        return handler

    return register


def helps() -> Sequence[CommandHelp]:
    return [known.help for known in _commands.values()]


def roles() -> Sequence[tuple[CommandHelp, Role | None]]:
    """Each command with the role that it needs; None: everyone's."""
    return [(known.help, known.role) for known in _commands.values()]


def secret_verbs() -> frozenset[str]:
    """Buttons whose answer may only be the direct answer to the click."""
    return frozenset(verb for verb, known in _actions.items() if known.is_secret)


def lifetimes() -> dict[str, timedelta]:
    """How long a button is good, by its verb."""
    return {verb: known.lives for verb, known in _actions.items()}


def names() -> frozenset[str]:
    """Every command and verb, for what counts them."""
    return frozenset(_commands) | frozenset(_actions)


async def dispatch(request: Request, services: Services) -> Reply | None:
    """The answer to a message or a click. Never raises: what goes wrong is told on a card.

    None: nothing to answer, because a job posts its own card or nobody asked.
    """
    if request.is_refresh and request.verb not in REFRESH_VERBS:
        return None
    try:
        with acting_for(request.person):
            reply = await _answer(request, services)
        return await fitted(reply, request, services, _needed) if reply else None
    except MailroomError as error:
        if isinstance(error, NotAllowed):
            await note_refusal(error, request, services)
        return None if request.is_refresh else _problem(error, request)
    except Exception:
        number = secrets.token_hex(4)
        log.exception("Unexpected error %s in %s", number, request.verb or "a message")
        return None if request.is_refresh else _surprise(number, request)


async def run_command(request: Request, services: Services) -> Reply | None:
    """What `request.text` asks for. Raises what the handler raises."""
    typed = parse(request.text) if not is_list(request) else Command(BULK)
    known = _commands.get(typed.name)
    await require(known.role if known else None, request.person, services)
    return await known.run(request, services, typed) if known else _unknown(typed)


async def _answer(request: Request, services: Services) -> Reply | None:
    admit(request.person, services)
    if request.event:
        return await welcome.happened(request, services)
    if not request.verb:
        return await run_command(request, services)
    known = _actions.get(request.verb)
    if known is None:
        raise BadOrder(
            say("I do not know this button; it may be from another version. Type help to see what I can do.")
        )
    await require(known.role, request.person, services)
    return await known.run(request, services)


def _needed(verb: str, data: Mapping[str, Any]) -> Role | None:
    """The role that a button needs: of `run`, its command's."""
    if verb == "run":
        known = _commands.get(parse(str(data.get("text", ""))).name)
        return known.role if known else None
    return _actions[verb].role if verb in _actions else None


def _unknown(typed: Command) -> Reply:
    if not typed.name:
        return Reply(card=help_card(helps()))
    if "@" in typed.name:  # only an address: say what could be done with it, do nothing
        meant = replace(typed, name="provision", args=(check_address(typed.name), *typed.args))
        return Reply(card=suggestion_card(clip(typed.text), meant.text))
    near = process.extractOne(typed.name[:SHOWN], list(_commands), scorer=fuzz.ratio, score_cutoff=NEAR)
    if near is None:
        sentence = say("I do not know “{typed}”. This is what I can do:", typed=clip(typed.name))
        return Reply(card=help_card(helps()), text=sentence)
    return Reply(card=suggestion_card(clip(typed.text), replace(typed, name=near[0]).text))


def _problem(error: MailroomError, request: Request) -> Reply:
    """A click that is refused gets a line: the card, perhaps half filled in, keeps its place."""
    if request.verb not in ("", "run") and not isinstance(error, GraphError):
        return Reply(text=error.sentence)
    trace = error.trace if isinstance(error, GraphError) else None
    may_pass = isinstance(error, GraphError | MessengerUnavailable | DatabaseUnavailable)
    return Reply(card=problem_card(error.sentence, trace, retry_text=fields.command(request).text if may_pass else ""))


def _surprise(number: str, request: Request) -> Reply:
    sentence = say(
        "Something went wrong in Mailroom (id {number}). Nothing more was changed. Try again; if it stays, "
        "give the id to whoever runs Mailroom.",
        number=number,
    )
    return Reply(card=problem_card(sentence, retry_text=fields.command(request).text))


def _refuse_second(name: str, known: dict[str, _Command] | dict[str, _Action]) -> None:
    if name in known:
        raise ValueError(f"two handlers for {name}")
