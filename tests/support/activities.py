"""Activities as Teams sends them, for the fixed people of the sandbox tenant."""

import uuid
from typing import Any

from support.tokens import APP_ID

TENANT_ID = "6f0e1d2c-0000-4000-8000-000000000001"
OTHER_TENANT_ID = "6f0e1d2c-0000-4000-8000-0000000000ff"
HELGA_ID = "6f0e1d2c-0000-4000-8000-0000000000a1"
BOT = {"id": f"28:{APP_ID}", "name": "Mailroom"}
MENTION = {"type": "mention", "mentioned": BOT, "text": "<at>Mailroom</at>"}


def activity(service_url: str, **changes: Any) -> dict[str, Any]:
    """A 1:1 message of Helga's; `changes` replace whole keys (`from_` for from), None removes."""
    base: dict[str, Any] = {
        "type": "message",
        "id": str(uuid.uuid4()),
        "timestamp": "2026-11-23T10:04:45.9361234Z",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": "29:helga", "name": "Helga Desk", "aadObjectId": HELGA_ID},
        "conversation": {"conversationType": "personal", "tenantId": TENANT_ID, "id": "a:helga-personal"},
        "recipient": BOT,
        "textFormat": "plain",
        "locale": "en-US",
        "entities": [{"type": "clientInfo", "locale": "en-US", "platform": "Web"}],
        "channelData": {"tenant": {"id": TENANT_ID}},
        "text": "help",
    }
    merged = {**base, **{name.rstrip("_"): value for name, value in changes.items()}}
    return {name: value for name, value in merged.items() if value is not None}


def click(service_url: str, verb: str, data: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An Action.Execute on the message m7."""
    action = {"type": "Action.Execute", "verb": verb, "data": {"verb": verb, **(data or {})}}
    value = {"action": action, "trigger": changes.pop("trigger", "manual")}
    invoke = {"type": "invoke", "name": "adaptiveCard/action", "text": None, "value": value, "replyToId": "m7"}
    return activity(service_url, **{**invoke, **changes})


def in_group(service_url: str, **changes: Any) -> dict[str, Any]:
    """The conversation of the group chat, and its mention of the bot."""
    conversation = {
        "isGroup": True,
        "conversationType": "groupChat",
        "tenantId": TENANT_ID,
        "id": "19:helpdesk-group@thread.v2",
    }
    changes.setdefault("text", "<at>Mailroom</at>&nbsp;status")
    return activity(service_url, **{"conversation": conversation, "entities": [MENTION], **changes})
