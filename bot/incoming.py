"""From an Activity to a handler's Request: who, where, and what was typed or clicked."""

import re
from collections.abc import Mapping
from typing import Any

from botbuilder.schema import Activity

from handlers.requests import Request
from provisioning.case import Conversation, Person

EXECUTE = "adaptiveCard/action"
NAME_LIMIT = 200  # a name of Entra ID has up to 256 characters; no card shows so many


class BadInvoke(ValueError):
    """An adaptiveCard/action whose value is not as the Universal Action Model says."""


def message_request(activity: Activity) -> Request:
    """A typed message, or an Action.Submit: a message without text whose value is the button's data."""
    data = activity.value if isinstance(activity.value, dict) else {}
    verb = data.get("verb")
    if isinstance(verb, str) and verb:
        return _request(activity, verb=verb, data=data, message_id=activity.reply_to_id or "")
    return _request(activity, text=text_without_mention(activity), click_id=_message_key(activity))


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
        message_id=activity.reply_to_id or "",
        is_refresh=automatic,
        is_answered_privately=True,
    )


def text_request(activity: Activity, text: str) -> Request:
    """As if the person had typed `text`."""
    return _request(activity, text=text)


def tenants_of(activity: Activity) -> frozenset[str]:
    """Every tenant that the activity names: the conversation's, and the sender's own where it differs.

    What stands in a tenant's place and is none, is one that nobody serves.
    """
    channel_data = _mapping(activity.channel_data)
    sender = activity.from_property.additional_properties if activity.from_property else {}
    named = (
        _mapping(channel_data.get("tenant")).get("id"),
        _mapping(channel_data.get("team")).get("tenantId"),
        activity.conversation.tenant_id,
        sender.get("tenantId"),
    )
    return frozenset(tenant.lower() if isinstance(tenant, str) else "?" for tenant in named if tenant)


def person_of(activity: Activity) -> Person:
    """The sender. `id` is "" where Teams names no Entra object id, as for anonymous guests of a meeting."""
    sender = activity.from_property
    return Person(
        id=(sender.aad_object_id or "") if sender else "",
        name=(sender.name or "")[:NAME_LIMIT] if sender else "",
        tenant_id=_tenant(activity),
        channel_id=(sender.id or "") if sender else "",
        locale=(activity.locale or "")[:NAME_LIMIT],
    )


def conversation_of(activity: Activity) -> Conversation:
    bot = activity.recipient
    return Conversation(
        id=activity.conversation.id,
        kind=_kind(activity),
        service_url=activity.service_url,
        tenant_id=_tenant(activity),
        bot_id=(bot.id or "") if bot else "",
        bot_name=(bot.name or "")[:NAME_LIMIT] if bot else "",
    )


def text_without_mention(activity: Activity) -> str:
    """The text without the bot's own mention; other people's stay.

    The mention is cut by its entity. Some clients leave the entity's `text` out: then by the name in it.
    """
    text: str = activity.text or ""
    bot_id = activity.recipient.id if activity.recipient else None
    for entity in activity.entities or ():
        mentioned = _mapping(entity.additional_properties.get("mentioned"))
        if (entity.type or "").lower() != "mention" or not bot_id or mentioned.get("id") != bot_id:
            continue
        shown = entity.additional_properties.get("text")
        if isinstance(shown, str) and shown:
            text = text.replace(shown, " ")
        elif isinstance(mentioned.get("name"), str):
            text = re.sub(rf"<at\b[^>]*>\s*{re.escape(mentioned['name'])}\s*</at>", " ", text, flags=re.IGNORECASE)
    return text.strip()


def _message_key(activity: Activity) -> str:
    """The same for the same message again; an id is unique in its conversation."""
    return f"{activity.conversation.id} {activity.id}" if activity.id else ""


def _request(activity: Activity, **parts: Any) -> Request:
    return Request(person=person_of(activity), conversation=conversation_of(activity), **parts)


def _tenant(activity: Activity) -> str:
    named = _mapping(_mapping(activity.channel_data).get("tenant")).get("id") or activity.conversation.tenant_id
    return named if isinstance(named, str) else ""


def _kind(activity: Activity) -> str:
    """Teams leaves conversationType out of some events of a 1:1 chat."""
    kind: str = activity.conversation.conversation_type or ""
    return kind or ("groupChat" if activity.conversation.is_group else "personal")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
