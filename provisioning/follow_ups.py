"""What is done for a person once the mailbox is proven ready. Data; jobs/following_up.py does it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provisioning.errors import GraphTrace


class FollowUpKind(StrEnum):
    GROUP = "group"
    SETTINGS = "settings"  # time zone and language of the mailbox
    SHARED_MAILBOX = "shared_mailbox"
    WELCOME = "welcome"  # a mail to the new user
    MANAGER = "manager"  # a mail to the manager


class FollowUpState(StrEnum):
    TO_DO = "to_do"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    BY_HAND = "by_hand"  # Graph cannot do it: `script` is the PowerShell
    FAILED = "failed"
    NOT_KNOWN = "not_known"  # a mail that may have been sent, and is not sent again


@dataclass(frozen=True)
class FollowUp:
    """One of them, as the profile wants it, and what became of it. `subject` and `text` may have placeholders.

    `begun_at` is written down before a mail is sent: whoever finds it looks for the mail before sending it.
    """

    kind: FollowUpKind
    target: str = ""  # a group's id, or a shared mailbox's address
    name: str = ""  # the group's, when it was ordered
    subject: str = ""
    text: str = ""
    time_zone: str = ""
    language: str = ""
    state: FollowUpState = FollowUpState.TO_DO
    note: str = ""
    script: str = ""
    trace: GraphTrace = GraphTrace()
    begun_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Group:
    """A group of the tenant (learn.microsoft.com/graph/api/resources/group). `licenses` are SKU ids."""

    id: str
    name: str
    mail: str = ""
    is_mail_enabled: bool = False
    is_unified: bool = False  # a Microsoft 365 group: the one mail-enabled kind that Graph may write
    is_dynamic: bool = False  # its members come from a rule
    is_synced: bool = False
    is_for_roles: bool = False  # isAssignableToRole: membership gives directory roles
    licenses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mail:
    """A mail in plain text. `token` is ours, unique, and travels with it, so that it can be found again."""

    to: str
    subject: str
    text: str
    token: str


@dataclass(frozen=True)
class MailboxSettings:
    """`time_zone` as Windows or IANA name it, `language` such as de-DE; "" where it is not said."""

    time_zone: str = ""
    language: str = ""
