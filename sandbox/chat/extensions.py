"""The app's message extension, as Teams offers it: a search beside the compose box, and an action on a message.

    POST /chat/extension/query   {as, conversation, root?, text}     at every key; "" is the initial run
    POST /chat/extension/select  {as, conversation, root?, item}     a result with a tap was chosen
    POST /chat/extension/post    {as, conversation, root?, card}     201 with the message: the person's own, with a card
    POST /chat/extension/open    {as, conversation, message}         the action on a message
    POST /chat/extension/submit  {as, conversation, message, data, inputs?}   its dialog was filled in

Query and select answer {kind: result | message | error, results: [{title, text, card, item}], text}; open and submit
{kind: dialog | message | nothing | error, title, card, text}. Payloads and answers as in "Respond to search command",
"Create and send dialogs" and "Respond to the dialog submit action" (learn.microsoft.com/microsoftteams/platform),
which also say that Teams waits 5 seconds.
"""

import html
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from sandbox.chat import activities, arguments, delivery
from sandbox.chat.actions import SLOW, UNREACHABLE
from sandbox.chat.activities import Place
from sandbox.chat.arguments import BadRequest, Body
from sandbox.chat.delivery import Answer
from sandbox.chat.views import CARD, message_json
from sandbox.connector.shapes import moment
from sandbox.connector.state import BOT, CHATS, Message
from sandbox.people import BOT_APP_ID, BOT_NAME, person_by_key

QUERY_COMMAND, ACTION_COMMAND = "find", "provision"
PAGE_SIZE = 25
NOTHING = {"kind": "nothing", "title": "", "card": None, "text": ""}

Json = dict[str, Any]


def add_routes(app: web.Application) -> None:
    """Serve the five paths above."""
    for name, action in (("query", query), ("select", select), ("post", post), ("open", open_), ("submit", submit)):
        app.router.add_post(f"/chat/extension/{name}", arguments.guard(arguments.with_body(action)))


async def query(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    text = str(body.get("text") or "")
    asked = {"name": "who", "value": text} if text else {"name": "initialRun", "value": "true"}
    options = {"skip": 0, "count": PAGE_SIZE}
    command = {"commandId": QUERY_COMMAND, "commandContext": "compose"}
    value = {**command, "parameters": [asked], "queryOptions": options}
    return web.json_response(_results(await _ask(request, place, "query", value)))


async def select(request: web.Request, body: Body) -> web.Response:
    """The value of a tap goes back as it came."""
    place = arguments.read_place(request, body)
    item = arguments.read_object(body, "item")
    activity = {**activities.compose_extension(place, "selectItem", {}), "value": item}
    return web.json_response(_results(await delivery.deliver(request.app, activity)))


async def post(request: web.Request, body: Body) -> web.Response:
    """The card is sent as a message of the person, and says by which app."""
    place = arguments.read_place(request, body)
    card = arguments.read_object(body, "card")
    if not card:
        raise BadRequest("There is no card to post.")
    chats = request.app[CHATS]
    activity = {"type": "message", "attachments": [{"contentType": CARD, "content": card}]}
    message = chats.add(place.conversation, place.person.key, activity, place.root)
    return web.json_response(message_json(message, place.person, chats), status=201)


async def open_(request: web.Request, body: Body) -> web.Response:
    place, message = _on_message(request, body)
    value = {**_command(), "messagePayload": message_payload(message)}
    return web.json_response(_task(await _ask(request, place, "fetchTask", value)))


async def submit(request: web.Request, body: Body) -> web.Response:
    place, message = _on_message(request, body)
    data = {**arguments.read_object(body, "data"), **arguments.read_object(body, "inputs")}
    value = {**_command(), "data": data, "messagePayload": message_payload(message)}
    return web.json_response(_task(await _ask(request, place, "submitAction", value)))


def message_payload(message: Message) -> Json:
    """A message as Teams hands it to an action: Graph's chatMessage, nearly. `body` is HTML."""
    said = message.activity
    text = str(said.get("text") or "")
    content = text if said.get("textFormat") == "xml" else html.escape(text, quote=False).replace("\n", "<br>")
    attachments = [one for one in said.get("attachments") or () if isinstance(one, Mapping)]
    return {
        "linkToMessage": f"https://teams.microsoft.com/l/message/{message.conversation}/{message.id}",
        "id": message.id,
        "replyToId": message.root if message.root != message.id else None,
        "createdDateTime": moment(message.sent_at),
        "lastModifiedDateTime": moment(message.edited_at) if message.edited_at else None,
        "deleted": message.deleted,
        "subject": None,
        "summary": None,
        "importance": "normal",
        "locale": "en-us",
        "body": {"contentType": "html", "content": f"<div>{content}</div>"},
        "from": _sender(message.sender),
        "reactions": [],
        "mentions": [],
        "attachments": [{"id": str(index), **one} for index, one in enumerate(attachments)],
    }


def _sender(key: str) -> Json:
    nobody: Json = {"device": None, "conversation": None, "user": None, "application": None}
    if key == BOT:
        named = {"applicationIdentityType": "bot", "id": BOT_APP_ID, "displayName": BOT_NAME}
        return {**nobody, "application": named}
    person = person_by_key(key)
    if person is None:
        return nobody
    named = {"userIdentityType": "aadUser", "id": person.object_id, "displayName": person.name}
    return {**nobody, "user": named}


def _on_message(request: web.Request, body: Body) -> tuple[Place, Message]:
    place = arguments.read_place(request, body)
    message = arguments.read_message(request, place, body)
    return replace(place, root=message.root), message


def _command() -> Json:
    return {"commandId": ACTION_COMMAND, "commandContext": "message"}


async def _ask(request: web.Request, place: Place, name: str, value: Mapping[str, Any]) -> Answer:
    return await delivery.deliver(request.app, activities.compose_extension(place, name, value))


def _results(answer: Answer) -> Json:
    body = answer.body if isinstance(answer.body, dict) else {}
    given = body.get("composeExtension")
    if not answer.ok or not isinstance(given, dict):
        return {"kind": "error", "results": [], "text": _failure(answer)}
    if given.get("type") != "result":
        return {"kind": "message", "results": [], "text": str(given.get("text") or "")}
    found = [_result(one) for one in given.get("attachments") or () if isinstance(one, dict)]
    return {"kind": "result", "results": found, "text": ""}


def _result(attachment: Mapping[str, Any]) -> Json:
    """What stands in the list comes from the preview; an Adaptive Card without one has no line of its own."""
    shown = (attachment.get("preview") or {}).get("content") or {}
    tap = shown.get("tap") or {}
    return {
        "title": str(shown.get("title") or ""),
        "text": str(shown.get("text") or ""),
        "card": attachment.get("content") if attachment.get("contentType") == CARD else None,
        "item": tap.get("value") if tap.get("type") == "invoke" else None,
    }


def _task(answer: Answer) -> Json:
    """No body closes the dialog."""
    if not answer.ok:
        return {**NOTHING, "kind": "error", "text": _failure(answer)}
    task = answer.body.get("task") if isinstance(answer.body, dict) else None
    if not isinstance(task, dict):
        return NOTHING
    if task.get("type") != "continue":
        return {**NOTHING, "kind": "message", "text": str(task.get("value") or "")}
    value = task.get("value") or {}
    card = (value.get("card") or {}).get("content")
    return {**NOTHING, "kind": "dialog", "title": str(value.get("title") or ""), "card": card}


def _failure(answer: Answer) -> str:
    return SLOW if answer.timed_out else UNREACHABLE
