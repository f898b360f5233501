"""--tenant FILE and GET /sandbox/export: there and back, mistakes told, the example of the docs."""

import json
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from support.sandbox_app import Sandbox, running_sandbox

from sandbox.app import make_app
from sandbox.options import Options
from sandbox.tenant import schema
from sandbox.tenantfile.checking import TenantFileError, read_file

EXAMPLE = Path(__file__).parents[3] / "docs" / "sandbox-tenant.example.json"
EVERYTHING = ",".join(sorted(schema.ALL_PROPERTIES))
READS = (
    f"/users?$top=999&$select={EVERYTHING}",
    f"/directory/deletedItems/graph.user?$top=999&$select={EVERYTHING}",
    "/subscribedSkus",
    "/organization",
    "/domains",
    "/groups?$select=id,displayName,assignedLicenses,proxyAddresses,mail",
    "/contacts",
    "/admin/serviceAnnouncement/healthOverviews/Exchange%20Online?$expand=issues",
    "/auditLogs/directoryAudits",
    "/directoryRoles",
)


async def everything(sandbox: Sandbox) -> list[object]:
    shown: list[object] = [
        (await sandbox.get(path)).body["value" if "Overviews" not in path else "issues"] for path in READS
    ]
    for user in sorted(sandbox.tenant.users, key=lambda one: one.id):
        for part in ("mailboxSettings", "licenseDetails", "settings/exchange", "onPremisesSyncBehavior"):
            reply = await sandbox.get(f"/users/{user.id}/{part}")
            shown.append((user.upn, part, reply.status, reply.body.get("value"), reply.body.get("userPurpose")))
    return shown


async def test_there_and_back(tmp_path: Path):
    async with running_sandbox("default", "provisioning-incident") as sandbox:
        for user in sandbox.tenant.users:
            sandbox.tenant.find_user(user.id)
        exported = await sandbox.control("GET", "export")
        before = await everything(sandbox)
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps(exported))
    app = make_app(Options(speed=0.0, tenant=read_file(file)))
    async with TestClient(TestServer(app)) as client:
        again = Sandbox(client, app)
        after = await everything(again)
        assert (await again.control("GET", "export"))["users"] == exported["users"]
    for one, other in zip(before, after, strict=True):
        assert one == other


async def test_troubles_are_cured_after_a_round_trip_too(tmp_path: Path):
    async with running_sandbox("address-held-by-public-folder", "forward-sync-missed") as sandbox:
        exported = await sandbox.control("GET", "export")
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps(exported))
    app = make_app(Options(speed=0.0, tenant=read_file(file)))
    async with TestClient(TestServer(app)) as client:
        again = Sandbox(client, app)
        held, missed = "/users/hector.cruz@contoso.com", "/users/tariq.haddad@contoso.com"
        for path in (held, missed):
            assert (await again.post(f"{path}/retryServiceProvisioning")).status == 204
        again.clock.advance(3600)
        assert (await again.get(f"{missed}/mailboxSettings")).status == 200
        assert (await again.get(f"{held}/mailboxSettings")).status == 404
        await again.control("POST", "fixes", {"fix": "release-address", "user": "hector.cruz@contoso.com"})
        assert (await again.post(f"{held}/retryServiceProvisioning")).status == 204
        again.clock.advance(3600)
        assert (await again.get(f"{held}/mailboxSettings")).status == 200


async def test_the_example_of_the_docs():
    app = make_app(Options(speed=0.0, tenant=read_file(EXAMPLE)))
    async with TestClient(TestServer(app)) as client:
        sandbox = Sandbox(client, app)
        users = {user["userPrincipalName"] for user in (await sandbox.get("/users")).body["value"]}
        assert users == {"wanda@tailspin.example", "ulf@tailspin.example"}
        assert (await sandbox.get("/users/wanda@tailspin.example/mailboxSettings")).status == 200
        stuck = "/users/ulf@tailspin.example"
        assert (await sandbox.get(f"{stuck}/mailboxSettings")).status == 404
        error = (await sandbox.get(f"{stuck}?$select=serviceProvisioningErrors")).body["serviceProvisioningErrors"][0]
        assert error["isResolved"] is False
        state = await sandbox.control("POST", "reset")
        assert state["counts"]["users"] == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": []}, "“people” is no section"),
        ({"users": {}}, "users must be a list"),
        ({"now": "soon"}, "now must be a time"),
        ({"users": ["ulf"]}, "users[0] must be an object"),
        ({"users": [{"id": "1"}]}, "users[0].userPrincipalName must be a text"),
        ({"users": [{"id": "1", "userPrincipalName": "a@b.c", "shoeSize": 4}]}, "shoeSize is no property"),
        (
            {"users": [{"id": "1", "userPrincipalName": "a@b.c", "proxyAddresses": "x"}]},
            "proxyAddresses must be a list",
        ),
        (
            {"users": [{"id": "1", "userPrincipalName": "a@b.c", "assignedLicenses": [{"skuId": "9"}]}]},
            "users[0].assignedLicenses has a skuId that is not in subscribedSkus",
        ),
        ({"users": [{"id": "1", "userPrincipalName": "a@b.c"}] * 2}, "is there twice"),
        ({"mailboxes": {"nobody@b.c": {"state": "ready"}}}, "there is no user nobody@b.c"),
        ({"exchangeRecipients": [{"kind": "robot", "name": "R"}]}, "kind must be one of"),
    ],
)
def test_mistakes_in_the_file(tmp_path: Path, change: dict[str, object], words: str):
    file = tmp_path / "tenant.json"
    file.write_text(json.dumps({"organization": {}, "domains": [], "users": [], **change}))
    with pytest.raises(TenantFileError) as caught:
        read_file(file)
    assert any(words in mistake for mistake in caught.value.mistakes)


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_files_that_are_none(tmp_path: Path, content: str | None):
    file = tmp_path / "tenant.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TenantFileError):
        read_file(file)


async def test_directory_roles_come_from_the_file():
    content = json.loads(EXAMPLE.read_text("utf-8"))
    content["users"][0]["directoryRoles"] = ["User Administrator", "Keeper of the Keys"]
    async with TestClient(TestServer(make_app(Options(speed=0.0, tenant=content)))) as client:
        sandbox = Sandbox(client, client.app)
        path = f"/users/{content['users'][0]['id']}/memberOf/graph.directoryRole?$count=true"
        roles = (await sandbox.get(path, ConsistencyLevel="eventual")).body["value"]
    assert [role["displayName"] for role in roles] == ["User Administrator", "Keeper of the Keys"]
