"""What is put on the line: bodies as Graph wants them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import requests
from graph.client import open_client
from graph.credentials import StaticCredential
from provisioning.case import Order
from provisioning.directory import AssignedLicense
from provisioning.errors import GraphNotFound

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,64}")


@pytest.fixture
async def api():
    async with open_client("http://127.0.0.1:1/v1.0", StaticCredential()) as client:
        yield client.api


def body(request):
    return json.loads(request.content)


def test_licenses_are_always_sent_in_both_lists(api):
    assert body(requests.change_licenses(api, "1", [AssignedLicense("sku")])) == {
        "addLicenses": [{"skuId": "sku", "disabledPlans": []}],
        "removeLicenses": [],
    }
    both = [AssignedLicense("sku", ("plan",)), AssignedLicense("other")]
    assert body(requests.change_licenses(api, "1", both, ["old", "older"])) == {
        "addLicenses": [{"skuId": "sku", "disabledPlans": ["plan"]}, {"skuId": "other", "disabledPlans": []}],
        "removeLicenses": ["old", "older"],
    }
    assert body(requests.change_licenses(api, "1", (), ["old"])) == {"addLicenses": [], "removeLicenses": ["old"]}


def test_the_licenses_of_a_group(api):
    request = requests.change_group_licenses(api, "g", [AssignedLicense("sku", ("plan",))])
    assert str(request.url).endswith("/groups/g/assignLicense")
    assert body(request) == {"addLicenses": [{"skuId": "sku", "disabledPlans": ["plan"]}], "removeLicenses": []}


def test_the_repairs_have_no_body(api):
    for request, method, path in (
        (requests.reprocess_licenses(api, "1"), "POST", "/users/1/reprocessLicenseAssignment"),
        (requests.retry_provisioning(api, "1"), "POST", "/users/1/retryServiceProvisioning"),
        (requests.purge_deleted(api, "1"), "DELETE", "/directory/deletedItems/1"),
    ):
        assert (request.http_method.value, request.content) == (method, None)
        assert str(request.url).endswith(path)


def test_null_clears_a_property(api):
    assert body(requests.update_account(api, "1", {"department": None})) == {"department": None}


def test_a_new_account_has_no_empty_properties():
    order = Order(upn="jane@contoso.com", display_name="Jane Doe", usage_location="US")
    assert requests.account_body(order) == {
        "accountEnabled": True,
        "displayName": "Jane Doe",
        "mailNickname": "jane",
        "userPrincipalName": "jane@contoso.com",
        "usageLocation": "US",
    }


def test_the_manager_is_a_reference(api):
    request = requests.set_manager(api, "https://graph.example/v1.0", "1", "2")
    assert body(request) == {"@odata.id": "https://graph.example/v1.0/users/2"}
    assert request.http_method.value == "PUT"


def test_an_access_pass_is_for_one_use(api):
    assert body(requests.access_pass(api, "1", 60)) == {"isUsableOnce": True, "lifetimeInMinutes": 60}


def test_quotes_are_doubled_in_filters(api):
    request = requests.deleted_accounts(api, "o'brien@contoso.com")
    assert request.query_parameters["%24filter"] == "endsWith(userPrincipalName,'o''brien@contoso.com')"
    assert request.query_parameters["%24count"] is True
    assert request.request_headers["consistencylevel"] == "eventual"


def test_people_with_odd_names_stay_in_their_path(api):
    assert str(requests.mailbox(api, "a/b?c#d@contoso.com").url).endswith(
        "/users/a%2Fb%3Fc%23d%40contoso.com/mailboxSettings"
    )


@pytest.mark.parametrize("name", ["", " ", ".", "..", ". ."])
def test_names_that_would_lead_elsewhere(api, name):
    with pytest.raises(GraphNotFound, match="is no name"):
        requests.account(api, name)
    with pytest.raises(GraphNotFound, match="is no name"):
        requests.purge_deleted(api, name)
    with pytest.raises(GraphNotFound, match="is no name"):
        requests.change_group_licenses(api, name, ())


@pytest.mark.parametrize(
    ("upn", "nickname"),
    [
        ("jane@contoso.com", "jane"),
        ("jane.doe@contoso.com", "jane.doe"),
        ("josé.müller@contoso.com", "jose.muller"),
        ("o'brien@contoso.com", "o'brien"),
        ('a(b)\\c[d]";:<>, e@contoso.com', "abcde"),
        (".jane..doe.@contoso.com", "jane.doe"),
        ("王@contoso.com", "user"),
        ("x" * 70 + "@contoso.com", "x" * 64),
        ("x" * 63 + ".y@contoso.com", "x" * 63),
    ],
)
def test_mail_nicknames(upn, nickname):
    assert requests.mail_nickname(upn) == nickname


@given(st.text(max_size=90))
def test_every_nickname_is_allowed(local):
    nickname = requests.mail_nickname(local + "@contoso.com")
    assert LOCAL_PART.fullmatch(nickname)
    assert ".." not in nickname
    assert not nickname.startswith(".")
    assert not nickname.endswith(".")
