"""Third-party check of the shapes: msgraph-sdk's generated v1.0 models must know every property that is answered.

Kiota puts what a model does not know into `additional_data`; so nothing but @odata annotations may be there.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.serialization import Parsable
from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph import GraphServiceClient
from msgraph.generated.models.directory_audit_collection_response import DirectoryAuditCollectionResponse
from msgraph.generated.models.domain_collection_response import DomainCollectionResponse
from msgraph.generated.models.exchange_settings import ExchangeSettings
from msgraph.generated.models.group_collection_response import GroupCollectionResponse
from msgraph.generated.models.license_details_collection_response import LicenseDetailsCollectionResponse
from msgraph.generated.models.mail_folder import MailFolder
from msgraph.generated.models.mailbox_settings import MailboxSettings
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.on_premises_sync_behavior import OnPremisesSyncBehavior
from msgraph.generated.models.org_contact_collection_response import OrgContactCollectionResponse
from msgraph.generated.models.organization_collection_response import OrganizationCollectionResponse
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.service_health import ServiceHealth
from msgraph.generated.models.service_health_issue_collection_response import ServiceHealthIssueCollectionResponse
from msgraph.generated.models.subscribed_sku_collection_response import SubscribedSkuCollectionResponse
from msgraph.generated.models.temporary_access_pass_authentication_method import (
    TemporaryAccessPassAuthenticationMethod,
)
from msgraph.generated.models.user import User
from msgraph.generated.models.user_collection_response import UserCollectionResponse
from msgraph.graph_request_adapter import GraphRequestAdapter
from support.sandbox_app import E3, running_sandbox

from sandbox.tenant import schema

HEALTH = "/admin/serviceAnnouncement/healthOverviews/Exchange Online?$expand=issues"
SHAPES: list[tuple[str, Any]] = [
    ("/users/helga@contoso.com", User),
    (f"/users/sam@contoso.com?$select={','.join(sorted(schema.ALL_PROPERTIES))}", User),
    (f"/users/helga@contoso.com?$select={','.join(sorted(schema.ALL_PROPERTIES))}", User),
    ("/users?$top=5", UserCollectionResponse),
    ("/directory/deletedItems/graph.user", UserCollectionResponse),
    ("/subscribedSkus", SubscribedSkuCollectionResponse),
    ("/organization", OrganizationCollectionResponse),
    ("/domains", DomainCollectionResponse),
    ("/groups", GroupCollectionResponse),
    ("/users/helga@contoso.com/licenseDetails", LicenseDetailsCollectionResponse),
    ("/users/helga@contoso.com/mailboxSettings", MailboxSettings),
    ("/users/helga@contoso.com/mailFolders/inbox", MailFolder),
    (HEALTH, ServiceHealth),
    ("/admin/serviceAnnouncement/issues", ServiceHealthIssueCollectionResponse),
    ("/users/nobody", ODataError),
    ("/contacts", OrgContactCollectionResponse),
    ("/auditLogs/directoryAudits", DirectoryAuditCollectionResponse),
    ("/users/helga@contoso.com/settings/exchange", ExchangeSettings),
    ("/users/sam@contoso.com/onPremisesSyncBehavior", OnPremisesSyncBehavior),
]


@pytest.mark.parametrize(("path", "model"), SHAPES, ids=[path.partition("?")[0] for path, _ in SHAPES])
async def test_an_answer_holds_only_what_graph_documents(path: str, model: Any):
    async with running_sandbox("synced-tenant", "recycle-bin", "exchange-incident", "conflict") as sandbox:
        body = (await sandbox.get(path)).body
        assert undocumented(body, model) == []


async def test_so_do_all_people_in_trouble_and_their_groups():
    async with running_sandbox() as sandbox:
        names = ",".join(sorted(schema.ALL_PROPERTIES))
        users = (await sandbox.get(f"/users?$top=999&$select={names}")).body
        assert undocumented(users, UserCollectionResponse) == []
        groups = (await sandbox.get("/groups?$select=id,displayName,assignedLicenses,onPremisesSyncEnabled")).body
        assert undocumented(groups, GroupCollectionResponse) == []
        for path, model in (
            ("/contacts", OrgContactCollectionResponse),
            ("/auditLogs/directoryAudits", DirectoryAuditCollectionResponse),
            ("/domains", DomainCollectionResponse),
        ):
            body = (await sandbox.get(path)).body
            assert body["value"]
            assert undocumented(body, model) == []


async def test_so_does_a_new_access_pass():
    async with running_sandbox() as sandbox:
        reply = await sandbox.post("/users/helga@contoso.com/authentication/temporaryAccessPassMethods", {})
        assert undocumented(reply.body, TemporaryAccessPassAuthenticationMethod) == []


def test_the_check_finds_what_is_not_documented():
    assert undocumented({"id": "1", "shoeSize": 42}, User) == ["shoeSize"]
    assert undocumented({"assignedPlans": [{"colour": "red"}]}, User) == ["colour"]


async def test_the_real_sdk_reads_a_user_the_skus_and_a_batch():
    async with running_sandbox() as sandbox:
        http = httpx.AsyncClient(trust_env=False)
        adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(_Token()), http)
        adapter.base_url = str(sandbox.client.make_url("/v1.0"))
        graph = GraphServiceClient(request_adapter=adapter)
        try:
            user = await graph.users.by_user_id("helga@contoso.com").get()
            assert user is not None
            assert user.display_name == "Helga Desk"
            skus = await graph.subscribed_skus.get()
            assert skus is not None
            assert E3 in {str(sku.sku_id) for sku in skus.value or ()}
            created = await graph.users.post(_jane())
            assert created is not None
            assert created.user_principal_name == "jane@contoso.com"
            with pytest.raises(ODataError) as caught:
                await graph.users.by_user_id("jane@contoso.com").mailbox_settings.get()
            assert caught.value.error is not None
            assert caught.value.error.code == "Request_ResourceNotFound"
            requests = {
                "1": graph.users.by_user_id("helga@contoso.com").to_get_request_information(),
                "2": graph.organization.to_get_request_information(),
                "3": graph.directory.deleted_items.graph_user.to_get_request_information(),
            }
            root = len(str(adapter.base_url))
            for request in requests.values():
                request.path_parameters["baseurl"] = adapter.base_url
            members = [{"id": key, "method": "GET", "url": item.url[root:]} for key, item in requests.items()]
            answers = await sandbox.batch(*members)
            assert {answer["status"] for answer in answers.values()} == {200}
        finally:
            await http.aclose()


def _jane() -> User:
    return User(
        account_enabled=True,
        display_name="Jane Doe",
        mail_nickname="jane",
        user_principal_name="jane@contoso.com",
        password_profile=PasswordProfile(password="Sunny-Day-42", force_change_password_next_sign_in=True),
    )


def undocumented(body: dict[str, Any], model: Any) -> list[str]:
    """The names that the model, or one inside it, does not know."""
    parsed = JsonParseNode(json.loads(json.dumps(body))).get_object_value(model)
    return [name for part in _parts(parsed) for name in part.additional_data if not name.startswith("@odata")]


def _parts(value: Any) -> Iterator[Any]:
    """The model and all models inside it."""
    if isinstance(value, list):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, Parsable):
        if hasattr(value, "additional_data"):
            yield value
        for name in vars(value) if not hasattr(value, "backing_store") else _stored(value):
            yield from _parts(getattr(value, name, None))


def _stored(value: Any) -> list[str]:
    return [entry[0] for entry in value.backing_store.enumerate_() if entry[0] != "additional_data"]


class _Token(AccessTokenProvider):
    async def get_authorization_token(self, uri: str, additional_authentication_context: dict[str, Any] = {}) -> str:  # noqa: B006
        return "test"

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return AllowedHostsValidator([])
