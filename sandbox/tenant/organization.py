"""The tenant's own record: domains, subscriptions, service health, groups, policies."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sandbox import people
from sandbox.tenant.catalogue import Product

# Ids that are made up here are derived from a name, so that they are the same at every start.
_NAMESPACE = uuid.UUID(people.TENANT_ID)


def fixed_id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


@dataclass
class Subscription:
    """One subscribed SKU; `holders` are the ids of the users who hold a seat."""

    product: Product
    enabled: int
    capability_status: str = "Enabled"
    holders: set[str] = field(default_factory=set)

    @property
    def consumed(self) -> int:
        return len(self.holders)

    @property
    def free(self) -> int:
        return max(0, self.enabled - self.consumed)


@dataclass(frozen=True)
class Domain:
    name: str
    is_default: bool = False
    is_initial: bool = False


@dataclass
class Group:
    """A security group; `proxy_addresses` only where it is mail-enabled."""

    id: str
    name: str
    created_at: datetime
    members: set[str] = field(default_factory=set)
    mail: str = ""
    proxy_addresses: tuple[str, ...] = ()


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
    synced: bool = False
    last_sync: datetime | None = None
    access_pass_enabled: bool = True

    def owns(self, domain: str) -> bool:
        return any(known.name == domain.lower() for known in self.domains)
