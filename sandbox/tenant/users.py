"""A user of the simulated tenant, with what Graph does not show kept apart from what it does."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# Deliberately not in User.props: derived from the licenses.
COMPUTED = ("assignedLicenses", "assignedPlans", "provisionedPlans", "licenseAssignmentStates")


@dataclass
class HeldLicense:
    """A license assigned directly, or by a group. One with an `error` is listed, but not in force."""

    sku_id: str
    since: datetime
    disabled_plans: tuple[str, ...] = ()
    group_id: str = ""
    error: str = ""  # a licenseAssignmentState error such as CountViolation


@dataclass
class PlanRecord:
    """A line of assignedPlans; plans that were taken away stay as Deleted, as in Entra."""

    plan_id: str
    service: str
    assigned_at: datetime
    enabled: bool


@dataclass
class Mailbox:
    """Times only: what it is follows from the clock (see tenant/mailboxes.py).

    While there are `blockers`, it does not come (see tenant/exchange.py). `hidden_until`: works, but not over REST.
    """

    wanted_at: datetime | None = None
    ready_at: datetime | None = None
    gone_at: datetime | None = None
    never: bool = False
    existed: bool = False
    probes: int = 0
    blockers: tuple[str, ...] = ()
    purpose: str = "user"
    hidden_until: datetime | None = None


@dataclass
class ExchangeRecord:
    """What Exchange holds about a user and Graph does not show. The msExch values come from Active Directory."""

    deaf: bool = False  # changes in the directory no longer reach Exchange for this user
    failure: str = ""  # an error of Exchange's own that goes away when it is made to look again
    plan_error: bool = False
    alias: str = ""  # the alias it insists on; "" takes any
    guid: str = ""  # msExchMailboxGuid: the mailbox is on premises
    archive_guid: str = ""  # msExchArchiveGUID
    cloud_archive_guid: str = ""
    remote_recipient_type: int = 0  # msExchRemoteRecipientType
    previous_mailbox: bool = False
    cloud_managed: bool = False  # what is set on premises no longer counts
    incident: str = ""  # the id of the incident that it waits for
    keeps_addresses: bool = False  # a deleted user whose mailbox still holds its addresses


@dataclass
class AccessPass:
    """A Temporary Access Pass. The pass itself is handed out once and not kept."""

    id: str
    created_at: datetime
    starts_at: datetime
    lifetime_minutes: int
    usable_once: bool


@dataclass
class User:
    """`props` holds plain Graph properties by their Graph names; absent means null."""

    id: str
    props: dict[str, Any]
    visible_by_id_at: datetime
    visible_by_name_at: datetime
    licenses: dict[str, HeldLicense] = field(default_factory=dict)
    group_licenses: dict[tuple[str, str], HeldLicense] = field(default_factory=dict)  # by group id and SKU id
    plans: dict[str, PlanRecord] = field(default_factory=dict)
    mailbox: Mailbox = field(default_factory=Mailbox)
    exchange: ExchangeRecord = field(default_factory=ExchangeRecord)
    passes: dict[str, AccessPass] = field(default_factory=dict)
    manager_id: str = ""
    cloud_mastered: bool = False
    background: bool = False  # one of the colleagues who only fill seats
    begins_at_first_look: timedelta | None = None  # its times move with the clock until somebody asks for it
    replicated_at: datetime | None = None  # until then, what hangs on the user is not found
    raw: dict[str, Any] = field(default_factory=dict)  # computed properties as a tenant file has them
    shown_instead: "User | None" = None  # what reads show until then, as replication has not come further
    shown_instead_until: datetime = datetime.min.replace(tzinfo=UTC)

    @property
    def upn(self) -> str:
        return str(self.props["userPrincipalName"])

    @property
    def name(self) -> str:
        return str(self.props.get("displayName") or "")

    @property
    def is_synced(self) -> bool:
        return bool(self.props.get("onPremisesSyncEnabled"))

    @property
    def is_mastered_on_premises(self) -> bool:
        """Synced, and its source of authority was not moved to the cloud (onPremisesSyncBehavior)."""
        return self.is_synced and not self.cloud_mastered

    def move_times(self, by: timedelta) -> None:
        """Every moment in the user's life, later by so much."""
        for name, value in self.props.items():
            if isinstance(value, datetime):
                self.props[name] = value + by
        self.visible_by_id_at += by
        self.visible_by_name_at += by
        for held in self.all_licenses():
            held.since += by
        for record in self.plans.values():
            record.assigned_at += by
        box = self.mailbox
        box.wanted_at, box.ready_at = _moved(box.wanted_at, by), _moved(box.ready_at, by)
        box.gone_at, box.hidden_until = _moved(box.gone_at, by), _moved(box.hidden_until, by)
        self.replicated_at = _moved(self.replicated_at, by)

    def all_licenses(self) -> list[HeldLicense]:
        """Direct ones first, also those in error."""
        return [*self.licenses.values(), *self.group_licenses.values()]

    def in_force(self) -> dict[str, HeldLicense]:
        """By SKU; a plan is off only where every assignment of the SKU has it off."""
        merged: dict[str, HeldLicense] = {}
        for held in self.all_licenses():
            if held.error:
                continue
            other = merged.get(held.sku_id)
            common = held.disabled_plans
            if other is not None:
                common = tuple(plan for plan in other.disabled_plans if plan in held.disabled_plans)
            merged[held.sku_id] = HeldLicense(held.sku_id, other.since if other else held.since, common)
        return merged

    def addresses(self) -> set[str]:
        """Every address that must be unique, lower case and without the smtp: prefix."""
        proxies = {
            str(proxy)[5:] for proxy in self.props.get("proxyAddresses") or () if str(proxy)[:5].lower() == "smtp:"
        }
        mail = self.props.get("mail")
        return {address.lower() for address in (*proxies, *([mail] if mail else ())) if address}


def _moved(moment: datetime | None, by: timedelta) -> datetime | None:
    return None if moment is None else moment + by
