"""A user of the simulated tenant, with what Graph does not show kept apart from what it does."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Deliberately not in User.props: derived from the licenses, or kept elsewhere.
COMPUTED = ("assignedLicenses", "assignedPlans", "provisionedPlans", "licenseAssignmentStates")


@dataclass
class HeldLicense:
    """A license that was assigned directly."""

    sku_id: str
    since: datetime
    disabled_plans: tuple[str, ...] = ()


@dataclass
class PlanRecord:
    """A line of assignedPlans; plans that were taken away stay as Deleted, as in Entra."""

    plan_id: str
    service: str
    assigned_at: datetime
    enabled: bool


@dataclass
class Mailbox:
    """Times only: what it is follows from the clock (see tenant/mailboxes.py)."""

    wanted_at: datetime | None = None
    ready_at: datetime | None = None
    gone_at: datetime | None = None
    never: bool = False
    existed: bool = False
    probes: int = 0


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
    plans: dict[str, PlanRecord] = field(default_factory=dict)
    mailbox: Mailbox = field(default_factory=Mailbox)
    passes: dict[str, AccessPass] = field(default_factory=dict)
    manager_id: str = ""
    background: bool = False  # one of the colleagues who only fill seats

    @property
    def upn(self) -> str:
        return str(self.props["userPrincipalName"])

    @property
    def name(self) -> str:
        return str(self.props.get("displayName") or "")

    @property
    def is_synced(self) -> bool:
        return bool(self.props.get("onPremisesSyncEnabled"))

    def addresses(self) -> set[str]:
        """Every address that must be unique, lower case and without the smtp: prefix."""
        proxies = {str(proxy).partition(":")[2] for proxy in self.props.get("proxyAddresses") or ()}
        mail = self.props.get("mail")
        return {address.lower() for address in (*proxies, *([mail] if mail else ())) if address}
