"""Service principals and the app roles (application permissions) that are assigned to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.tenant.organization import fixed_id

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph's own, the same in every tenant
IDENTITY_APP_ID = "6f0e1d2c-0000-4000-8000-0000000000d1"


@dataclass
class ServicePrincipal:
    """`app_roles` are the ids of the roles that others may have here, by value. Their real ids are Microsoft's."""

    id: str
    app_id: str
    name: str
    kind: str
    app_roles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grant:
    """One app role of `resource_id` that `principal_id` has."""

    id: str
    principal_id: str
    resource_id: str
    app_role_id: str
    created_at: datetime


def fill(principals: dict[str, ServicePrincipal], permissions: Iterable[str]) -> None:
    """Graph, with these permissions, and a new managed identity that has none of them.

    The identity is not the app whose calls the sandbox answers: what that one may is in sandbox/permissions.py.
    """
    roles = {name: fixed_id(f"app role {name}") for name in permissions}
    graph = ServicePrincipal(fixed_id("graph"), GRAPH_APP_ID, "Microsoft Graph", "Application", roles)
    identity = ServicePrincipal(fixed_id("identity"), IDENTITY_APP_ID, "id-mailroom-contoso", "ManagedIdentity")
    principals.update({one.id: one for one in (graph, identity)})
