"""What comes into a handler and what goes out, free of any chat SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from provisioning.case import Conversation, Person
from provisioning.directory import Standing
from provisioning.findings import Risk
from provisioning.ports import Audit, Clock, Directory, Jobs, Messenger

Card = dict[str, Any]
"""A rendered Adaptive Card: plain JSON values only."""


@dataclass(frozen=True)
class Request:
    """One message or one click, from a verified activity.

    `text` is the message with the bot's own mention cut out, otherwise as Teams sent it (HTML, entities).
    `verb` and `data` are a button's. Its own fields are as they left, since bot/ has checked their seal; what was
    filled in comes from a client and is not to be believed. `click_id` is the same for the same click again, by
    whomever, and for the same message, which Teams may bring twice.
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
    because the clicked one keeps changing by itself. `own_view` is the verb and data that answer each person with
    their own view of the card; `public` is what stands in its place where everyone can see it (handlers/views.py).
    """

    card: Card | None = None
    public: Card | None = None
    own_view: tuple[str, Mapping[str, Any]] | None = None
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
    audit: Audit
    default_usage_location: str = ""
    can_resync: bool = False  # a webhook for directory sync is set up
    viewers: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()  # none: the admins
    approval_risk: Risk | None = Risk.MAIL_FLOW  # fixes of this risk or more need a second person; None: never
    approval_hours: float = 4.0
    allowed_tenants: tuple[str, ...] = ()
    standings: dict[str, tuple[datetime, Standing]] = field(default_factory=dict)  # handlers/access.py's
    refusals: dict[tuple[str, str, str, str], datetime] = field(default_factory=dict)  # handlers/refusals.py's
    known_people: dict[str, Person | None] = field(default_factory=dict)  # handlers/approvers.py's
