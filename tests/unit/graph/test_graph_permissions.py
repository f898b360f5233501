"""The table of permissions and the calls that are really made are the same."""

import re
from urllib.parse import unquote

import pytest
from support.graph_app import Reply, ScriptedGraph
from support.graph_calls import make_every_call
from support.processes import ROOT

from graph.answers import Call
from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.permissions import PERMISSIONS, SET_PASSWORD
from graph.permissions_page import page
from provisioning.diagnosis import PARTS
from provisioning.errors import GraphDenied


def pattern(call):
    path = call.path.partition("#")[0]
    return re.compile(re.escape(call.method) + " " + re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))


async def test_no_call_is_made_that_is_not_in_the_table_and_none_is_there_in_vain():
    async with ScriptedGraph() as graph, open_client(graph.base_url, StaticCredential()) as client:
        alias = {"id": "1", "userPrincipalName": "jane@contoso.com", "proxyAddresses": ["smtp:alias@contoso.com"]}
        graph.on("GET", "/users", Reply(200, {"value": [alias]}))
        await make_every_call(GraphDirectory(client))
        made = {f"{asked.method} {unquote(asked.path)}" for asked in graph.asked} - {"POST /$batch"}
    patterns = {call: pattern(call) for call in PERMISSIONS}
    unlisted = [one for one in made if not any(known.fullmatch(one) for known in patterns.values())]
    unused = [str(call) for call, known in patterns.items() if not any(known.fullmatch(one) for one in made)]
    assert unlisted == []
    assert unused == []


def test_the_diagnosis_names_the_permissions_of_the_table():
    """What a missing part of the snapshot needs is said in provisioning, which does not know the calls."""
    known = {permission.name for permission in PERMISSIONS.values()}
    named = {name for _, names in PARTS.values() for name in re.split(r", | and ", names)}
    assert named <= known


def test_the_page_is_the_table():
    page_file = ROOT / "docs" / "permissions.md"
    assert page_file.read_text("utf-8") == page(), "run: python -m graph.permissions_page > docs/permissions.md"


def test_every_entry_is_filled_in():
    for permission in PERMISSIONS.values():
        assert re.fullmatch(r"[\w-]+\.[\w.]+", permission.name)
        assert permission.action
        assert permission.feature


async def test_a_refused_password_names_its_own_permission():
    async with ScriptedGraph() as graph, open_client(graph.base_url, StaticCredential()) as client:
        graph.on("GET", "/users/1", Reply(200, {"id": "1"}))
        graph.on("GET", "/users/1/transitiveMemberOf/graph.directoryRole", Reply(200, {"value": []}))
        graph.on("PATCH", "/users/1", Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "No."}}))
        directory = GraphDirectory(client)
        with pytest.raises(GraphDenied, match=PERMISSIONS[SET_PASSWORD].name):
            await directory.set_password("1", "password")
        with pytest.raises(GraphDenied, match=PERMISSIONS[Call("PATCH", "/users/{user-id}")].name):
            await directory.update_account("1", {"department": "Sales"})
