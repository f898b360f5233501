"""What comes into a handler and what goes out, free of any chat SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from provisioning.case import Conversation, Person
from provisioning.ports import Clock, Directory, Jobs, Messenger

Card = dict[str, Any]
"""A rendered Adaptive Card: plain JSON values only."""


@dataclass(frozen=True)
class Request:
    """One message or one click, from a verified activity.

    `text` is the message with the bot's own mention cut out, otherwise as Teams sent it (HTML, entities).
    `verb` and `data` are a button's. Its own fields are as they left, since bot/ has checked their seal; what was
    filled in comes from a client and is not to be believed. `click_id` is the same for the same click again, by
    whomever; "" for what was typed.
    """

    person: Person
    conversation: Conversation
    text: str = ""
    verb: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    click_id: str = ""
    message_id: str = ""  # of the message that carries the clicked card
    is_refresh: bool = False  # the client asks for the newest view by itself; nobody clicked
    is_answered_privately: bool = False  # Action.Execute: the clicker alone sees the answer, and no chat stores it


@dataclass(frozen=True)
class Reply:
    """What the person gets.

    A command's card is a new message. A button's card is the clicker's new view of the clicked card;
    with `replace` the message itself changes, for everyone; with `is_new` the card is a message of its own,
    because the clicked one keeps changing by itself.
    """

    card: Card | None = None
    text: str = ""
    replace: bool = False
    is_new: bool = False


@dataclass(frozen=True)
class Services:
    """What handlers work with, by port; made once in bot/app.py."""

    directory: Directory
    jobs: Jobs
    messenger: Messenger
    clock: Clock
    default_usage_location: str = ""
    can_resync: bool = False  # a webhook for directory sync is set up
    viewers: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    allowed_tenants: tuple[str, ...] = ()
    memberships: dict[tuple[str, int], tuple[datetime, bool]] = field(default_factory=dict)  # handlers/access.py's
