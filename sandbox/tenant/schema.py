"""The user's properties as Microsoft Graph v1.0 documents them: defaults, limits, who may write them.

From learn.microsoft.com/graph/api/resources/user; limits from the property descriptions there.
"""

# What GET /users and GET /users/{id} answer without $select.
DEFAULT_PROPERTIES = (
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
)

# Writable texts and their longest length.
TEXT_LIMITS: dict[str, int] = {
    "ageGroup": 20,
    "city": 128,
    "companyName": 64,
    "consentProvidedForMinor": 20,
    "country": 128,
    "department": 64,
    "displayName": 256,
    "employeeId": 16,
    "employeeType": 128,
    "faxNumber": 64,
    "givenName": 64,
    "jobTitle": 128,
    "mail": 256,
    "mailNickname": 64,
    "mobilePhone": 64,
    "officeLocation": 128,
    "passwordPolicies": 128,
    "postalCode": 40,
    "preferredDataLocation": 8,
    "preferredLanguage": 32,
    "state": 128,
    "streetAddress": 1024,
    "surname": 64,
    "usageLocation": 2,
    "userPrincipalName": 113,
    "userType": 16,
}
WRITABLE_LISTS = frozenset({"businessPhones", "otherMails"})
WRITABLE_FLAGS = frozenset({"accountEnabled", "showInAddressList"})
WRITABLE_OTHERS = frozenset({"employeeHireDate", "onPremisesImmutableId", "onPremisesExtensionAttributes"})

READ_ONLY = frozenset(
    {
        "assignedLicenses",
        "assignedPlans",
        "createdDateTime",
        "creationType",
        "deletedDateTime",
        "externalUserState",
        "externalUserStateChangeDateTime",
        "id",
        "identities",
        "imAddresses",
        "isManagementRestricted",
        "isResourceAccount",
        "lastPasswordChangeDateTime",
        "legalAgeGroupClassification",
        "licenseAssignmentStates",
        "onPremisesDistinguishedName",
        "onPremisesDomainName",
        "onPremisesLastSyncDateTime",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "onPremisesUserPrincipalName",
        "provisionedPlans",
        "proxyAddresses",
        "securityIdentifier",
        "serviceProvisioningErrors",
        "signInSessionsValidFromDateTime",
    }
)
WRITABLE = frozenset(TEXT_LIMITS) | WRITABLE_LISTS | WRITABLE_FLAGS | WRITABLE_OTHERS
ALL_PROPERTIES = WRITABLE | READ_ONLY | {"passwordProfile"}

# Collections are [] when empty, never null.
COLLECTIONS = frozenset(
    {
        "assignedLicenses",
        "assignedPlans",
        "businessPhones",
        "identities",
        "imAddresses",
        "licenseAssignmentStates",
        "onPremisesProvisioningErrors",
        "otherMails",
        "provisionedPlans",
        "proxyAddresses",
        "serviceProvisioningErrors",
    }
)

# Mastered in Active Directory for a synced user: a PATCH in the cloud is refused.
ON_PREMISES_MASTERED = frozenset(
    {
        "businessPhones",
        "city",
        "companyName",
        "country",
        "department",
        "displayName",
        "employeeId",
        "faxNumber",
        "givenName",
        "jobTitle",
        "mail",
        "mailNickname",
        "mobilePhone",
        "officeLocation",
        "onPremisesExtensionAttributes",
        "postalCode",
        "preferredLanguage",
        "state",
        "streetAddress",
        "surname",
        "userPrincipalName",
    }
)

CANONICAL = {name.lower(): name for name in ALL_PROPERTIES}
