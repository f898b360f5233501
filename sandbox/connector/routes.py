"""The Bot Connector's REST routes under /connector, and their controls under /sandbox/connector.

    POST   /connector/v3/conversations                                  create a 1:1 chat or a channel thread
    POST   /connector/v3/conversations/{conversation}/activities[/{id}] send, reply
    PUT    /connector/v3/conversations/{conversation}/activities/{id}   edit
    DELETE /connector/v3/conversations/{conversation}/activities/{id}   delete
    GET    /connector/v3/conversations/{conversation}/members[/{id}], /pagedmembers

    GET    /sandbox/connector/log      counters, every request received, every activity delivered; DELETE empties it
    GET    /sandbox/connector/faults   the faults left to happen; POST replaces them (sandbox.connector.faults)
    GET    /sandbox/connector/limits   what was asked and refused; POST switches (sandbox.connector.limits)

Paths, bodies and statuses as in Bot Framework's REST reference; error codes as Teams gives them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.connector import faults, shapes
from sandbox.connector.limits import ConnectorLimits
from sandbox.connector.log import ConnectorLog
from sandbox.connector.shapes import ConnectorError
from sandbox.connector.state import BOT, CHATS, Message, chats_of, split_thread, thread_id
from sandbox.faultplan import plan_of
from sandbox.people import PEOPLE, Conversation

LOG = web.AppKey("connector_log", ConnectorLog)
FAULTS = web.AppKey("connector_faults", faults.Faults)
LIMITS = web.AppKey("connector_limits", ConnectorLimits)

_CONVERSATION = "/connector/v3/conversations/{conversation}"


@dataclass(frozen=True)
class Outcome:
    """What an operation answers, and what the log says of it."""

    status: int
    body: Any = None
    id: str = ""
    notified: bool = False
    conversation: str = ""


Operation = Callable[[web.Request, dict[str, Any]], Awaitable[Outcome]]


def add_routes(app: web.Application) -> None:
    """Serve the connector from `app`."""
    chats_of(app)
    app[LOG] = ConnectorLog()
    app[FAULTS] = faults.Faults(plan_of(app))
    app[LIMITS] = ConnectorLimits()
    route = app.router.add_route
    route("POST", "/connector/v3/conversations", _serve("create", create_conversation))
    route("POST", f"{_CONVERSATION}/activities", _serve("send", send))
    route("POST", f"{_CONVERSATION}/activities/{{activity}}", _serve("send", send))
    route("PUT", f"{_CONVERSATION}/activities/{{activity}}", _serve("edit", edit))
    route("DELETE", f"{_CONVERSATION}/activities/{{activity}}", _serve("delete", delete))
    route("GET", f"{_CONVERSATION}/members", _serve("members", list_members))
    route("GET", f"{_CONVERSATION}/pagedmembers", _serve("members", page_members))
    route("GET", f"{_CONVERSATION}/members/{{member}}", _serve("members", get_member))
    route("GET", "/sandbox/connector/log", get_log)
    route("DELETE", "/sandbox/connector/log", clear_log)
    route("GET", "/sandbox/connector/faults", get_faults)
    route("POST", "/sandbox/connector/faults", set_faults)
    route("GET", "/sandbox/connector/limits", get_limits)
    route("POST", "/sandbox/connector/limits", set_limits)


def _serve(name: str, operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap an operation with reading, faults, error shapes and the log."""

    async def handler(request: web.Request) -> web.StreamResponse:
        body = await _read(request)
        conversation = request.match_info.get("conversation", "")
        fault = request.app[FAULTS].take(request.method, conversation)
        is_before = fault is not None and not (fault.after or fault.kind == "truncate")
        await faults.delay(fault if is_before else None)
        strikes = fault is not None and fault.kind != "delay"
        activity: dict[str, Any] = {}
        outcome = Outcome(0)
        try:
            if strikes and fault is not None and is_before:
                raise ConnectorError(fault.status, *_fault_words(fault.status))
            activity = shapes.parse_activity(body) if request.method in ("POST", "PUT") else {}
            _keep_limits(request, name, conversation or _member(activity))
            outcome = await operation(request, activity)
            response: web.Response = web.json_response(outcome.body, status=outcome.status)
        except ConnectorError as refusal:
            response = refusal.response()
        await faults.delay(None if is_before else fault)
        if strikes and fault is not None:
            error = shapes.error(fault.status, *_fault_words(fault.status))
            response = faults.refuse(request, fault, response, error)
        request.app[LOG].receive(
            at=shapes.moment(datetime.now(UTC)),
            method=request.method,
            operation=name,
            conversation=outcome.conversation or conversation,
            id=outcome.id or request.match_info.get("activity", ""),
            type=str(activity.get("type", "")),
            text=str(activity.get("text") or activity.get("summary") or "")[:200],
            notified=outcome.notified,
            status=response.status,
            fault=fault.kind if fault else "",
            bytes=len(body),
        )
        return response

    return handler


def _keep_limits(request: web.Request, operation: str, thread: str) -> None:
    """Refuses what is more than Teams allows; of a 1:1 chat that is to be created, `thread` is the member."""
    limits, known = request.app[LIMITS], request.app[CHATS].conversation(thread)
    wait = limits.refusal(operation, thread, is_personal=known is not None and known.kind == "personal")
    if wait is not None:
        raise ConnectorError(429, *_fault_words(429), wait if limits.names_time else None)


def _member(parameters: dict[str, Any]) -> str:
    members = parameters.get("members")
    return str(members[0].get("id")) if isinstance(members, list) and members and isinstance(members[0], dict) else ""


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return b" " * (shapes.MAX_BYTES + 1)  # refused as too big like any other, and logged


def _fault_words(status: int) -> tuple[str, str]:
    if status == 429:
        return "Throttled", "Too many requests. Please retry after a delay."
    if status == 412:
        return "PreconditionFailed", "The request was sent beside another that changed the same conversation."
    return "ServiceError", "The service is temporarily unavailable."


def _conversation(request: web.Request) -> Conversation:
    """The conversation in the path, if the bot is in it."""
    conversation = request.app[CHATS].conversation(request.match_info["conversation"])
    if conversation is None:
        raise ConnectorError(404, "ConversationNotFound", "Conversation not found.")
    _check_membership(request, conversation)
    return conversation


def _check_membership(request: web.Request, conversation: Conversation) -> None:
    if conversation.id not in request.app[CHATS].removed:
        return
    if conversation.kind == "personal":
        raise ConnectorError(403, "MessageWritesBlocked", "Message writes are blocked: the app is not installed.")
    raise ConnectorError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def _message(request: web.Request, conversation: Conversation) -> Message:
    """The bot's own message in the path."""
    message = request.app[CHATS].find(conversation.id, request.match_info["activity"])
    if message is None or message.deleted:
        raise ConnectorError(404, "ActivityNotFoundInConversation", "The activity was not found in the conversation.")
    if message.sender != BOT:
        raise ConnectorError(403, "Forbidden", "The bot may change only its own messages.")
    return message


# Operations


async def create_conversation(request: web.Request, body: dict[str, Any]) -> Outcome:
    """A 1:1 chat (the same one every time for the same person), or a new thread in a channel."""
    channel = ((body.get("channelData") or {}).get("channel") or {}).get("id", "")
    conversation = _channel(request, channel) if channel else _personal(request, body.get("members"))
    _check_membership(request, conversation)
    activity = body.get("activity")
    if not isinstance(activity, dict):
        if conversation.kind == "channel":
            raise ConnectorError(400, "BadArgument", "A new thread needs an activity.")
        return Outcome(201, {"id": conversation.id}, conversation=conversation.id)
    message = request.app[CHATS].add(conversation, BOT, activity)
    answer = {"id": thread_id(conversation.id, message.root), "activityId": message.id}
    return Outcome(201, answer, message.id, notified=True, conversation=answer["id"])


def _channel(request: web.Request, channel: str) -> Conversation:
    conversation = request.app[CHATS].conversation(channel)
    if conversation is None or conversation.kind != "channel":
        raise ConnectorError(404, "ConversationNotFound", "Conversation not found.")
    return conversation


def _personal(request: web.Request, members: object) -> Conversation:
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise ConnectorError(400, "BadArgument", "A bot can create 1:1 chats only: name exactly one member.")
    wanted = members[0].get("id")
    person = next((one for one in PEOPLE if wanted in (one.channel_id, one.object_id)), None)
    conversation = request.app[CHATS].personal(person.key) if person else None
    if conversation is None:
        raise ConnectorError(400, "BadArgument", "Unknown user.")
    return conversation


async def send(request: web.Request, activity: dict[str, Any]) -> Outcome:
    """A new message, or a sign of typing."""
    conversation = _conversation(request)
    chats = request.app[CHATS]
    root = _root(request, conversation)
    kind = activity.get("type", "message")
    if kind == "typing":
        chats.typing(conversation.id, BOT, root)
        return Outcome(201, {"id": chats.next_id()})
    if kind != "message":
        raise ConnectorError(400, "BadArgument", f"Unknown activity type {kind!r}.")
    if not activity.get("text") and not activity.get("attachments"):
        raise ConnectorError(400, "BadSyntax", "Activity must have text or attachments.")
    message = chats.add(conversation, BOT, activity, root)
    return Outcome(201, {"id": message.id}, message.id, notified=True)


def _root(request: web.Request, conversation: Conversation) -> str:
    """The thread that a new message goes to: from the conversation's id, or from the message replied to."""
    if conversation.kind != "channel":
        return ""
    chats = request.app[CHATS]
    _, root = split_thread(request.match_info["conversation"])
    if root and chats.find(conversation.id, root) is None:
        raise ConnectorError(404, "ConversationNotFound", "Conversation not found.")
    replied_to = chats.find(conversation.id, request.match_info.get("activity", ""))
    return root or (replied_to.root if replied_to else "")


async def edit(request: web.Request, activity: dict[str, Any]) -> Outcome:
    message = _message(request, _conversation(request))
    request.app[CHATS].edit(message, activity)
    return Outcome(200, {"id": message.id})


async def delete(request: web.Request, _: dict[str, Any]) -> Outcome:
    message = _message(request, _conversation(request))
    request.app[CHATS].delete(message)
    return Outcome(200, {"id": message.id})


async def list_members(request: web.Request, _: dict[str, Any]) -> Outcome:
    return Outcome(200, shapes.members(_conversation(request)))


async def page_members(request: web.Request, _: dict[str, Any]) -> Outcome:
    """Pages by position: the continuation token is the place to go on from."""
    everyone = shapes.members(_conversation(request))
    try:
        size = int(request.query.get("pageSize") or 200)
        start = int(request.query.get("continuationToken") or 0)
    except ValueError as wrong:
        raise ConnectorError(400, "BadArgument", "pageSize or continuationToken is not valid.") from wrong
    page: dict[str, Any] = {"members": everyone[start : start + size]}
    if start + size < len(everyone):
        page["continuationToken"] = str(start + size)
    return Outcome(200, page)


async def get_member(request: web.Request, _: dict[str, Any]) -> Outcome:
    found = shapes.find_member(_conversation(request), request.match_info["member"])
    if found is None:
        raise ConnectorError(404, "MemberNotFoundInConversation", "Member not found in the conversation.")
    return Outcome(200, found)


# Controls


async def get_log(request: web.Request) -> web.Response:
    """All that is remembered, or with ?after=N what has a higher number."""
    after = request.query.get("after", "")
    return web.json_response(request.app[LOG].as_json(int(after) if after.isdigit() else 0))


async def clear_log(request: web.Request) -> web.Response:
    request.app[LOG].clear()
    return web.json_response({})


async def get_limits(request: web.Request) -> web.Response:
    return web.json_response(request.app[LIMITS].as_json())


async def set_limits(request: web.Request) -> web.Response:
    limits = request.app[LIMITS]
    try:
        body = await request.json()
        wanted = body.get("enabled", limits.enabled), body.get("retryAfter", limits.names_time)
    except (ValueError, AttributeError):
        wanted = (None, None)
    if not all(isinstance(one, bool) for one in wanted):
        return shapes.error(400, "BadRequest", 'Expected {"enabled": true or false, "retryAfter": true or false}')
    limits.enabled, limits.names_time = wanted
    limits.reset()
    return await get_limits(request)


async def get_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": request.app[FAULTS].as_json()})


async def set_faults(request: web.Request) -> web.Response:
    try:
        body = await request.json()
        request.app[FAULTS].set([faults.parse_fault(one) for one in body["faults"]])
    except (ValueError, KeyError, TypeError) as wrong:
        return shapes.error(400, "BadRequest", f'Expected {{"faults": [...]}}: {wrong}')
    return await get_faults(request)
