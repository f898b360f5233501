"""The activities that Teams sends to a bot, in Teams' shape (compared with recorded ones, see the tests)."""

import html
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.connector.shapes import moment
from sandbox.connector.state import thread_id
from sandbox.people import BOT_CHANNEL_ID, BOT_NAME, TENANT_ID, Conversation, Person

TIME_ZONES = {"en-US": "America/New_York", "de-DE": "Europe/Berlin", "en-GB": "Europe/London"}
TEAM_GROUP_ID = "6f0e1d2c-0000-4000-8000-0000000000f1"

_MENTION = re.compile(rf"<at[^>]*>\s*{BOT_NAME}\s*</at>|(?<![\w@])@{BOT_NAME}\b", re.IGNORECASE)
_MARKED = f"<at>{BOT_NAME}</at>"

Activity = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where something happens: who, in which conversation and thread, and how the bot can answer."""

    person: Person
    conversation: Conversation
    service_url: str
    root: str = ""


def mentions_bot(text: str) -> bool:
    return _MENTION.search(text) is not None


def mark_mentions(text: str) -> str:
    """A typed @Mailroom as Teams writes it."""
    return _MENTION.sub(_MARKED, text)


def message(place: Place, message_id: str, text: str, text_format: str = "plain") -> Activity:
    """A message that somebody typed; `text` has its mentions marked."""
    activity = _base(place, "message", message_id)
    activity["text"] = text
    activity["textFormat"] = text_format
    if _MARKED in text:
        mention = {"type": "mention", "mentioned": {"id": BOT_CHANNEL_ID, "name": BOT_NAME}, "text": _MARKED}
        activity["entities"].insert(0, mention)
        activity["attachments"] = [{"contentType": "text/html", "content": _as_html(text, text_format)}]
    return activity


def with_files(activity: Activity, attachments: Sequence[Activity]) -> Activity:
    """The same message with files. Teams hands them to a bot in a 1:1 chat only."""
    if not attachments:
        return activity
    return {**activity, "attachments": [*activity.get("attachments", []), *attachments]}


def file_consent(place: Place, card_message: str, value: Mapping[str, Any]) -> Activity:
    """The answer to a file consent card: an invoke."""
    activity = _base(place, "invoke", f"f:{uuid.uuid4()}")
    activity["channelData"]["source"] = {"name": "message"}
    return {**activity, "name": "fileConsent/invoke", "replyToId": card_message, "value": dict(value)}


def submit(place: Place, message_id: str, card_message: str, value: Mapping[str, Any]) -> Activity:
    """Action.Submit: a message without text that carries the data and points at the card."""
    activity = _base(place, "message", message_id)
    activity["channelData"]["source"] = {"name": "message"}
    return {**activity, "replyToId": card_message, "value": dict(value)}


def execute(place: Place, card_message: str, action: Mapping[str, Any], trigger: str) -> Activity:
    """Action.Execute: an invoke; `trigger` tells a click from the client's own refresh."""
    activity = _base(place, "invoke", f"f:{uuid.uuid4()}")
    activity["channelData"]["source"] = {"name": "message"}
    value = {"action": dict(action), "trigger": trigger}
    return {**activity, "name": "adaptiveCard/action", "replyToId": card_message, "value": value}


def compose_extension(place: Place, name: str, value: Mapping[str, Any]) -> Activity:
    """What a message extension asks; the shapes of `value` are in sandbox/chat/extensions.py."""
    activity = _base(place, "invoke", f"f:{uuid.uuid4()}")
    activity["channelData"]["source"] = {"name": "compose"}
    context = {"requestId": uuid.uuid4().hex, "context": {"theme": "default"}}
    return {**activity, "name": f"composeExtension/{name}", "value": {**value, **context}}


def members_changed(place: Place, *, added: bool) -> Activity:
    """conversationUpdate: the bot joins or leaves; in a 1:1 chat the person comes with it."""
    activity = _event(place, "conversationUpdate")
    who: list[dict[str, str]] = [{"id": BOT_CHANNEL_ID}]
    if place.conversation.kind == "personal":
        who.insert(0, {"id": place.person.channel_id, "aadObjectId": place.person.object_id})
    activity["membersAdded" if added else "membersRemoved"] = who
    if place.conversation.kind == "channel":
        activity["channelData"]["eventType"] = "teamMemberAdded" if added else "teamMemberRemoved"
    return activity


def installation(place: Place, *, added: bool) -> Activity:
    activity = _event(place, "installationUpdate")
    activity["channelData"]["source"] = {"name": "message"}
    return {**activity, "action": "add" if added else "remove", "locale": place.person.locale}


def _base(place: Place, kind: str, activity_id: str) -> Activity:
    person, now = place.person, datetime.now(UTC)
    zone_name, zone = _zone(person)
    _, _, country = person.locale.partition("-")
    return {
        "type": kind,
        "id": activity_id,
        "timestamp": moment(now),
        "localTimestamp": now.astimezone(zone).isoformat(timespec="milliseconds"),
        "localTimezone": zone_name,
        "channelId": "msteams",
        "serviceUrl": place.service_url,
        "from": {"id": person.channel_id, "name": person.name, "aadObjectId": person.object_id},
        "conversation": _conversation(place),
        "recipient": {"id": BOT_CHANNEL_ID, "name": BOT_NAME},
        "locale": person.locale,
        "entities": [
            {
                "type": "clientInfo",
                "locale": person.locale,
                "country": country,
                "platform": "Web",
                "timezone": zone_name,
            }
        ],
        "channelData": _channel_data(place),
    }


def _event(place: Place, kind: str) -> Activity:
    """Events name the sender by ids only, and have no client."""
    activity = _base(place, kind, f"f:{uuid.uuid4()}")
    del activity["from"]["name"], activity["localTimestamp"], activity["localTimezone"], activity["locale"]
    activity["entities"] = [{"type": "clientInfo", "locale": place.person.locale}]
    activity["channelData"]["settings"] = {"selectedChannel": {"id": place.conversation.id}}
    return activity


def _conversation(place: Place) -> dict[str, Any]:
    kind = place.conversation.kind
    tenant = place.person.tenant_id if kind == "personal" else TENANT_ID
    group = {} if kind == "personal" else {"isGroup": True}
    conversation_id = thread_id(place.conversation.id, place.root)
    return {**group, "conversationType": kind, "tenantId": tenant, "id": conversation_id}


def _channel_data(place: Place) -> dict[str, Any]:
    """`tenant` is the sender's own tenant."""
    conversation = place.conversation
    data: dict[str, Any] = {"tenant": {"id": place.person.tenant_id}}
    if conversation.kind == "channel":
        data["teamsChannelId"] = conversation.id
        data["teamsTeamId"] = conversation.team_id
        data["channel"] = {"id": conversation.id}
        data["team"] = {"id": conversation.team_id, "name": conversation.team_name, "aadGroupId": TEAM_GROUP_ID}
    return data


def _zone(person: Person) -> tuple[str, tzinfo]:
    name = TIME_ZONES.get(person.locale, "UTC")
    try:
        return name, ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return "UTC", UTC


def _as_html(text: str, text_format: str) -> str:
    """The HTML copy of a message that Teams attaches when somebody is mentioned."""
    escaped = text if text_format == "xml" else html.escape(text, quote=False)
    name = f'<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">{BOT_NAME}</span>'
    body = escaped.replace(html.escape(_MARKED, quote=False), name).replace(_MARKED, name).replace("\n", "<br>")
    return f"<div><div>{body}</div></div>"
