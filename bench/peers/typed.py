"""The reads of one snapshot as the SDK's documentation has them: a typed call for each, one after another.

The same requests as Mailroom's, with msgraph-sdk as it comes: its own HTTP client, middleware, models and retries.
The token is a constant for both. A 404 is an answer like any other.
"""

import inspect
from collections.abc import Awaitable, Callable

from azure.core.credentials import AccessToken
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient

from graph.queries import HOLDER_PROPERTIES, USER_HOLDER_PROPERTIES
from graph.requests import ACCOUNT_PROPERTIES, DELETED_PROPERTIES, DOMAIN_PROPERTIES, EXCHANGE, TENANT_PROPERTIES


class ConstantToken:
    """An azure.core credential."""

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken("bench-token", 4102444800)


def typed_client(base_url: str) -> GraphServiceClient:
    provider = AzureIdentityAuthenticationProvider(ConstantToken(), scopes=["bench"], allowed_hosts=["127.0.0.1"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = base_url
    return GraphServiceClient(request_adapter=adapter)


async def read_one_by_one(client: GraphServiceClient, name: str, initial_domain: str) -> int:
    """First what needs the name alone; where the mailbox is not ready, what needs the account. How many reads."""
    reads = 0

    async def read(get: Callable[..., Awaitable[object]], configuration: RequestConfiguration | None = None) -> object:
        nonlocal reads
        reads += 1
        try:
            return await get(configuration)
        except APIError as error:
            if error.response_status_code not in (400, 404):
                raise
            return None

    user = client.users.by_user_id(name)
    account = await read(user.get, options(user, select=ACCOUNT_PROPERTIES))
    mailbox = await read(user.mailbox_settings.get)
    await read(user.license_details.get)
    await read(user.settings.exchange.get)
    await read(user.on_premises_sync_behavior.get)
    await read(client.organization.get, options(client.organization, select=TENANT_PROPERTIES))
    await read(client.subscribed_skus.get)
    await read(client.domains.get, options(client.domains, select=DOMAIN_PROPERTIES))
    health = client.admin.service_announcement.health_overviews.by_service_health_id(EXCHANGE)
    await read(health.get, options(health, expand=["issues"]))
    await around(client, read, [name])
    if mailbox is None:
        local = account.user_principal_name.partition("@")[0]
        await around(client, read, [account.user_principal_name, f"{local}@{initial_domain}"])
        audits = client.audit_logs.directory_audits
        changes = f"activityDisplayName eq 'Change user license' and targetResources/any(t:t/id eq '{account.id}')"
        await read(audits.get, options(audits, filter=changes, top=50))
    return reads


async def around(client: GraphServiceClient, read: Callable[..., Awaitable[object]], addresses: list[str]) -> None:
    """Holders of the addresses, and the recycle bin."""
    holds = " or ".join(f"proxyAddresses/any(p:p eq 'smtp:{one}') or mail eq '{one}'" for one in addresses)
    names = " or ".join(f"userPrincipalName eq '{one}'" for one in addresses)
    ends = " or ".join(f"endsWith(userPrincipalName,'{one}')" for one in addresses)
    deleted = client.directory.deleted_items.graph_user
    await read(client.users.get, advanced(client.users, f"{holds} or {names}", USER_HOLDER_PROPERTIES))
    await read(client.groups.get, advanced(client.groups, holds, HOLDER_PROPERTIES))
    await read(client.contacts.get, advanced(client.contacts, holds, HOLDER_PROPERTIES))
    await read(deleted.get, advanced(deleted, f"{holds} or {ends}", DELETED_PROPERTIES))


def options(builder: object, **query: object) -> RequestConfiguration:
    """The query parameters of a builder are a class inside it."""
    nested = (kind for name, kind in inspect.getmembers(type(builder)) if name.endswith("GetQueryParameters"))
    return RequestConfiguration(query_parameters=next(nested)(**query))


def advanced(builder: object, condition: str, properties: list[str]) -> RequestConfiguration:
    configuration = options(builder, filter=condition, count=True, select=properties)
    configuration.headers = HeadersCollection()
    configuration.headers.add("ConsistencyLevel", "eventual")
    return configuration
