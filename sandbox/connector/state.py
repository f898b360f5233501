"""Everything that is said in the simulated Teams: conversations, messages, membership, and who is listening.

The connector (what the bot does) and the chat API (what people do) both change this one store; pages listen to it.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web

from sandbox.people import CONVERSATIONS, Conversation

BOT = "bot"
THREAD_MARK = ";messageid="

Delivery = Literal["none", "sending", "sent", "failed"]
"""What became of a person's message on its way to the bot; "none" when it was not for the bot."""


@dataclass(frozen=True)
class Message:
    """One message as everybody sees it. `activity` is what its sender sent; `root` is its thread (in a channel)."""

    id: str
    conversation: str
    sender: str
    activity: Mapping[str, Any]
    sent_at: datetime
    root: str = ""
    edited_at: datetime | None = None
    version: int = 1
    deleted: bool = False
    delivery: Delivery = "none"
    failure: str = ""


@dataclass(frozen=True)
class View:
    """A card that one person sees instead of the message's own: the answer to their Action.Execute."""

    card: Mapping[str, Any]
    revision: int


@dataclass(frozen=True)
class Event:
    """Something a page wants to know at once."""

    name: Literal["message", "typing", "membership", "reset", "close"]
    conversation: str = ""
    message: Message | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def split_thread(conversation_id: str) -> tuple[str, str]:
    """A channel thread's id is `<channel>;messageid=<root>`; answers the channel and the root."""
    channel, _, root = conversation_id.partition(THREAD_MARK)
    return channel, root


def thread_id(conversation_id: str, root: str) -> str:
    return f"{conversation_id}{THREAD_MARK}{root}" if root else conversation_id


class Chats:
    """The store. Person keys are those of sandbox.people; the bot is BOT."""

    def __init__(self, conversations: Iterable[Conversation] = CONVERSATIONS) -> None:
        self._conversations = {conversation.id: conversation for conversation in conversations}
        self._listeners: set[tuple[str, asyncio.Queue[Event]]] = set()
        self._last_id = 0
        self._forget()

    def _forget(self) -> None:
        self._messages: dict[str, dict[str, Message]] = {key: {} for key in self._conversations}
        self._views: dict[tuple[str, str], View] = {}
        self._refreshed: dict[tuple[str, str], int] = {}
        self._read: dict[tuple[str, str], str] = {}
        self.removed: set[str] = set()
        self.opened: set[str] = set()
        self.old_clients: set[str] = set()

    def clear(self) -> None:
        """Forget all messages and settings; pages that listen start afresh."""
        self._forget()
        self._send_all(Event("reset"))

    def next_id(self) -> str:
        """Message ids are milliseconds since 1970, as in Teams; never the same twice."""
        self._last_id = max(self._last_id + 1, time.time_ns() // 1_000_000)
        return str(self._last_id)

    # Conversations

    def conversation(self, conversation_id: str) -> Conversation | None:
        return self._conversations.get(split_thread(conversation_id)[0])

    def conversations_of(self, person: str) -> list[Conversation]:
        return [one for one in self._conversations.values() if person in one.members]

    def personal(self, person: str) -> Conversation | None:
        return next((one for one in self.conversations_of(person) if one.kind == "personal"), None)

    def set_installed(self, conversation_id: str, installed: bool) -> None:
        self.removed.discard(conversation_id) if installed else self.removed.add(conversation_id)
        self._publish(Event("membership", conversation_id, data={"installed": installed}))

    # Messages

    def messages(self, conversation_id: str) -> list[Message]:
        """Oldest first."""
        return list(self._messages[split_thread(conversation_id)[0]].values())

    def find(self, conversation_id: str, message_id: str) -> Message | None:
        return self._messages.get(split_thread(conversation_id)[0], {}).get(message_id)

    def add(
        self,
        conversation: Conversation,
        sender: str,
        activity: Mapping[str, Any],
        root: str = "",
        delivery: Delivery = "none",
    ) -> Message:
        """In a channel a message without `root` starts a thread of its own."""
        message_id = self.next_id()
        root = (root or message_id) if conversation.kind == "channel" else ""
        message = Message(message_id, conversation.id, sender, activity, datetime.now(UTC), root, delivery=delivery)
        return self._keep(message)

    def edit(self, message: Message, activity: Mapping[str, Any]) -> Message:
        """The bot edits: everybody sees the new content, personal views are gone."""
        self._drop_views(message)
        version = message.version + 1
        return self._keep(replace(message, activity=activity, edited_at=datetime.now(UTC), version=version))

    def delete(self, message: Message) -> Message:
        self._drop_views(message)
        version = message.version + 1
        return self._keep(replace(message, activity={}, edited_at=datetime.now(UTC), version=version, deleted=True))

    def mark(self, message: Message, delivery: Delivery, failure: str = "") -> Message:
        return self._keep(replace(message, delivery=delivery, failure=failure))

    # What one person sees

    def view(self, message_id: str, person: str) -> View | None:
        return self._views.get((message_id, person))

    def show(self, message: Message, person: str, card: Mapping[str, Any]) -> None:
        """From now until the next edit `person` sees `card` in this message."""
        earlier = self._views.get((message.id, person))
        self._views[(message.id, person)] = View(card, earlier.revision + 1 if earlier else 1)
        self._send(person, Event("message", message.conversation, message))

    def claim_refresh(self, message: Message, person: str) -> bool:
        """True once per person and version of a message, so that no client refreshes in circles."""
        if self._refreshed.get((message.id, person)) == message.version:
            return False
        self._refreshed[(message.id, person)] = message.version
        return True

    def mark_read(self, conversation_id: str, person: str) -> None:
        last = next(reversed(self._messages[conversation_id]), "")
        self._read[(conversation_id, person)] = last

    def unread(self, conversation_id: str, person: str) -> int:
        read = int(self._read.get((conversation_id, person)) or 0)
        messages = self._messages[conversation_id].values()
        return sum(int(one.id) > read and one.sender != person and not one.deleted for one in messages)

    # Listening

    def listen(self, person: str) -> asyncio.Queue[Event]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._listeners.add((person, queue))
        return queue

    def unlisten(self, person: str, queue: asyncio.Queue[Event]) -> None:
        self._listeners.discard((person, queue))

    def typing(self, conversation_id: str, who: str, root: str = "") -> None:
        self._publish(Event("typing", conversation_id, data={"who": who, "root": root}))

    def close(self) -> None:
        """Tell every stream to end, so that the server can stop at once."""
        self._send_all(Event("close"))

    def _keep(self, message: Message) -> Message:
        self._messages[message.conversation][message.id] = message
        self._publish(Event("message", message.conversation, message))
        return message

    def _drop_views(self, message: Message) -> None:
        for key in [key for key in self._views if key[0] == message.id]:
            del self._views[key]

    def _publish(self, event: Event) -> None:
        for person in self._conversations[event.conversation].members:
            self._send(person, event)

    def _send(self, person: str, event: Event) -> None:
        for listener, queue in self._listeners:
            if listener == person:
                queue.put_nowait(event)

    def _send_all(self, event: Event) -> None:
        for _, queue in self._listeners:
            queue.put_nowait(event)


CHATS = web.AppKey("chats", Chats)


def chats_of(app: web.Application) -> Chats:
    """The application's store, made on first use (connector and chat may be added in either order)."""
    if CHATS not in app:
        app[CHATS] = Chats()
    return app[CHATS]
