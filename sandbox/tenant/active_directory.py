"""The simulated on-premises Active Directory with its Exchange attributes, and the state of Entra Connect."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

CYCLE = timedelta(minutes=30)


@dataclass(frozen=True)
class AdUser:
    """A user as Active Directory has it; `object_id` is the user in Entra that it was matched with.

    The msExch values: `mailbox_guid`, `archive_guid`, `remote_recipient_type`, `usage_location`, `mail_nickname`.
    """

    sam: str
    upn: str
    name: str
    immutable_id: str
    given_name: str = ""
    surname: str = ""
    department: str = ""
    mail: str = ""
    mail_nickname: str = ""
    proxy_addresses: tuple[str, ...] = ()
    usage_location: str = ""
    mailbox_guid: str = ""
    archive_guid: str = ""
    remote_recipient_type: int = 0
    shared: bool = False
    enabled: bool = True
    in_scope: bool = True
    object_id: str = ""


EDITABLE = frozenset(one.name for one in fields(AdUser)) - {"sam", "object_id", "immutable_id"}
_FLAGS = ("shared", "enabled", "in_scope")


@dataclass
class ActiveDirectory:
    """`changed` are the accounts that the next delta sync carries over. `due_at`: a sync that was asked for."""

    users: dict[str, AdUser] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    stopped: bool = False  # the scheduler of Entra Connect
    export_blocked: bool = False  # stopped-deletion-threshold-exceeded: it runs, and nothing arrives
    due_at: datetime | None = None

    def find(self, name: str) -> AdUser | None:
        """By sAMAccountName, UPN or display name, as cmdlets take an identity."""
        wanted = name.lower()
        found = self.users.get(wanted)
        return found or next(
            (one for one in self.users.values() if wanted in (one.upn.lower(), one.name.lower())), None
        )

    def put(self, user: AdUser, *, is_change: bool = True) -> None:
        self.users[user.sam.lower()] = user
        if is_change:
            self.changed.add(user.sam.lower())

    def edit(self, user: AdUser, **changes: Any) -> AdUser:
        """Raises ValueError for an attribute that the sandbox's Active Directory does not have."""
        for name, value in changes.items():
            _check(name, value)
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()}
        edited = AdUser(**{**vars(user), **values})
        self.put(edited)
        return edited


def _check(name: str, value: Any) -> None:
    if name not in EDITABLE:
        raise ValueError(f"unknown attribute “{name}”; known: {', '.join(sorted(EDITABLE))}")
    if name == "proxy_addresses":
        right = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    elif name in _FLAGS:
        right = isinstance(value, bool)
    else:
        right = isinstance(value, int if name == "remote_recipient_type" else str) and not isinstance(value, bool)
    if not right:
        raise ValueError(f"“{name}” has the wrong type")
