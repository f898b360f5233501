"""What a message extension does: a search in the compose box, and a form that is opened from a message.

@extension("find", Ask.QUERY, role=Role.VIEWER)
async def query(request: Request, services: Services) -> ExtensionReply: ...

The ids are those of `composeExtensions` in the app's manifest. Names and shapes of what Teams asks: "Respond to
search command" and "Create and send dialogs", learn.microsoft.com/microsoftteams/platform.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.access import Role, admit, require
from handlers.refusals import note_refusal
from handlers.requests import Card, Request, Services
from provisioning.acting import acting_for
from provisioning.errors import BadOrder, MailroomError, NotAllowed
from provisioning.words import say

log = logging.getLogger(__name__)


class Ask(StrEnum):
    """What Teams asks of a message extension; in brackets what the request has."""

    QUERY = "query"  # what was typed so far (text)
    SELECT = "select"  # a result was chosen (data: the result's own `item`)
    OPEN = "open"  # a dialog for a message (text: all that the message says)
    SUBMIT = "submit"  # the dialog was filled in (data, sealed)


@dataclass(frozen=True)
class Found:
    """A result: two plain lines in the list, and the card that it becomes. `item` comes back when it is chosen."""

    title: str
    text: str
    card: Card
    item: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExtensionReply:
    """Results, or a dialog with a card, or a sentence."""

    found: tuple[Found, ...] = ()
    dialog: Card | None = None
    title: str = ""  # of the dialog
    text: str = ""


ExtensionHandler = Callable[[Request, Services], Awaitable[ExtensionReply]]


@dataclass(frozen=True)
class _Extension:
    role: Role
    run: ExtensionHandler


_extensions: dict[tuple[str, Ask], _Extension] = {}


def extension(name: str, ask: Ask, *, role: Role) -> Callable[[ExtensionHandler], ExtensionHandler]:
    """Register what answers `ask` for the extension's command `name`."""

    def register(handler: ExtensionHandler) -> ExtensionHandler:
        if (name, ask) in _extensions:
            raise ValueError(f"two handlers for {name} {ask}")
        _extensions[name, ask] = _Extension(role, handler)
        return handler

    return register


def extension_ids() -> frozenset[str]:
    """The commands that the app's manifest has to name."""
    return frozenset(name for name, _ in _extensions)


async def extend(ask: Ask, name: str, request: Request, services: Services) -> ExtensionReply:
    """The answer to what Teams asks. Never raises: what goes wrong is a sentence."""
    try:
        admit(request.person, services)
        known = _known(ask, name)
        await require(known.role, request.person, services)
        with acting_for(request.person):
            return await known.run(request, services)
    except MailroomError as error:
        if isinstance(error, NotAllowed):
            await note_refusal(error, request, services)
        return ExtensionReply(text=error.sentence)
    except Exception:
        number = secrets.token_hex(4)
        log.exception("Unexpected error %s in the message extension %s", number, name)
        sentence = say(
            "Something went wrong in Mailroom (id {number}). "
            "Try again; if it stays, give the id to whoever runs Mailroom.",
            number=number,
        )
        return ExtensionReply(text=sentence)


def _known(ask: Ask, name: str) -> _Extension:
    """Some clients do not name the command: then it is the only one that could be meant."""
    possible = [known for (other, its), known in _extensions.items() if its is ask and name in ("", other)]
    if len(possible) != 1:
        raise BadOrder(say("I do not know this command; the app in Teams may be of another version than Mailroom."))
    return possible[0]
