"""Server-sent events: what happens in a person's chats, as it happens."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.chat.views import message_json
from sandbox.connector.state import CHATS, Chats, Event
from sandbox.people import Person

KEEP_ALIVE_SECONDS = 15


async def serve(request: web.Request, person: Person) -> web.StreamResponse:
    """Say hello (the page then loads everything), then send events until either side goes away."""
    chats = request.app[CHATS]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    queue = chats.listen(person.key)
    try:
        await response.prepare(request)
        await _send(response, "hello", {})
        await _forward(response, queue, person, chats)
    except ConnectionError:
        return response  # the page was closed
    finally:
        chats.unlisten(person.key, queue)
    return response


async def _forward(response: web.StreamResponse, queue: asyncio.Queue[Event], person: Person, chats: Chats) -> None:
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event.name == "close":
            return
        await _send(response, event.name, _as_json(event, person, chats))


def _as_json(event: Event, person: Person, chats: Chats) -> dict[str, Any]:
    """A message is sent as it is now: a later change may have overtaken the event."""
    if event.message is None:
        return {"conversation": event.conversation, **event.data}
    current = chats.find(event.conversation, event.message.id) or event.message
    return message_json(current, person, chats)


async def _send(response: web.StreamResponse, name: str, data: dict[str, Any]) -> None:
    await response.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())


async def close_all(app: web.Application) -> None:
    """At shutdown: end the streams, or the server would wait for them."""
    app[CHATS].close()
