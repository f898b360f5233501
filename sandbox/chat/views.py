"""What the page gets to see, as JSON: people, conversations and messages from one person's point of view."""

from collections.abc import Mapping
from typing import Any

from sandbox.connector.shapes import moment
from sandbox.connector.state import BOT, Chats, Message
from sandbox.people import BOT_CHANNEL_ID, BOT_NAME, Conversation, Person

CARD = "application/vnd.microsoft.card.adaptive"


def person_json(person: Person, chats: Chats) -> dict[str, Any]:
    return {
        "key": person.key,
        "name": person.name,
        "upn": person.upn,
        "id": person.channel_id,
        "objectId": person.object_id,
        "role": person.role,
        "locale": person.locale,
        "oldClient": person.key in chats.old_clients,
        "unread": sum(chats.unread(one.id, person.key) for one in chats.conversations_of(person.key)),
    }


def bot_json() -> dict[str, Any]:
    return {"key": BOT, "id": BOT_CHANNEL_ID, "name": BOT_NAME}


def conversation_json(conversation: Conversation, person: Person, chats: Chats) -> dict[str, Any]:
    shown = [message for message in chats.messages(conversation.id) if not message.deleted]
    last = message_json(shown[-1], person, chats) if shown else None
    return {
        "id": conversation.id,
        "kind": conversation.kind,
        "name": conversation.name,
        "team": conversation.team_name,
        "members": list(conversation.members),
        "installed": conversation.id not in chats.removed,
        "unread": chats.unread(conversation.id, person.key),
        "last": {key: last[key] for key in ("id", "sender", "at", "preview")} if last else None,
    }


def message_json(message: Message, person: Person, chats: Chats) -> dict[str, Any]:
    """`state` changes whenever the message must be drawn anew for this person, and only then."""
    activity = message.activity
    view = chats.view(message.id, person.key)
    attachments = [_attachment(one) for one in activity.get("attachments") or [] if _is_shown(one)]
    if view is not None and attachments:
        attachments[0] = {"contentType": CARD, "content": view.card}
    own = message.sender == person.key
    delivery = message.delivery if own else "none"
    return {
        "id": message.id,
        "conversation": message.conversation,
        "root": message.root,
        "sender": message.sender,
        "at": moment(message.sent_at),
        "editedAt": moment(message.edited_at) if message.edited_at else None,
        "version": message.version,
        "state": f"{message.version}.{view.revision if view else 0}.{delivery}",
        "deleted": message.deleted,
        "text": activity.get("text") or "",
        "textFormat": activity.get("textFormat") or ("markdown" if message.sender == BOT else "plain"),
        "attachments": attachments,
        "personalView": view is not None,
        "preview": _preview(activity),
        "delivery": delivery,
        "failure": message.failure if own else "",
    }


def _is_shown(attachment: Any) -> bool:
    """The HTML copy that Teams attaches to a message is not an attachment to people."""
    return isinstance(attachment, Mapping) and attachment.get("contentType") != "text/html"


def _attachment(attachment: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: attachment[key] for key in ("name", "contentUrl") if attachment.get(key)}
    return {"contentType": attachment.get("contentType", ""), "content": attachment.get("content"), **known}


def _preview(activity: Mapping[str, Any]) -> str:
    """The line for toasts and the chat list: the summary, the text, or the first words of the card."""
    for attachment in activity.get("attachments") or []:
        if isinstance(attachment, Mapping) and attachment.get("contentType") == CARD:
            card_words = _first_text(attachment.get("content"))
            break
    else:
        card_words = ""
    names = (str(one.get("name") or "") for one in activity.get("attachments") or [] if isinstance(one, Mapping))
    words = activity.get("summary") or activity.get("text") or card_words or next(filter(None, names), "")
    return str(words or "Sent a card")[:200]


def _first_text(element: Any) -> str:
    """The first TextBlock's text, depth first."""
    if isinstance(element, list):
        return next((text for text in map(_first_text, element) if text), "")
    if not isinstance(element, Mapping):
        return ""
    if element.get("type") == "TextBlock":
        return str(element.get("text") or "")
    return next((text for key in ("body", "items", "columns") if (text := _first_text(element.get(key)))), "")
