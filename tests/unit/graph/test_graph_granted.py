"""What the bot's own token says about its permissions."""

import base64
import json

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from hypothesis import given
from hypothesis import strategies as st
from support.graph_app import Reply, ScriptedGraph

from graph.client import open_client
from graph.credentials import LOCAL_TOKEN, StaticCredential
from graph.granted import ALSO_ENOUGH, granted, missing, roles_in
from graph.permissions import PERMISSIONS
from provisioning.errors import GraphDenied

ALL = frozenset(permission.name for permission in PERMISSIONS.values())


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(**claims) -> str:
    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


class FakeCredential:
    def __init__(self, text: str = "", error: Exception | None = None) -> None:
        self.text, self.error, self.scopes = text, error, ()

    async def get_token(self, *scopes, **kwargs):
        if self.error:
            raise self.error
        self.scopes = scopes
        return AccessToken(self.text, 2**31)

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("name", ["Jané", "a", "ab", "abc"])
def test_the_roles_of_a_token(name):
    roles = ["User.Read.All", "AuditLog.Read.All"]
    assert roles_in(token(roles=roles, app_displayname=name)) == frozenset(roles)


def test_an_app_without_any_permission_has_no_claim():
    assert roles_in(token(aud="https://graph.microsoft.com")) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        LOCAL_TOKEN,
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        f"x.{part([1])}.y",
        f"x.{part('s')}.y",
        token(roles="User.Read.All"),
    ],
)
def test_any_other_token_says_nothing(text):
    assert roles_in(text) is None
    assert missing(roles_in(text)) == ()


@given(st.text())
def test_nothing_breaks_the_reading(text):
    for odd in (text, f"a.{text}.b", f"a.{base64.urlsafe_b64encode(text.encode('utf-8', 'replace')).decode()}.b"):
        assert roles_in(odd) is None or isinstance(roles_in(odd), frozenset)


def test_nothing_is_missing_where_all_is_granted():
    assert missing(ALL) == ()


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_off_without_one_permission(name):
    held = (ALL - {name}).difference(ALSO_ENOUGH.get(name, ()))
    off = {one.permission: one.features for one in missing(held)}
    assert off[name] == tuple(dict.fromkeys(one.feature for one in PERMISSIONS.values() if one.name == name))


@pytest.mark.parametrize(("name", "higher"), [(n, h) for n, higher in ALSO_ENOUGH.items() for h in higher])
def test_a_higher_permission_counts(name, higher):
    assert name not in [one.permission for one in missing({higher})]


def test_a_lower_permission_does_not_count():
    assert "User.ReadWrite.All" in [one.permission for one in missing(ALL - {"User.ReadWrite.All"})]


def test_higher_permissions_are_of_the_table():
    assert ALSO_ENOUGH.keys() <= ALL


def test_the_line_for_the_log():
    (off,) = missing(ALL - {"AuditLog.Read.All"})
    assert str(off) == "AuditLog.Read.All is not granted, so this is off: diagnose: when a license was taken away"


async def test_the_token_is_the_one_that_graph_gets():
    async with ScriptedGraph() as graph:
        credential = FakeCredential(token(roles=["User.Read.All"]))
        async with open_client(graph.base_url, credential) as client:
            assert await granted(client) == {"User.Read.All"}
            asked_for = credential.scopes
            graph.on("GET", "/users/1", Reply(200, {"id": "1"}))
            await client.send(client.api.users.by_user_id("1").to_get_request_information())
        assert credential.scopes == asked_for == (f"{graph.root}/.default",)
        assert graph.asked[0].headers["authorization"] == f"Bearer {credential.text}"


async def test_a_simulated_graph_says_nothing():
    async with open_client("http://127.0.0.1:9/v1.0", StaticCredential()) as client:
        assert await granted(client) is None


async def test_no_token_is_a_typed_error():
    refused = FakeCredential(error=ClientAuthenticationError("AADSTS7000215: Invalid client secret provided."))
    async with open_client("http://127.0.0.1:9/v1.0", refused) as client:
        with pytest.raises(GraphDenied, match="sign-in"):
            await granted(client)
