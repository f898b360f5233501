"""An app with fewer permissions, and the directory roles: what Graph answers then."""

import pytest
from support.sandbox_app import HELGA, running_sandbox

from sandbox.graph.calls import _ROUTES
from sandbox.permissions import ACCEPTED, OF_ADMINISTRATORS

ADAM = "6f0e1d2c-0000-4000-8000-0000000000a7"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
CAST = "transitiveMemberOf/microsoft.graph.directoryRole?$count=true"
EVENTUAL = {"ConsistencyLevel": "eventual"}


async def withhold(sandbox, *names):
    return await sandbox.control("PUT", "permissions", {"withheld": list(names)})


async def test_nothing_is_withheld_at_the_start():
    async with running_sandbox() as sandbox:
        state = await sandbox.control("GET", "permissions")
        assert (state["withheld"], state["refused"]) == ([], [])
        assert "User.Read.All" in state["granted"]


@pytest.mark.parametrize(
    ("method", "path", "withheld", "code"),
    [
        ("GET", f"/users/{HELGA}", ("User.Read.All", "User.ReadWrite.All"), "Authorization_RequestDenied"),
        ("PATCH", f"/users/{HELGA}", ("User.ReadWrite.All",), "Authorization_RequestDenied"),
        (
            "GET",
            f"/users/{HELGA}/mailboxSettings",
            ("MailboxSettings.Read", "MailboxSettings.ReadWrite"),
            "ErrorAccessDenied",
        ),
        ("GET", "/auditLogs/directoryAudits", ("AuditLog.Read.All",), "Authorization_RequestDenied"),
        ("GET", "/directoryRoles", ("RoleManagement.Read.Directory",), "Authorization_RequestDenied"),
        ("POST", f"/users/{HELGA}/checkMemberGroups", ("GroupMember.Read.All",), "Authorization_RequestDenied"),
        (
            "POST",
            f"/users/{HELGA}/authentication/temporaryAccessPassMethods",
            ("UserAuthMethod-TAP.ReadWrite.All",),
            "accessDenied",
        ),
    ],
)
async def test_a_call_without_its_permission(method, path, withheld, code):
    body = {"groupIds": []} if "check" in path else {} if method != "GET" else None
    async with running_sandbox() as sandbox:
        assert (await sandbox.graph(method, path, body)).status < 300
        await withhold(sandbox, *withheld)
        refused = await sandbox.graph(method, path, body)
        assert (refused.status, refused.code) == (403, code)
        await withhold(sandbox)
        assert (await sandbox.graph(method, path, body)).status < 300


async def test_a_call_that_another_permission_allows():
    async with running_sandbox() as sandbox:
        state = await withhold(sandbox, "User.Read.All")
        assert state["refused"] == []
        assert (await sandbox.get(f"/users/{HELGA}")).status == 200


async def test_in_a_batch_too_and_only_the_member():
    async with running_sandbox() as sandbox:
        await withhold(sandbox, "AuditLog.Read.All")
        answers = await sandbox.batch(
            {"id": "1", "method": "GET", "url": "/auditLogs/directoryAudits"},
            {"id": "2", "method": "GET", "url": "/organization"},
        )
        assert {key: answer["status"] for key, answer in answers.items()} == {"1": 403, "2": 200}


async def test_a_password_needs_its_own_permission():
    async with running_sandbox() as sandbox:
        await withhold(sandbox, "User-PasswordProfile.ReadWrite.All")
        profile = {"passwordProfile": {"password": "Sunny-Day-42", "forceChangePasswordNextSignIn": True}}
        assert (await sandbox.patch(f"/users/{HELGA}", profile)).status == 403
        assert (await sandbox.patch(f"/users/{HELGA}", {"department": "Sales"})).status == 204


async def test_a_reset_gives_all_back():
    async with running_sandbox() as sandbox:
        await withhold(sandbox, "AuditLog.Read.All")
        await sandbox.control("POST", "reset")
        assert (await sandbox.control("GET", "permissions"))["withheld"] == []


@pytest.mark.parametrize("body", [{}, {"withheld": "User.Read.All"}, {"withheld": [1]}, {"withheld": ["User.Fly.All"]}])
async def test_mistakes_are_told(body):
    async with running_sandbox() as sandbox, sandbox.client.put("/sandbox/permissions", json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]


async def test_every_route_has_its_permissions():
    routes = {f"{one.method} {one.template}" for some in _ROUTES.values() for one in some}
    named = {call.partition("#")[0] for call in ACCEPTED}
    assert routes - named == {"GET /me", *OF_ADMINISTRATORS}  # for delegated permissions only
    assert named - routes == set()


async def test_adam_is_a_global_administrator():
    async with running_sandbox() as sandbox:
        (role,) = (await sandbox.get(f"/users/{ADAM}/{CAST}", **EVENTUAL)).body["value"]
        assert (role["displayName"], role["roleTemplateId"]) == ("Global Administrator", GLOBAL_ADMINISTRATOR)
        assert (await sandbox.get("/directoryRoles")).body["value"] == [role]
        assert (await sandbox.get(f"/directoryRoles/{role['id']}")).body["displayName"] == "Global Administrator"
        members = (await sandbox.get(f"/directoryRoles/{role['id']}/members")).body["value"]
        assert [member["id"] for member in members] == [ADAM]
        everything = (await sandbox.get(f"/users/{ADAM}/transitiveMemberOf")).body["value"]
        assert role["id"] in [one["id"] for one in everything]
        assert (await sandbox.get(f"/users/{HELGA}/{CAST}", **EVENTUAL)).body["value"] == []


async def test_without_the_permission_a_role_has_no_name():
    async with running_sandbox() as sandbox:
        await withhold(sandbox, "RoleManagement.Read.Directory")
        path = f"/users/{ADAM}/{CAST}&$select=id,displayName"
        (role,) = (await sandbox.get(path, **EVENTUAL)).body["value"]
        assert role["id"]
        assert role["displayName"] is None


@pytest.mark.parametrize(("path", "headers"), [(CAST, {}), (CAST.partition("?")[0], EVENTUAL)])
async def test_the_cast_is_an_advanced_query(path, headers):
    async with running_sandbox() as sandbox:
        refused = await sandbox.get(f"/users/{ADAM}/{path}", **headers)
        assert (refused.status, refused.code) == (400, "Request_UnsupportedQuery")
