"""The exact writes of a fix, as data: a workflow runs them in order, a card shows `says` before the click."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provisioning.directory import AssignedLicense, Snapshot
from provisioning.errors import BadOrder
from provisioning.findings import Risk
from provisioning.words import say

Choice = Mapping[str, str]


@dataclass(frozen=True)
class AssignLicenses:
    """One POST /users/{account_id}/assignLicense: adds (or re-adds with other disabled plans) and removes."""

    account_id: str
    add: tuple[AssignedLicense, ...]
    remove: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class ChangeGroupLicense:
    """One POST /groups/{group_id}/assignLicense: touches every member of the group."""

    group_id: str
    add: tuple[AssignedLicense, ...]
    says: str


@dataclass(frozen=True)
class UpdateAccount:
    """PATCH /users/{account_id} with Graph's property names."""

    account_id: str
    changes: tuple[tuple[str, str], ...]
    says: str


@dataclass(frozen=True)
class ReprocessLicenses:
    """POST /users/{account_id}/reprocessLicenseAssignment."""

    account_id: str
    says: str


@dataclass(frozen=True)
class RetryProvisioning:
    """POST /users/{account_id}/retryServiceProvisioning."""

    account_id: str
    says: str


@dataclass(frozen=True)
class RestoreDeleted:
    """POST /directory/deletedItems/{deleted_id}/restore."""

    deleted_id: str
    says: str


@dataclass(frozen=True)
class PurgeDeleted:
    """DELETE /directory/deletedItems/{deleted_id}."""

    deleted_id: str
    says: str


@dataclass(frozen=True)
class OrderAnew:
    """Start provisioning under another sign-in name."""

    upn: str
    says: str


@dataclass(frozen=True)
class CallResyncWebhook:
    """POST to the operator's webhook that starts a delta sync on the sync server."""

    says: str


class Until(StrEnum):
    PLAN_OFF = "plan off"  # no assigned mailbox plan is Enabled or Warning
    MAILBOX_GONE = "mailbox gone"  # mailboxSettings answers 404
    SYNC_MOVED = "sync moved"  # organization.onPremisesLastSyncDateTime is later than `since`


@dataclass(frozen=True)
class Wait:
    """Look again until it is so; after `seconds` the fix stops and says how far it came."""

    until: Until
    seconds: int
    says: str
    since: datetime | None = None


Step = (
    AssignLicenses
    | ChangeGroupLicense
    | UpdateAccount
    | ReprocessLicenses
    | RetryProvisioning
    | RestoreDeleted
    | PurgeDeleted
    | OrderAnew
    | CallResyncWebhook
    | Wait
)


@dataclass(frozen=True)
class Ask:
    """A decision that is the operator's. `options` are (value, label); none: free text. `suggested` may be ""."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    suggested: str = ""


@dataclass(frozen=True)
class FixPlan:
    """What a fix will do to this user. While `asks` is not empty there are no steps: answer them in `choice`."""

    fix_id: str
    risk: Risk
    steps: tuple[Step, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.asks


Planner = Callable[[Snapshot, Choice], FixPlan]


def pick(choice: Choice, ask: Ask) -> str:
    """The chosen value, or the only option there is; "" when it has to be asked."""
    values = [value for value, _ in ask.options]
    chosen = choice.get(ask.name, "")
    if chosen and values and chosen not in values:
        raise BadOrder(
            say("“{choice}” is not among the choices for {what}.", choice=chosen[:80], what=ask.label.lower())
        )
    if chosen:
        return chosen
    return values[0] if len(values) == 1 else ""
