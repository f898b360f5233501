"""From an Activity to a handler's Request: who, where, and what was typed or clicked."""

import re
from collections.abc import Mapping
from typing import Any

from bot.activity import Activity
from handlers.requests import Request
from provisioning.bulk_ports import SharedFile, Upload
from provisioning.case import Conversation, Person

EXECUTE = "adaptiveCard/action"
FILE_CONSENT = "fileConsent/invoke"
DOWNLOAD_INFO = "application/vnd.microsoft.teams.file.download.info"
URL_LIMIT = 8_000
MESSAGE_LIMIT = 40_000  # characters of a message that an order is made from; Teams takes about 28 KB
NAME_LIMIT = 200  # a name of Entra ID has up to 256 characters; no card shows so many


class BadInvoke(ValueError):
    """An adaptiveCard/action whose value is not as the Universal Action Model says."""


def message_request(activity: Activity) -> Request:
    """A typed message, or an Action.Submit: a message without text whose value is the button's data."""
    data = activity.value if isinstance(activity.value, dict) else {}
    verb = data.get("verb")
    if isinstance(verb, str) and verb:
        return _request(activity, verb=verb, data=data, message_id=activity.reply_to_id)
    text = text_without_mention(activity)
    return _request(activity, text=text, files=files_of(activity), click_id=_message_key(activity))


def execute_request(activity: Activity) -> Request:
    """An Action.Execute. `trigger` is "automatic" where the client refreshes by itself; the Playground sends none."""
    value = activity.value
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(action, dict):
        raise BadInvoke("value.action is missing")
    data = action.get("data")
    if data is None:
        data = {}
    verb = action.get("verb") or (data.get("verb") if isinstance(data, dict) else "")
    if not isinstance(verb, str) or not verb or not isinstance(data, dict):
        raise BadInvoke("value.action has no verb")
    automatic = value.get("trigger") == "automatic"
    return _request(
        activity,
        verb=verb,
        data=data,
        message_id=activity.reply_to_id,
        is_refresh=automatic,
        is_answered_privately=True,
    )


def consent_request(activity: Activity) -> Request:
    """The answer to a file consent card: what we put into it comes back, with where to put the file.

    learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
    """
    value = _mapping(activity.value)
    data, info = _mapping(value.get("context")), _mapping(value.get("uploadInfo"))
    verb = data.get("verb")
    if not isinstance(verb, str) or not verb or value.get("action") not in ("accept", "decline"):
        raise BadInvoke("value.context is missing")
    upload = None
    if value["action"] == "accept":
        names = ("name", "uploadUrl", "contentUrl", "uniqueId", "fileType")
        upload = Upload(*(str(info.get(name) or "")[:URL_LIMIT] for name in names))
    return _request(activity, verb=verb, data=data, message_id=activity.reply_to_id, upload=upload)


def files_of(activity: Activity) -> tuple[SharedFile, ...]:
    """What was attached in a 1:1 chat: only there does Teams hand a bot the file."""
    shared = (one for one in activity.attachments or () if one.content_type == DOWNLOAD_INFO)
    return tuple(
        SharedFile(one.name[:NAME_LIMIT], str(_mapping(one.content).get("downloadUrl") or "")[:URL_LIMIT])
        for one in shared
    )


def event_request(activity: Activity, event: str) -> Request:
    """Nobody said anything; the sender is who added or removed the bot."""
    return _request(activity, event=event)


def extension_request(activity: Activity) -> tuple[str, Request]:
    """What a message extension asks: the id of its command ("" where the client names none), and the request.

    A message's attachments belong to its text. What was filled in comes from the dialog's inputs and its button.
    """
    value = _mapping(activity.value)
    named = value.get("commandId")
    text = _query(value.get("parameters")) if "parameters" in value else _message(_mapping(value.get("messagePayload")))
    data = value.get("data") if "data" in value else value  # a chosen result is the value itself
    verb = _mapping(data).get("verb")
    request = _request(activity, text=text, data=_mapping(data), verb=verb if isinstance(verb, str) else "")
    return named if isinstance(named, str) else "", request


def tenants_of(activity: Activity) -> frozenset[str]:
    """Every tenant that the activity names: the conversation's, and the sender's own where it differs.

    What stands in a tenant's place and is none, is one that nobody serves.
    """
    channel_data = _mapping(activity.channel_data)
    sender = activity.sender.more if activity.sender else {}
    named = (
        _mapping(channel_data.get("tenant")).get("id"),
        _mapping(channel_data.get("team")).get("tenantId"),
        activity.conversation.tenant_id,
        sender.get("tenantId"),
    )
    return frozenset(tenant.lower() if isinstance(tenant, str) else "?" for tenant in named if tenant)


def person_of(activity: Activity) -> Person:
    """The sender. `id` is "" where Teams names no Entra object id, as for anonymous guests of a meeting."""
    sender = activity.sender
    return Person(
        id=sender.aad_object_id if sender else "",
        name=sender.name[:NAME_LIMIT] if sender else "",
        tenant_id=_tenant(activity),
        channel_id=sender.id if sender else "",
        locale=locale_of(activity),
    )


def locale_of(activity: Activity) -> str:
    """The language of the sender's Teams, such as "de-DE", as the activity or the client beside it says; or ""."""
    entities = (_mapping(entity.more) for entity in activity.entities or ())
    named = (activity.locale, *(entity.get("locale") for entity in entities))
    return next((locale[:NAME_LIMIT] for locale in named if isinstance(locale, str) and locale), "")


def timezone_of(activity: Activity) -> str:
    """As the activity says it, or the client beside it; "" where neither does."""
    entities = (_mapping(entity.more) for entity in activity.entities or ())
    named = (activity.local_timezone, *(entity.get("timezone") for entity in entities))
    return next((zone[:NAME_LIMIT] for zone in named if isinstance(zone, str) and zone), "")


def conversation_of(activity: Activity) -> Conversation:
    bot = activity.recipient
    return Conversation(
        id=activity.conversation.id,
        kind=_kind(activity),
        service_url=activity.service_url,
        tenant_id=_tenant(activity),
        bot_id=bot.id if bot else "",
        bot_name=bot.name[:NAME_LIMIT] if bot else "",
        locale=locale_of(activity),
    )


def text_without_mention(activity: Activity) -> str:
    """The text without the bot's own mention; other people's stay.

    The mention is cut by its entity. Some clients leave the entity's `text` out: then by the name in it.
    """
    text = activity.text
    bot_id = activity.recipient.id if activity.recipient else None
    for entity in activity.entities or ():
        mentioned = _mapping(entity.more.get("mentioned"))
        if entity.type.lower() != "mention" or not bot_id or mentioned.get("id") != bot_id:
            continue
        shown = entity.more.get("text")
        if isinstance(shown, str) and shown:
            text = text.replace(shown, " ")
        elif isinstance(mentioned.get("name"), str):
            text = re.sub(rf"<at\b[^>]*>\s*{re.escape(mentioned['name'])}\s*</at>", " ", text, flags=re.IGNORECASE)
    return text.strip()


def _message_key(activity: Activity) -> str:
    """The same for the same message again; an id is unique in its conversation."""
    return f"{activity.conversation.id} {activity.id}" if activity.id else ""


def _query(parameters: object) -> str:
    """What was typed; "initialRun" is what Teams says before anything was."""
    for one in parameters if isinstance(parameters, list) else ():
        typed = _mapping(one)
        if typed.get("name") != "initialRun" and isinstance(typed.get("value"), str):
            return str(typed["value"])
    return ""


def _message(payload: Mapping[str, Any]) -> str:
    """All that the message says: its body, and the names and contents of its attachments."""
    said = [_mapping(payload.get("body")).get("content")]
    attached = payload.get("attachments")
    for one in attached if isinstance(attached, list) else ():
        said += [_mapping(one).get("name"), _mapping(one).get("content")]
    return "<br>".join(words for words in said if isinstance(words, str))[:MESSAGE_LIMIT]


def _request(activity: Activity, **parts: Any) -> Request:
    who, where = person_of(activity), conversation_of(activity)
    return Request(person=who, conversation=where, timezone=timezone_of(activity), **parts)


def _tenant(activity: Activity) -> str:
    named = _mapping(_mapping(activity.channel_data).get("tenant")).get("id") or activity.conversation.tenant_id
    return named if isinstance(named, str) else ""


def _kind(activity: Activity) -> str:
    """Teams leaves conversationType out of some events of a 1:1 chat."""
    kind = activity.conversation.conversation_type
    return kind or ("groupChat" if activity.conversation.is_group else "personal")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
