"""Which application permissions the bot really holds, and what is off without the others.

An app-only token of Entra lists them in its `roles` claim
(learn.microsoft.com/entra/identity-platform/access-token-claims-reference). The token is only read here: it is our
own, and Graph is who checks it. Its format is Graph's affair, so one that cannot be read says nothing.
"""

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from graph.client import GraphClient
from graph.permissions import PERMISSIONS

# What else allows all the calls for which a permission is in the table ("Higher privileged" of the same tables).
ALSO_ENOUGH: Mapping[str, tuple[str, ...]] = {
    "User.Read.All": ("User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    "User.ReadWrite.All": ("Directory.ReadWrite.All",),
    "User.DeleteRestore.All": ("User.ReadWrite.All",),
    "User.ManageIdentities.All": ("User.ReadWrite.All", "Directory.ReadWrite.All"),
    "GroupMember.Read.All": (
        "GroupMember.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ),
    "GroupMember.ReadWrite.All": ("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    "Mail.Read": ("Mail.ReadWrite",),
    "OrgContact.Read.All": ("Directory.Read.All", "Directory.ReadWrite.All"),
    "Organization.Read.All": ("Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    "Domain.Read.All": ("Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    "LicenseAssignment.Read.All": (
        "LicenseAssignment.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ),
    "LicenseAssignment.ReadWrite.All": ("Directory.ReadWrite.All",),
    "MailboxSettings.Read": ("MailboxSettings.ReadWrite",),
    "User-OnPremisesSyncBehavior.Read.All": ("User-OnPremisesSyncBehavior.ReadWrite.All",),
    "UserAuthMethod-TAP.ReadWrite.All": ("UserAuthenticationMethod.ReadWrite.All",),
    "RoleManagement.Read.Directory": (
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ),
}


@dataclass(frozen=True)
class Missing:
    """A permission that the bot lacks, and what is off for it."""

    permission: str
    features: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.permission} is not granted, so this is off: {'; '.join(self.features)}"


async def granted(client: GraphClient) -> frozenset[str] | None:
    """From the client's own token; None where it says nothing. Raises GraphError where there is no token."""
    return roles_in(await client.token())


def roles_in(token: str) -> frozenset[str] | None:
    """The `roles` of a JWT; None for any other token. Entra leaves the claim out where nothing is granted."""
    claims = claims_in(token)
    if claims is None:
        return None
    roles = claims.get("roles", [])
    return frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else None


def claims_in(token: str) -> Mapping[str, Any] | None:
    """What a JWT says of whom it is for; None for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:  # not base64, not UTF-8, not JSON
        return None
    return claims if isinstance(claims, dict) else None


def missing(held: Collection[str] | None) -> tuple[Missing, ...]:
    """In the order of the table; nothing where it is not known what is held."""
    if held is None:
        return ()
    return tuple(
        Missing(name, stops)
        for name, stops in features().items()
        if {name, *ALSO_ENOUGH.get(name, ())}.isdisjoint(held)
    )


def features() -> dict[str, tuple[str, ...]]:
    """What each permission of the table is good for."""
    names = dict.fromkeys(permission.name for permission in PERMISSIONS.values())
    return {
        name: tuple(dict.fromkeys(one.feature for one in PERMISSIONS.values() if one.name == name)) for name in names
    }
