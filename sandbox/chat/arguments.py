"""Reading the arguments of the chat API: who, where, which message; each refusal is a sentence."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.chat.activities import Place
from sandbox.connector import shapes
from sandbox.connector.state import CHATS, Message, split_thread
from sandbox.keys import ADDRESS
from sandbox.people import CONVERSATIONS, PEOPLE, Conversation, Person, person_by_key

KINDS = {"group": "groupChat", "channel": "channel"}

Body = dict[str, Any]


class BadRequest(Exception):
    """A sentence for whoever drives the API wrongly."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def guard(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except BadRequest as wrong:
            return shapes.error(wrong.status, "NotFound" if wrong.status == 404 else "BadRequest", str(wrong))

    return guarded


def with_body(
    action: Callable[[web.Request, Body], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json() if request.can_read_body else {}
        except (json.JSONDecodeError, UnicodeDecodeError) as wrong:
            raise BadRequest("The body is not JSON.") from wrong
        if not isinstance(body, dict):
            raise BadRequest("The body is not a JSON object.")
        return await action(request, body)

    return handler


def read_person(key: object) -> Person:
    person = person_by_key(str(key))
    if person is None:
        raise BadRequest(f"`as` names a person: {', '.join(one.key for one in PEOPLE)}.", 404)
    return person


def read_conversation(request: web.Request, person: Person, name: object) -> Conversation:
    """By id, or by the words personal, group and channel."""
    chats, name = request.app[CHATS], str(name or "")
    if name == "personal":
        found = chats.personal(person.key)
    elif name in KINDS:
        found = next((one for one in CONVERSATIONS if one.kind == KINDS[name]), None)
    else:
        found = chats.conversation(name)
    if found is None or person.key not in found.members:
        raise BadRequest(f"{person.name} has no conversation {name!r}.", 404)
    return found


def read_place(request: web.Request, body: Body) -> Place:
    """Who does something where; `root` is the thread in a channel."""
    person = read_person(body.get("as"))
    conversation = read_conversation(request, person, body.get("conversation"))
    root = str(body.get("root") or split_thread(str(body.get("conversation")))[1])
    root = root if conversation.kind == "channel" else ""
    if root and request.app[CHATS].find(conversation.id, root) is None:
        raise BadRequest(f"There is no thread {root}.", 404)
    base = request.app[ADDRESS].url or str(request.url.origin())
    return Place(person, conversation, f"{base}/connector", root)


def read_message(request: web.Request, place: Place, body: Body) -> Message:
    message = request.app[CHATS].find(place.conversation.id, str(body.get("message")))
    if message is None or message.deleted:
        raise BadRequest("There is no such message.", 404)
    return message


def read_object(body: Body, name: str) -> dict[str, Any]:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise BadRequest(f"{name} is not a JSON object.")
    return value
