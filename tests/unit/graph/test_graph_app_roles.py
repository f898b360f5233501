"""Granting an identity its application permissions, over HTTP to the sandbox."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.sandbox_app import Sandbox, running_sandbox

from graph.app_roles import main
from graph.permissions import PERMISSIONS
from sandbox.tenant.principals import GRAPH_APP_ID, IDENTITY_APP_ID

TABLE = {permission.name for permission in PERMISSIONS.values()}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


async def grant(sandbox: Sandbox, *arguments: str, app_id: str = IDENTITY_APP_ID) -> int:
    url = str(sandbox.client.make_url("/v1.0"))
    return await main([app_id, "--graph", url, *arguments])


async def principal(sandbox: Sandbox, app_id: str) -> Any:
    (found,) = (await sandbox.get(f"/servicePrincipals?$filter=appId eq '{app_id}'")).body["value"]
    return found


async def held(sandbox: Sandbox) -> list[str]:
    names = {role["id"]: role["value"] for role in (await principal(sandbox, GRAPH_APP_ID))["appRoles"]}
    identity = await principal(sandbox, IDENTITY_APP_ID)
    assigned = await sandbox.get(f"/servicePrincipals/{identity['id']}/appRoleAssignments")
    return [names[one["appRoleId"]] for one in assigned.body["value"]]


async def assign(sandbox: Sandbox, name: str) -> Any:
    graph, identity = [await principal(sandbox, app_id) for app_id in (GRAPH_APP_ID, IDENTITY_APP_ID)]
    role = next(one["id"] for one in graph["appRoles"] if one["value"] == name)
    body = {"principalId": identity["id"], "resourceId": graph["id"], "appRoleId": role}
    return await sandbox.post(f"/servicePrincipals/{graph['id']}/appRoleAssignedTo", body)


async def test_what_is_granted_is_the_table_and_a_second_run_changes_nothing(sandbox, capsys):
    assert await grant(sandbox) == 0
    assert sorted(await held(sandbox)) == sorted(TABLE)
    capsys.readouterr()
    assert await grant(sandbox) == 0
    assert sorted(await held(sandbox)) == sorted(TABLE)
    assert {line[:16].strip() for line in capsys.readouterr().out.splitlines()} == {"granted already"}


async def test_a_dry_run_says_it_all_and_grants_nothing(sandbox, capsys):
    assert await grant(sandbox, "--dry-run") == 0
    assert await held(sandbox) == []
    told = capsys.readouterr().out.splitlines()
    assert {line.removeprefix("would be granted ") for line in told} == TABLE


async def test_what_is_granted_beyond_the_table_is_told_and_left(sandbox, capsys):
    assert (await assign(sandbox, "Directory.ReadWrite.All")).status == 201
    assert await grant(sandbox) == 0
    assert "NOT IN THE TABLE Directory.ReadWrite.All" in capsys.readouterr().out
    assert set(await held(sandbox)) == {*TABLE, "Directory.ReadWrite.All"}


async def test_one_may_be_left_out(sandbox, capsys):
    assert await grant(sandbox, "--without", "AuditLog.Read.All") == 0
    assert set(await held(sandbox)) == TABLE - {"AuditLog.Read.All"}


@pytest.mark.parametrize(
    ("arguments", "app_id", "says"),
    [
        ((), "6f0e1d2c-0000-4000-8000-00000000ffff", "no application with the client id"),
        (("--without", "User.Fly.All"), IDENTITY_APP_ID, "no permission User.Fly.All"),
        (("--graph", "http://graph.example/v1.0"), IDENTITY_APP_ID, "must be https"),
    ],
)
async def test_a_mistake_is_a_line_and_grants_nothing(sandbox, capsys, arguments, app_id, says):
    assert await grant(sandbox, *arguments, app_id=app_id) == 1
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert await held(sandbox) == []


async def test_the_sandbox_refuses_what_graph_refuses(sandbox):
    await assign(sandbox, "Mail.Send")
    again = await assign(sandbox, "Mail.Send")
    assert (again.status, again.message) == (400, "Permission being assigned already exists on the object")
    identity = await principal(sandbox, IDENTITY_APP_ID)
    wrong = await sandbox.post(
        f"/servicePrincipals/{identity['id']}/appRoleAssignedTo", {"principalId": identity["id"]}
    )
    assert (wrong.status, wrong.code) == (400, "Request_BadRequest")
    assert (await sandbox.get("/servicePrincipals/nobody/appRoleAssignments")).status == 404
