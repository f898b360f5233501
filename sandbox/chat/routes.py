"""The chat page at / and its API under /chat, which tests and scripts may drive without a browser.

The page takes ?as=helga&chat=personal (or group, channel) and ?theme=dark (or light). It has everything, and listens,
once its `#app` has the attribute data-ready.

Everything is JSON. `as` is a person's key (helga, mona, adam, otto); `conversation` is an id, or one of the words
personal, group, channel. Wrong arguments are answered with 400 or 404 and {"error": {"code", "message"}}.

    GET  /chat/people                       {people, bot, tenant}
    GET  /chat/conversations?as=helga       {conversations: [{id, kind, name, team, unread, installed, last}]}
    GET  /chat/messages?as=&conversation=   {messages: [...]}, oldest first, as this person sees them
    GET  /chat/stream?as=helga              server-sent events: hello, message, typing, membership, reset
    POST /chat/open        {as, conversation}                       first time: the bot gets its install events
    POST /chat/messages    {as, conversation, text, root?, textFormat?, files?: [{name, content (base64)}]}
                           201 with the message; @Mailroom is a mention. Files in a 1:1 chat only.
                           `delivery` tells: sent, failed (with `failure`), or none (the bot was not mentioned)
    POST /chat/retry       {as, conversation, message}              deliver a failed message again
    POST /chat/consent     {as, conversation, message, action: accept or decline}  the answer to a file consent card
    POST /chat/submit      {as, conversation, message, data, inputs?}              Action.Submit
    POST /chat/execute     {as, conversation, message, action, inputs?, trigger?}  Action.Execute; trigger is manual or
                           automatic. Answers {kind: card | message | error | nothing, text, status, code, message}
    POST /chat/typing      {as, conversation, root?}
    POST /chat/read        {as, conversation}                       empties the unread count
    POST /chat/membership  {as, conversation, installed}            removes the bot, or brings it back
    POST /chat/settings    {as, oldClient}                          a client that does not know Action.Execute
    GET  /chat/bot         {url, up}; PUT {url?, messageSeconds?, invokeSeconds?, extensionSeconds?} changes where it is
                           and how long it is waited for
    POST /chat/extension/…  the app's message extension: sandbox/chat/extensions.py
    POST /chat/reset       forgets all messages

A message: {id, conversation, root, sender, at, editedAt, version, state, deleted, text, textFormat,
attachments: [{contentType, content, name?, contentUrl?}], personalView, preview, delivery, failure}.
"""

from dataclasses import asdict
from pathlib import Path

from aiohttp import web

from sandbox.chat import actions, arguments, delivery, extensions, files, stream
from sandbox.chat.arguments import BadRequest, Body
from sandbox.chat.views import bot_json, conversation_json, message_json, person_json
from sandbox.connector import shapes
from sandbox.connector.state import CHATS, chats_of
from sandbox.people import PEOPLE, TENANT_ID, TENANT_NAME

HERE = Path(__file__).parent
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def add_routes(app: web.Application) -> None:
    """Serve the page and its API from `app`; the connector's routes must be there too."""
    chats_of(app)
    app[delivery.BOT] = delivery.Bot("")
    app.cleanup_ctx.append(delivery.session_context)
    app.on_shutdown.append(stream.close_all)
    files.add_routes(app)
    app.router.add_get("/", page)
    app.router.add_get("/chat/static/{path:.+}", static)
    app.router.add_get("/chat/vendor/{path:.+}", static)
    for path, handler in GETS.items():
        app.router.add_get(f"/chat/{path}", arguments.guard(handler))
    for path, action in POSTS.items():
        app.router.add_post(f"/chat/{path}", arguments.guard(arguments.with_body(action)))
    extensions.add_routes(app)
    app.router.add_put("/chat/bot", arguments.guard(arguments.with_body(change_bot)))


# The page


async def page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(HERE / "static" / "index.html", headers=_headers())


async def static(request: web.Request) -> web.FileResponse:
    """Files of static/ and vendor/, and nothing outside of them."""
    folder = request.path.split("/")[2]
    file = (HERE / folder / request.match_info["path"]).resolve()
    if not file.is_relative_to(HERE / folder) or not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(file, headers=_headers())


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


# Reading


async def people(request: web.Request) -> web.Response:
    chats = request.app[CHATS]
    everyone = [person_json(person, chats) for person in PEOPLE]
    tenant = {"id": TENANT_ID, "name": TENANT_NAME}
    return web.json_response({"people": everyone, "bot": bot_json(), "tenant": tenant})


async def conversations(request: web.Request) -> web.Response:
    person, chats = arguments.read_person(request.query.get("as")), request.app[CHATS]
    found = [conversation_json(one, person, chats) for one in chats.conversations_of(person.key)]
    return web.json_response({"conversations": found})


async def messages(request: web.Request) -> web.Response:
    person, chats = arguments.read_person(request.query.get("as")), request.app[CHATS]
    conversation = arguments.read_conversation(request, person, request.query.get("conversation"))
    found = [message_json(one, person, chats) for one in chats.messages(conversation.id)]
    return web.json_response({"messages": found})


async def listen(request: web.Request) -> web.StreamResponse:
    return await stream.serve(request, arguments.read_person(request.query.get("as")))


async def bot(request: web.Request) -> web.Response:
    return web.json_response({"url": request.app[delivery.BOT].url, "up": await delivery.is_up(request.app)})


# Doing


async def open_chat(request: web.Request, body: Body) -> web.Response:
    known = await actions.open_conversation(request.app, arguments.read_place(request, body))
    return web.json_response({"opened": known})


async def say(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    text, attached = str(body.get("text") or ""), files.read_files(body)
    if not text.strip() and not attached:
        raise BadRequest("A message needs a text.")
    if attached and place.conversation.kind != "personal":
        raise BadRequest("Teams hands a bot files in a 1:1 chat only.")
    if len(text.encode()) > shapes.MAX_BYTES:
        raise BadRequest("The message is too long.", 413)
    text_format = body.get("textFormat", "plain")
    if text_format not in ("plain", "xml", "markdown"):
        raise BadRequest("textFormat is plain, xml or markdown.")
    base = place.service_url.removesuffix("/connector")
    attachments = [files.attach(request.app, base, name, content) for name, content in attached]
    message = await actions.say(request.app, place, text, text_format, attachments)
    return web.json_response(message_json(message, place.person, request.app[CHATS]), status=201)


async def retry(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    message = arguments.read_message(request, place, body)
    if message.sender != place.person.key or message.delivery != "failed":
        raise BadRequest("Only a message of one's own that could not be delivered can be sent again.")
    sent = await actions.retry(request.app, place, message)
    return web.json_response(message_json(sent, place.person, request.app[CHATS]))


async def consent(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    message = arguments.read_message(request, place, body)
    answer = body.get("action")
    if answer not in ("accept", "decline"):
        raise BadRequest("action is accept or decline.")
    base = place.service_url.removesuffix("/connector")
    value = files.consent_value(request.app, base, message, answer)
    return web.json_response(asdict(await actions.consent(request.app, place, message, value)))


async def submit(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    message = arguments.read_message(request, place, body)
    data = {**arguments.read_object(body, "data"), **arguments.read_object(body, "inputs")}
    return web.json_response(asdict(await actions.submit(request.app, place, message, data)))


async def execute(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    message = arguments.read_message(request, place, body)
    trigger = body.get("trigger", "manual")
    if trigger not in ("manual", "automatic"):
        raise BadRequest("trigger is manual or automatic.")
    action = arguments.read_object(body, "action")
    data = {**arguments.read_object(action, "data"), **arguments.read_object(body, "inputs")}
    wanted = {"type": "Action.Execute", **action, "data": data}
    clicked = await actions.execute(request.app, place, message, wanted, trigger)
    chats = request.app[CHATS]
    now = chats.find(message.conversation, message.id) or message
    return web.json_response({**asdict(clicked), "message": message_json(now, place.person, chats)})


async def typing(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    request.app[CHATS].typing(place.conversation.id, place.person.key, place.root)
    return web.json_response({})


async def read(request: web.Request, body: Body) -> web.Response:
    place = arguments.read_place(request, body)
    request.app[CHATS].mark_read(place.conversation.id, place.person.key)
    return web.json_response({})


async def change_membership(request: web.Request, body: Body) -> web.Response:
    await actions.set_installed(request.app, arguments.read_place(request, body), installed=bool(body.get("installed")))
    return web.json_response({})


async def change_settings(request: web.Request, body: Body) -> web.Response:
    person, chats = arguments.read_person(body.get("as")), request.app[CHATS]
    chats.old_clients.add(person.key) if body.get("oldClient") else chats.old_clients.discard(person.key)
    return web.json_response(person_json(person, chats))


async def change_bot(request: web.Request, body: Body) -> web.Response:
    where = request.app[delivery.BOT]
    where.url = str(body.get("url") or where.url)
    where.message_seconds = float(body.get("messageSeconds") or where.message_seconds)
    where.invoke_seconds = float(body.get("invokeSeconds") or where.invoke_seconds)
    where.extension_seconds = float(body.get("extensionSeconds") or where.extension_seconds)
    return await bot(request)


async def reset(request: web.Request, _: Body) -> web.Response:
    request.app[CHATS].clear()
    return web.json_response({})


GETS = {
    "people": people,
    "conversations": conversations,
    "messages": messages,
    "stream": listen,
    "bot": bot,
}
POSTS = {
    "open": open_chat,
    "messages": say,
    "retry": retry,
    "submit": submit,
    "consent": consent,
    "execute": execute,
    "typing": typing,
    "read": read,
    "membership": change_membership,
    "settings": change_settings,
    "reset": reset,
}
