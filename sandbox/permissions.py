"""Which application permissions the app of the sandbox holds, and what each call to Graph needs.

For each call: the permissions of which any one is enough, the least privileged first, from the "Permissions" tables
of learn.microsoft.com/graph/api, column Application. The app holds the first of every list, as somebody who follows
the documentation would grant them, but for those that are withheld. A call that is not listed needs nothing.
"""

from collections.abc import Collection, Mapping
from typing import Any

READ_USERS = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
WRITE_USERS = ("User.ReadWrite.All", "Directory.ReadWrite.All")
READ_GROUPS = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
WRITE_MEMBERS = ("GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
READ_MEMBERSHIPS = ("User.Read.All", "GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
NAMES_OF_ROLES = ("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All")
READ_TENANT = ("Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
READ_DOMAINS = ("Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All")
READ_LICENSES = ("LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All", "Directory.Read.All")
WRITE_BIN = ("User.DeleteRestore.All", "User.ReadWrite.All")
READ_PASSES = ("UserAuthMethod-TAP.Read.All", "UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.Read.All")
WRITE_PASSES = ("UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All")
READ_MAILBOX = ("MailboxSettings.Read", "MailboxSettings.ReadWrite")
READ_HEALTH = ("ServiceHealth.Read.All",)
READ_CONTACTS = ("OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
READ_SYNC = ("User-OnPremisesSyncBehavior.Read.All", "User-OnPremisesSyncBehavior.ReadWrite.All")

PASSES = "/users/{user}/authentication/temporaryAccessPassMethods"
SET_PASSWORD = "PATCH /users/{user}#passwordProfile"  # noqa: S105 (a name)

ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "GET /users": READ_USERS,
    "GET /users/$count": READ_USERS,
    "GET /users/{user}": READ_USERS,
    "GET /users/{user}/manager": READ_USERS,
    "POST /users": WRITE_USERS,
    "PATCH /users/{user}": WRITE_USERS,
    SET_PASSWORD: ("User-PasswordProfile.ReadWrite.All",),
    "DELETE /users/{user}": ("User.ReadWrite.All",),
    "PUT /users/{user}/manager/$ref": WRITE_USERS,
    "DELETE /users/{user}/manager/$ref": WRITE_USERS,
    "GET /users/{user}/memberOf": READ_MEMBERSHIPS,
    "GET /users/{user}/transitiveMemberOf": READ_MEMBERSHIPS,
    "GET /users/{user}/memberOf/graph.directoryRole": READ_MEMBERSHIPS,
    "GET /users/{user}/transitiveMemberOf/graph.directoryRole": READ_MEMBERSHIPS,
    "POST /users/{user}/checkMemberGroups": READ_GROUPS,
    "GET /users/{user}/onPremisesSyncBehavior": READ_SYNC,
    "PATCH /users/{user}/onPremisesSyncBehavior": READ_SYNC[1:],
    "GET /users/{user}/licenseDetails": READ_LICENSES,
    "POST /users/{user}/assignLicense": ("LicenseAssignment.ReadWrite.All", *WRITE_USERS),
    "POST /users/{user}/reprocessLicenseAssignment": WRITE_USERS,
    "POST /users/{user}/retryServiceProvisioning": ("User.ManageIdentities.All", *WRITE_USERS),
    "GET /users/{user}/mailboxSettings": READ_MAILBOX,
    "GET /users/{user}/mailboxSettings/userPurpose": READ_MAILBOX,
    "PATCH /users/{user}/mailboxSettings": ("MailboxSettings.ReadWrite",),
    "GET /users/{user}/settings/exchange": READ_MAILBOX,
    "GET /users/{user}/mailFolders/inbox": ("Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"),
    "POST /users/{user}/sendMail": ("Mail.Send",),
    "GET /users/{user}/messages": ("Mail.Read", "Mail.ReadWrite"),
    f"GET {PASSES}": READ_PASSES,
    f"GET {PASSES}/{{pass}}": READ_PASSES,
    f"POST {PASSES}": WRITE_PASSES,
    f"DELETE {PASSES}/{{pass}}": WRITE_PASSES,
    "GET /groups": READ_GROUPS,
    "GET /groups/{group}": READ_GROUPS,
    "GET /groups/{group}/members": READ_GROUPS,
    "GET /groups/{group}/transitiveMembers/graph.user": READ_GROUPS,
    "POST /groups/{group}/members/$ref": WRITE_MEMBERS,
    "DELETE /groups/{group}/members/{user}/$ref": WRITE_MEMBERS,
    "POST /groups/{group}/assignLicense": ("LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All"),
    "GET /directoryRoles": NAMES_OF_ROLES,
    "GET /directoryRoles/{role}": NAMES_OF_ROLES,
    "GET /directoryRoles/{role}/members": NAMES_OF_ROLES,
    "GET /contacts": READ_CONTACTS,
    "GET /contacts/{contact}": READ_CONTACTS,
    "GET /domains": READ_DOMAINS,
    "GET /domains/{name}": READ_DOMAINS,
    "POST /domains/{name}/verify": ("Domain.ReadWrite.All",),
    "GET /organization": READ_TENANT,
    "GET /organization/{id}": READ_TENANT,
    "GET /subscribedSkus": (*READ_LICENSES, "Organization.Read.All"),
    "GET /subscribedSkus/{sku}": (*READ_LICENSES, "Organization.Read.All"),
    "GET /directory/deletedItems/graph.user": READ_USERS,
    "GET /directory/deletedItems/{id}": READ_USERS,
    "POST /directory/deletedItems/{id}/restore": WRITE_BIN,
    "DELETE /directory/deletedItems/{id}": WRITE_BIN,
    "GET /admin/serviceAnnouncement/healthOverviews": READ_HEALTH,
    "GET /admin/serviceAnnouncement/healthOverviews/{service}": READ_HEALTH,
    "GET /admin/serviceAnnouncement/issues": READ_HEALTH,
    "GET /admin/serviceAnnouncement/issues/{id}": READ_HEALTH,
    "GET /auditLogs/directoryAudits": ("AuditLog.Read.All",),
}

# Calls of a signed-in administrator, who needs delegated permissions. The sandbox knows no users by their tokens, so it
# lets everyone: learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto
OF_ADMINISTRATORS: Mapping[str, tuple[str, ...]] = {
    "GET /servicePrincipals": ("Application.Read.All", "Directory.Read.All"),
    "GET /servicePrincipals/{principal}/appRoleAssignments": ("Application.Read.All", "Directory.Read.All"),
    "POST /servicePrincipals/{principal}/appRoleAssignedTo": ("AppRoleAssignment.ReadWrite.All",),
}


def every_permission() -> tuple[str, ...]:
    """All that are named here, in the order of their names."""
    return tuple(
        sorted({name for table in (ACCEPTED, OF_ADMINISTRATORS) for names in table.values() for name in names})
    )


class Permissions:
    """What the app holds. `withhold` takes any permission away, also one that it never had."""

    def __init__(self) -> None:
        self.withheld: frozenset[str] = frozenset()

    @property
    def granted(self) -> frozenset[str]:
        return frozenset(accepted[0] for accepted in ACCEPTED.values()) - self.withheld

    def withhold(self, names: Collection[str]) -> None:
        """These and no others. Raises ValueError for a name that no call needs."""
        known = {name for accepted in ACCEPTED.values() for name in accepted}
        unknown = sorted(set(names) - known)
        if unknown:
            raise ValueError(f"no call needs {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        self.withheld = frozenset(names)

    def allows(self, accepted: Collection[str]) -> bool:
        return not accepted or not self.granted.isdisjoint(accepted)

    def refuses(self, call: str, sets_password: bool = False) -> bool:
        """Is this call refused? `call` is e.g. PATCH /users/{user}, with the route's template."""
        name = SET_PASSWORD if sets_password and call == "PATCH /users/{user}" else call
        return not self.allows(ACCEPTED.get(name, ()))

    def as_json(self) -> dict[str, Any]:
        refused = [call for call, accepted in ACCEPTED.items() if not self.allows(accepted)]
        return {"withheld": sorted(self.withheld), "granted": sorted(self.granted), "refused": refused}
