"""Activities of the Bot Framework protocol as Mailroom knows them, whichever SDK carries them.

Only what Mailroom reads or writes has a name; the rest of what came is in `more`, as it came. A text that is not there
is empty. The names are the protocol's ("Bot Framework Activity schema", github.com/microsoft/Agents), and so those of
both SDKs.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

MESSAGE, TYPING, INVOKE = "message", "typing", "invoke"
PLAIN = "plain"  # textFormat: no Markdown


@dataclass
class Account:
    """Somebody in a channel: a person, or the bot."""

    id: str = ""
    name: str = ""
    aad_object_id: str = ""
    more: Json = field(default_factory=dict)


@dataclass
class Place:
    """Where something was said: `conversation`."""

    id: str = ""
    conversation_type: str = ""
    is_group: bool | None = None
    tenant_id: str = ""
    more: Json = field(default_factory=dict)


@dataclass
class Attachment:
    """A card or a file."""

    content_type: str = ""
    name: str = ""
    content: Any = None
    content_url: str = ""
    more: Json = field(default_factory=dict)


@dataclass
class Entity:
    """A mention, or what a client says of itself."""

    type: str = ""
    more: Json = field(default_factory=dict)


@dataclass
class Activity:
    """`sender` is `from`, which Python keeps for itself."""

    type: str = ""
    id: str = ""
    name: str = ""
    action: str = ""
    timestamp: datetime | None = None
    local_timezone: str = ""
    locale: str = ""
    channel_id: str = ""
    service_url: str = ""
    sender: Account | None = None
    recipient: Account | None = None
    conversation: Place = field(default_factory=Place)
    reply_to_id: str = ""
    text: str = ""
    text_format: str = ""
    summary: str = ""
    input_hint: str = ""
    attachments: list[Attachment] | None = None
    entities: list[Entity] | None = None
    members_added: list[Account] | None = None
    members_removed: list[Account] | None = None
    value: Any = None
    channel_data: Any = None
    more: Json = field(default_factory=dict)


@dataclass(frozen=True)
class InvokeAnswer:
    """What an invoke is answered: an HTTP status, and JSON unless it is None."""

    status: int
    body: Any = None
