"""Every request that Mailroom makes, built by msgraph's request builders: paths, escaping and headers are the SDK's.

Bodies go through the builders too, but as plain JSON: the SDK's `User` model alone costs 80 ms and 9 MB to import.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, SerializationWriter
from msgraph import GraphServiceClient

from provisioning.case import Order
from provisioning.directory import EXCHANGE, AssignedLicense
from provisioning.errors import GraphNotFound
from provisioning.words import say

# Most of these are only returned when they are named (learn.microsoft.com/graph/api/resources/user).
ACCOUNT_PROPERTIES = [
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "mailNickname",
    "proxyAddresses",
    "usageLocation",
    "userType",
    "accountEnabled",
    "department",
    "createdDateTime",
    "onPremisesSyncEnabled",
    "onPremisesLastSyncDateTime",
    "assignedLicenses",
    "assignedPlans",
    "licenseAssignmentStates",
    "serviceProvisioningErrors",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesImmutableId",
    "provisionedPlans",
]
DELETED_PROPERTIES = [
    "id",
    "userPrincipalName",
    "displayName",
    "deletedDateTime",
    "mail",
    "proxyAddresses",
    "onPremisesImmutableId",
]
DOMAIN_PROPERTIES = ["id", "isVerified", "isInitial", "supportedServices"]
TENANT_PROPERTIES = ["id", "displayName", "verifiedDomains", "onPremisesSyncEnabled", "onPremisesLastSyncDateTime"]
NICKNAME_LIMIT = 64
NICKNAME_EXTRAS = frozenset("!#$%&'*+-/=?^_`{|}~.")


class JsonBody(Parsable):
    """A JSON object where a request builder expects one of its models."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = dict(value)

    def get_field_deserializers(self) -> dict[str, Any]:
        """Nothing is ever read into it."""
        return {}

    def serialize(self, writer: SerializationWriter) -> None:
        writer.write_additional_data_value(self._value)


def account(
    api: GraphServiceClient,
    name: str,
    properties: Sequence[str] = tuple(ACCOUNT_PROPERTIES),
    expand: Sequence[str] = (),
) -> RequestInformation:
    user = user_of(api, name)
    query = type(user).UserItemRequestBuilderGetQueryParameters(select=list(properties), expand=list(expand) or None)
    return user.to_get_request_information(RequestConfiguration(query_parameters=query))


def deleted_accounts(api: GraphServiceClient, upn: str) -> RequestInformation:
    """Deleted users whose UPN ends in `upn`: Entra puts the object id, without dashes, in front of it.

    `endsWith` on userPrincipalName is an advanced query: it needs $count and ConsistencyLevel
    (learn.microsoft.com/graph/aad-advanced-queries, learn.microsoft.com/graph/api/directory-deleteditems-list).
    """
    users = api.directory.deleted_items.graph_user
    quoted = upn.replace("'", "''")
    parameters = type(users).GraphUserRequestBuilderGetQueryParameters(
        filter=f"endsWith(userPrincipalName,'{quoted}')", count=True, select=DELETED_PROPERTIES
    )
    headers = HeadersCollection()
    headers.add("ConsistencyLevel", "eventual")
    return users.to_get_request_information(RequestConfiguration(query_parameters=parameters, headers=headers))


def organization(api: GraphServiceClient, properties: Sequence[str] = tuple(TENANT_PROPERTIES)) -> RequestInformation:
    tenant = api.organization
    parameters = type(tenant).OrganizationRequestBuilderGetQueryParameters(select=list(properties))
    return tenant.to_get_request_information(RequestConfiguration(query_parameters=parameters))


def skus(api: GraphServiceClient) -> RequestInformation:
    return api.subscribed_skus.to_get_request_information()


def health(api: GraphServiceClient, service: str = EXCHANGE) -> RequestInformation:
    overview = api.admin.service_announcement.health_overviews.by_service_health_id(service)
    parameters = type(overview).ServiceHealthItemRequestBuilderGetQueryParameters(expand=["issues"])
    return overview.to_get_request_information(RequestConfiguration(query_parameters=parameters))


def mailbox(api: GraphServiceClient, name: str) -> RequestInformation:
    return user_of(api, name).mailbox_settings.to_get_request_information()


def license_details(api: GraphServiceClient, name: str) -> RequestInformation:
    return user_of(api, name).license_details.to_get_request_information()


def exchange_settings(api: GraphServiceClient, name: str) -> RequestInformation:
    return user_of(api, name).settings.exchange.to_get_request_information()


def sync_behavior(api: GraphServiceClient, name: str) -> RequestInformation:
    return user_of(api, name).on_premises_sync_behavior.to_get_request_information()


def domains(api: GraphServiceClient) -> RequestInformation:
    domains = api.domains
    parameters = type(domains).DomainsRequestBuilderGetQueryParameters(select=DOMAIN_PROPERTIES)
    return domains.to_get_request_information(RequestConfiguration(query_parameters=parameters))


def create_account(api: GraphServiceClient, body: Mapping[str, Any]) -> RequestInformation:
    return api.users.to_post_request_information(JsonBody(body))


def restore_account(api: GraphServiceClient, deleted_id: str) -> RequestInformation:
    check_id(deleted_id)
    return api.directory.deleted_items.by_directory_object_id(deleted_id).restore.to_post_request_information()


def update_account(api: GraphServiceClient, account_id: str, changes: Mapping[str, Any]) -> RequestInformation:
    return user_of(api, account_id).to_patch_request_information(JsonBody(changes))


def set_manager(api: GraphServiceClient, base_url: str, account_id: str, manager_id: str) -> RequestInformation:
    body = JsonBody({"@odata.id": f"{base_url}/users/{manager_id}"})
    return user_of(api, account_id).manager.ref.to_put_request_information(body)


def change_licenses(
    api: GraphServiceClient, account_id: str, add: Sequence[AssignedLicense], remove: Sequence[str] = ()
) -> RequestInformation:
    return user_of(api, account_id).assign_license.to_post_request_information(_licenses(add, remove))


def change_group_licenses(api: GraphServiceClient, group_id: str, add: Sequence[AssignedLicense]) -> RequestInformation:
    check_id(group_id)
    return api.groups.by_group_id(group_id).assign_license.to_post_request_information(_licenses(add, ()))


def _licenses(add: Sequence[AssignedLicense], remove: Sequence[str]) -> JsonBody:
    """Both lists are always there: Graph refuses the call when one is missing."""
    return JsonBody({"addLicenses": [license_body(one) for one in add], "removeLicenses": list(remove)})


def license_body(one: AssignedLicense) -> dict[str, Any]:
    return {"skuId": one.sku_id, "disabledPlans": list(one.disabled_plans)}


def reprocess_licenses(api: GraphServiceClient, account_id: str) -> RequestInformation:
    return user_of(api, account_id).reprocess_license_assignment.to_post_request_information()


def retry_provisioning(api: GraphServiceClient, account_id: str) -> RequestInformation:
    return user_of(api, account_id).retry_service_provisioning.to_post_request_information()


def purge_deleted(api: GraphServiceClient, deleted_id: str) -> RequestInformation:
    check_id(deleted_id)
    return api.directory.deleted_items.by_directory_object_id(deleted_id).to_delete_request_information()


def access_pass(api: GraphServiceClient, account_id: str, minutes: int) -> RequestInformation:
    body = JsonBody({"isUsableOnce": True, "lifetimeInMinutes": minutes})
    methods = user_of(api, account_id).authentication.temporary_access_pass_methods
    return methods.to_post_request_information(body)


def revoke_pass(api: GraphServiceClient, account_id: str, pass_id: str) -> RequestInformation:
    check_id(pass_id)
    methods = user_of(api, account_id).authentication.temporary_access_pass_methods
    one = methods.by_temporary_access_pass_authentication_method_id(pass_id)
    return one.to_delete_request_information()


def user_of(api: GraphServiceClient, name: str) -> Any:
    check_id(name)
    return api.users.by_user_id(name)


def check_id(name: str) -> None:
    """A blank name would address all of them, and dots alone the folder above: nothing is called so."""
    if not name.strip(". "):
        raise GraphNotFound(
            say("“{name}” is no name of an account. Use an address such as jane@contoso.com.", name=name)
        )


def password_profile(password: str) -> dict[str, Any]:
    return {"passwordProfile": {"forceChangePasswordNextSignIn": True, "password": password}}


def account_body(order: Order) -> dict[str, Any]:
    """What POST /users is told, without the password. Graph refuses empty strings, so these are left out."""
    wanted = {
        "displayName": order.display_name,
        "mailNickname": mail_nickname(order.upn),
        "userPrincipalName": order.upn,
        "usageLocation": order.usage_location,
        "department": order.department,
    }
    return {"accountEnabled": True, **{name: value for name, value in wanted.items() if value}}


def mail_nickname(upn: str) -> str:
    r"""The part before the @ in ASCII, without what mailNickname does not take: @ () \ [] " ; : <> , and space.

    Accents are dropped rather than the letters (learn.microsoft.com/graph/api/user-post-users). Exchange wants no
    dot at either end, nor two together.
    """
    local = unicodedata.normalize("NFKD", upn.partition("@")[0])
    allowed = "".join(ch for ch in local if ch.isascii() and (ch.isalnum() or ch in NICKNAME_EXTRAS))
    dotted = ".".join(part for part in allowed.split(".") if part)
    return dotted[:NICKNAME_LIMIT].rstrip(".") or "user"
