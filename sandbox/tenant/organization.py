"""The tenant's own record: domains, subscriptions, service health, groups, policies."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sandbox import people
from sandbox.tenant.catalogue import Product

# Ids that are made up here are derived from a name, so that they are the same at every start.
_NAMESPACE = uuid.UUID(people.TENANT_ID)


def fixed_id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


@dataclass
class Subscription:
    """One subscribed SKU; `holders` are the ids of the users who hold a seat, `elsewhere` seats of nobody we know.

    `plan_status` is the provisioningStatus of plans that are not active in the tenant, such as PendingActivation.
    """

    product: Product
    enabled: int
    capability_status: str = "Enabled"
    holders: set[str] = field(default_factory=set)
    elsewhere: int = 0
    plan_status: dict[str, str] = field(default_factory=dict)
    prepaid: dict[str, int] = field(default_factory=dict)  # prepaidUnits where they are not all of one kind

    @property
    def consumed(self) -> int:
        return len(self.holders) + self.elsewhere

    @property
    def free(self) -> int:
        return max(0, self.enabled - self.consumed)


@dataclass(frozen=True)
class Domain:
    """`services` is supportedServices: without "Email" Exchange takes no mail for it."""

    name: str
    is_default: bool = False
    is_initial: bool = False
    is_verified: bool = True
    services: tuple[str, ...] = ("Email", "OfficeCommunicationsOnline")


@dataclass
class Group:
    """A group; `proxy_addresses` only where it is mail-enabled, `licenses` where it assigns some to its members."""

    id: str
    name: str
    created_at: datetime
    members: set[str] = field(default_factory=set)
    mail: str = ""
    proxy_addresses: tuple[str, ...] = ()
    licenses: dict[str, tuple[str, ...]] = field(default_factory=dict)  # SKU id -> disabled plans
    synced: bool = False
    unified: bool = True  # of a group with an address: a Microsoft 365 group, not a distribution list
    rule: str = ""  # membershipRule of a dynamic group
    for_roles: bool = False  # isAssignableToRole


@dataclass
class Contact:
    """A mail contact (orgContact)."""

    id: str
    name: str
    mail: str
    proxy_addresses: tuple[str, ...] = ()
    synced: bool = False


class RecipientKind(StrEnum):
    """Recipients that only Exchange knows."""

    PUBLIC_FOLDER = "publicFolder"
    SOFT_DELETED = "softDeletedMailbox"
    INACTIVE = "inactiveMailbox"


@dataclass
class Recipient:
    """A recipient that Graph does not show. `immutable_id` ties a former mailbox to a returning person."""

    id: str
    kind: RecipientKind
    name: str
    addresses: tuple[str, ...] = ()
    immutable_id: str = ""


@dataclass
class Incident:
    """A service health issue."""

    id: str
    service: str
    title: str
    impact: str
    feature: str
    feature_group: str
    started_at: datetime
    status: str = "serviceDegradation"
    classification: str = "incident"
    resolved_at: datetime | None = None


@dataclass
class Organization:
    domains: tuple[Domain, ...] = (
        Domain(people.DEFAULT_DOMAIN, is_default=True),
        Domain(people.INITIAL_DOMAIN, is_initial=True),
    )
    id: str = people.TENANT_ID
    name: str = people.TENANT_NAME
    synced: bool = False
    last_sync: datetime | None = None
    access_pass_enabled: bool = True
    raw: dict[str, Any] = field(default_factory=dict)  # further properties of the organization resource

    def owns(self, domain: str) -> bool:
        return any(known.name == domain.lower() and known.is_verified for known in self.domains)

    @property
    def initial_domain(self) -> str:
        return next((domain.name for domain in self.domains if domain.is_initial), people.INITIAL_DOMAIN)

    def takes_mail(self, domain: str) -> bool:
        return any(known.name == domain.lower() and "Email" in known.services for known in self.domains)
