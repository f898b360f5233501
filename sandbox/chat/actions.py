"""What people do in the chat: open a conversation, say something, click a card, install or remove the bot.

Each delivers what Teams would deliver, and says in plain values what came of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from sandbox.chat import activities, delivery
from sandbox.chat.activities import Place
from sandbox.chat.delivery import Answer
from sandbox.connector.state import CHATS, Message

SLOW = "Something went wrong. Please try again."
UNREACHABLE = "Unable to reach app. Please try again."
OLD = "Old clients cannot run Action.Execute."

CARD_ANSWER = "application/vnd.microsoft.card.adaptive"
TEXT_ANSWER = "application/vnd.microsoft.activity.message"


@dataclass(frozen=True)
class Clicked:
    """What a click came to: `kind` is card, message, error or nothing; `text` is for the strip under the card."""

    kind: str
    text: str = ""
    status: int = 0
    code: str = ""


async def open_conversation(app: web.Application, place: Place) -> bool:
    """The first look at a conversation installs the bot there; True once the bot knows."""
    chats, key = app[CHATS], place.conversation.id
    if key in chats.opened or key in chats.removed:
        return key in chats.opened
    chats.opened.add(key)
    for event in (activities.members_changed(place, added=True), activities.installation(place, added=True)):
        if not (await delivery.deliver(app, event)).ok:
            chats.opened.discard(key)
            return False
    return True


async def set_installed(app: web.Application, place: Place, *, installed: bool) -> None:
    """Remove the bot from a conversation (the connector answers 403 from then on), or bring it back."""
    chats, key = app[CHATS], place.conversation.id
    if (key not in chats.removed) == installed:
        return
    chats.set_installed(key, installed)
    chats.opened.discard(key)
    if installed:
        await open_conversation(app, place)
        return
    for event in (activities.members_changed(place, added=False), activities.installation(place, added=False)):
        await delivery.deliver(app, event)


async def say(
    app: web.Application,
    place: Place,
    text: str,
    text_format: str = "plain",
    attachments: Sequence[dict[str, Any]] = (),
) -> Message:
    """A message: everybody sees it at once, the bot gets it in a 1:1 chat or when it is mentioned."""
    chats = app[CHATS]
    marked = activities.mark_mentions(text)
    for_bot = place.conversation.kind == "personal" or activities.mentions_bot(text)
    reaches = for_bot and place.conversation.id not in chats.removed
    shown = activities.with_files({"type": "message", "text": marked, "textFormat": text_format}, attachments)
    message = chats.add(
        place.conversation, place.person.key, shown, place.root, delivery="sending" if reaches else "none"
    )
    if not reaches:
        return message
    there = replace(place, root=message.root)
    activity = activities.with_files(activities.message(there, message.id, marked, text_format), attachments)
    return await _hand_over(app, place, chats.mark(replace(message, activity=activity), "sending"))


async def retry(app: web.Application, place: Place, message: Message) -> Message:
    """Send a message again that could not be delivered: the very same activity."""
    return await _hand_over(app, place, app[CHATS].mark(message, "sending"))


async def _hand_over(app: web.Application, place: Place, message: Message) -> Message:
    await open_conversation(app, place)
    answer = await delivery.deliver(app, dict(message.activity))
    return app[CHATS].mark(message, "sent" if answer.ok else "failed", answer.failure)


async def consent(app: web.Application, place: Place, message: Message, value: Mapping[str, Any]) -> Clicked:
    """The answer to the question whether a file is wanted; what comes of it is a message."""
    answer = await delivery.deliver(app, activities.file_consent(place, message.id, value))
    return Clicked("nothing", status=answer.status) if answer.ok else Clicked("error", UNREACHABLE, answer.status)


async def submit(app: web.Application, place: Place, message: Message, data: Mapping[str, Any]) -> Clicked:
    """Action.Submit: answered by whatever the bot sends next."""
    there = replace(place, root=message.root)
    activity = activities.submit(there, app[CHATS].next_id(), message.id, data)
    answer = await delivery.deliver(app, activity)
    return Clicked("nothing", status=answer.status) if answer.ok else Clicked("error", UNREACHABLE, answer.status)


async def execute(
    app: web.Application, place: Place, message: Message, action: Mapping[str, Any], trigger: str
) -> Clicked:
    """Action.Execute: the answer is for this person alone."""
    if place.person.key in app[CHATS].old_clients:
        return Clicked("error", OLD)
    if trigger == "automatic" and not app[CHATS].claim_refresh(message, place.person.key):
        return Clicked("nothing")
    there = replace(place, root=message.root)
    answer = await delivery.deliver(app, activities.execute(there, message.id, action, trigger))
    clicked, card = _read_answer(answer)
    current = app[CHATS].find(message.conversation, message.id)
    if card is not None and current is not None and not current.deleted:
        app[CHATS].show(current, place.person.key, card)
    return clicked


def _read_answer(answer: Answer) -> tuple[Clicked, Mapping[str, Any] | None]:
    """The invoke answer of Universal Actions: HTTP 200 with {statusCode, type, value}."""
    if answer.status == 0:
        return Clicked("error", SLOW if answer.timed_out else UNREACHABLE), None
    body = answer.body
    if not answer.ok or (body is not None and not isinstance(body, dict)):
        return Clicked("error", UNREACHABLE, answer.status), None
    if not body:
        return Clicked("nothing", status=answer.status), None
    status, kind, value = body.get("statusCode", 200), str(body.get("type", "")), body.get("value")
    if kind == CARD_ANSWER and isinstance(value, dict):
        return Clicked("card", status=status), value
    if kind == TEXT_ANSWER and isinstance(value, str):
        return Clicked("message", value, status), None
    if kind == "application/vnd.microsoft.error" and isinstance(value, dict):
        return Clicked("error", str(value.get("message") or SLOW), status, str(value.get("code", ""))), None
    return Clicked("error", SLOW, status), None
