"""Every call that Mailroom makes, the least application permission for it, and what it is good for.

The permissions are those of the "Permissions" tables of learn.microsoft.com/graph/api, column Application, least
privileged. A 403 is explained from here, and a test holds GraphDirectory to this list.
"""

from dataclasses import dataclass

from graph.answers import Call
from provisioning.words import say


@dataclass(frozen=True)
class Permission:
    """`action` completes "Mailroom may not …"; `feature` says what stops working without the permission."""

    name: str
    action: str
    feature: str


SET_PASSWORD = Call("PATCH", "/users/{user-id}#passwordProfile")  # the same path needs more for this property
ROLES = Call("GET", "/users/{user-id}/transitiveMemberOf/graph.directoryRole")
ROLE_NAMES = Call(ROLES.method, f"{ROLES.path}#displayName")  # null without it, and no error

PERMISSIONS: dict[Call, Permission] = {
    Call("GET", "/users/{user-id}"): Permission("User.Read.All", say("read the account"), "every command"),
    Call("GET", "/users"): Permission(
        "User.Read.All", say("look for people"), "diagnose: search, who else has an address"
    ),
    Call("GET", "/groups"): Permission(
        "GroupMember.Read.All", say("look for groups"), "diagnose: groups that have the address"
    ),
    Call("GET", "/contacts"): Permission(
        "OrgContact.Read.All", say("look for contacts"), "diagnose: mail contacts that have the address"
    ),
    Call("GET", "/domains"): Permission(
        "Domain.Read.All", say("read the domains"), "diagnose: domains that take no mail"
    ),
    Call("GET", "/users/{user-id}/licenseDetails"): Permission(
        "LicenseAssignment.Read.All", say("read the license details"), "diagnose: the state of each service plan"
    ),
    Call("GET", "/users/{user-id}/settings/exchange"): Permission(
        "MailboxSettings.Read",
        say("read the Exchange settings"),
        "diagnose: a mailbox that works although REST says no",
    ),
    Call("GET", "/users/{user-id}/onPremisesSyncBehavior"): Permission(
        "User-OnPremisesSyncBehavior.Read.All",
        say("read where the account is mastered"),
        "diagnose: synced accounts that are managed in the cloud",
    ),
    Call("GET", "/auditLogs/directoryAudits"): Permission(
        "AuditLog.Read.All", say("read the audit log"), "diagnose: when a license was taken away"
    ),
    Call("POST", "/users"): Permission("User.ReadWrite.All", say("create the account"), "provision"),
    Call("PATCH", "/users/{user-id}"): Permission(
        "User.ReadWrite.All", say("change the account"), "provision: user details"
    ),
    SET_PASSWORD: Permission(
        "User-PasswordProfile.ReadWrite.All",
        say("set a password"),
        "sign-in details of a new account where a Temporary Access Pass is not possible",
    ),
    Call("PUT", "/users/{user-id}/manager/$ref"): Permission(
        "User.ReadWrite.All", say("set the manager"), "provision with manager=…"
    ),
    Call("GET", "/directory/deletedItems/graph.user"): Permission(
        "User.Read.All", say("look into the recycle bin"), "provision: offer to restore a deleted user"
    ),
    Call("POST", "/directory/deletedItems/{directoryObject-id}/restore"): Permission(
        "User.DeleteRestore.All", say("restore the deleted account"), "provision: restore a deleted user"
    ),
    Call("GET", "/organization"): Permission(
        "Organization.Read.All", say("read the tenant"), "every command: verified domains, directory sync"
    ),
    Call("GET", "/subscribedSkus"): Permission(
        "LicenseAssignment.Read.All",
        say("read the licenses of the tenant"),
        "licenses; provision: licenses and free seats",
    ),
    Call("POST", "/users/{user-id}/assignLicense"): Permission(
        "LicenseAssignment.ReadWrite.All", say("assign the license"), "provision, and the fixes about licenses"
    ),
    Call("POST", "/groups/{group-id}/assignLicense"): Permission(
        "LicenseAssignment.ReadWrite.All", say("change the licenses of the group"), "fix: licenses that a group assigns"
    ),
    Call("POST", "/users/{user-id}/reprocessLicenseAssignment"): Permission(
        "User.ReadWrite.All", say("process the group licenses again"), "fix: reprocess group licenses"
    ),
    Call("POST", "/users/{user-id}/retryServiceProvisioning"): Permission(
        "User.ManageIdentities.All", say("provision the account in Exchange again"), "fix: retry provisioning"
    ),
    Call("DELETE", "/directory/deletedItems/{directoryObject-id}"): Permission(
        "User.DeleteRestore.All", say("delete the account for good"), "fix: purge a deleted user"
    ),
    Call("GET", "/users/{user-id}/mailboxSettings"): Permission(
        "MailboxSettings.Read", say("look at the mailbox"), "provision: knowing when the mailbox is ready"
    ),
    Call("GET", "/admin/serviceAnnouncement/healthOverviews/{serviceHealth-id}"): Permission(
        "ServiceHealth.Read.All", say("read the service health"), "health; diagnose: incidents of Exchange Online"
    ),
    Call("POST", "/users/{user-id}/authentication/temporaryAccessPassMethods"): Permission(
        "UserAuthMethod-TAP.ReadWrite.All", say("create a Temporary Access Pass"), "sign-in details of a new account"
    ),
    Call(
        "DELETE",
        "/users/{user-id}/authentication/temporaryAccessPassMethods/{temporaryAccessPassAuthenticationMethod-id}",
    ): Permission(
        "UserAuthMethod-TAP.ReadWrite.All",
        say("revoke a Temporary Access Pass"),
        "sign-in details: taking back a pass that nobody saw",
    ),
    Call("POST", "/users/{user-id}/checkMemberGroups"): Permission(
        "GroupMember.Read.All",
        say("check group membership"),
        "who may use Mailroom, when groups are configured; every change, when groups are protected",
    ),
    ROLES: Permission(
        "User.Read.All",
        say("read the directory roles of the account"),
        "every change: whoever holds a directory role is protected",
    ),
    ROLE_NAMES: Permission(
        "RoleManagement.Read.Directory",
        say("read the names of directory roles"),
        "protected accounts: saying which directory role it is",
    ),
    Call("GET", "/groups/{group-id}"): Permission(
        "GroupMember.Read.All", say("read the group"), "profiles: checking their groups, and putting people into them"
    ),
    Call("GET", "/users/{user-id}/memberOf"): Permission(
        "User.Read.All", say("read the groups of the account"), "profiles: putting people into groups"
    ),
    Call("POST", "/groups/{group-id}/members/$ref"): Permission(
        "GroupMember.ReadWrite.All", say("put people into groups"), "profiles: groups, and licenses that a group gives"
    ),
    Call("PATCH", "/users/{user-id}/mailboxSettings"): Permission(
        "MailboxSettings.ReadWrite", say("change the settings of the mailbox"), "profiles: time zone and language"
    ),
    Call("POST", "/users/{user-id}/sendMail"): Permission(
        "Mail.Send", say("send mail from the configured mailbox"), "profiles: messages to the new user and the manager"
    ),
    Call("GET", "/users/{user-id}/messages"): Permission(
        "Mail.Read",
        say("look whether a mail was sent"),
        "profiles: going on with a message whose sending was interrupted, instead of leaving it to a person",
    ),
    Call("GET", "/groups/{group-id}/transitiveMembers/graph.user"): Permission(
        "GroupMember.Read.All", say("read the members of the group"), "approvals: asking the members of a group"
    ),
}

UNKNOWN = Permission("", say("do this"), "")


def permission_for(call: Call) -> Permission:
    return PERMISSIONS.get(call, UNKNOWN)
