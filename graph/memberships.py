"""The questions about what an account is to the tenant: itself, its directory roles, its groups."""

from collections.abc import Sequence

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient

from graph.requests import JsonBody, account, user_of

# What a write may change, and what says whose account it is.
WRITABLE_PROPERTIES = [
    "id",
    "userPrincipalName",
    "displayName",
    "usageLocation",
    "department",
    "mailNickname",
    "accountEnabled",
    "userType",
    "assignedLicenses",
]
STANDING_PROPERTIES = ["id", "userType", "accountEnabled"]
ROLE_PROPERTIES = ["id", "displayName"]
MANAGER = "manager($select=id)"
MOST_GROUPS = 20


def as_it_is(api: GraphServiceClient, account_id: str, *, manager: bool) -> RequestInformation:
    """What a write may change; the id of the manager where it is wanted."""
    return account(api, account_id, WRITABLE_PROPERTIES, [MANAGER] if manager else [])


def standing(api: GraphServiceClient, account_id: str) -> RequestInformation:
    return account(api, account_id, STANDING_PROPERTIES)


def directory_roles(api: GraphServiceClient, account_id: str) -> RequestInformation:
    """The roles that the account holds, through groups as well.

    A cast is an advanced query. With User.Read.All alone Graph answers ids, and null for the names: these need
    RoleManagement.Read.Directory (learn.microsoft.com/graph/api/user-list-transitivememberof).
    """
    roles = user_of(api, account_id).transitive_member_of.graph_directory_role
    query = type(roles).GraphDirectoryRoleRequestBuilderGetQueryParameters(count=True, select=ROLE_PROPERTIES)
    headers = HeadersCollection()
    headers.add("ConsistencyLevel", "eventual")
    return roles.to_get_request_information(RequestConfiguration(query_parameters=query, headers=headers))


def groups(api: GraphServiceClient, account_id: str, group_ids: Sequence[str]) -> list[RequestInformation]:
    """Which of the groups the account is in: 20 to a question.

    learn.microsoft.com/graph/api/directoryobject-checkmembergroups
    """
    asked = user_of(api, account_id).check_member_groups
    parts = (list(group_ids[start : start + MOST_GROUPS]) for start in range(0, len(group_ids), MOST_GROUPS))
    return [asked.to_post_request_information(JsonBody({"groupIds": part})) for part in parts]
