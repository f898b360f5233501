"""/users over real HTTP: create, read, change, delete, find, and the directory's refusals."""

import pytest
from support.sandbox_app import E3, HELGA, JANE, MONA, running_sandbox

DEFAULTS = {
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
}


async def test_a_user_shows_graphs_default_properties_and_others_only_when_selected():
    async with running_sandbox() as sandbox:
        plain = (await sandbox.get("/users/helga@contoso.com")).body
        assert set(plain) == DEFAULTS | {"@odata.context"}
        chosen = (await sandbox.get(f"/users/{HELGA}?%24select=ID,onPremisesSyncEnabled,assignedLicenses")).body
        assert set(chosen) == {"@odata.context", "id", "onPremisesSyncEnabled", "assignedLicenses"}
        assert chosen["onPremisesSyncEnabled"] is None
        assert chosen["assignedLicenses"] == [{"disabledPlans": [], "skuId": E3}]


@pytest.mark.parametrize(
    "path", ["//users/helga@contoso.com", "/Users/HELGA@contoso.com", "/users('helga@contoso.com')"]
)
async def test_the_spellings_that_graph_accepts(path: str):
    async with running_sandbox() as sandbox:
        assert (await sandbox.get(path)).body["id"] == HELGA


async def test_a_new_user_is_not_there_for_some_seconds():
    async with running_sandbox() as sandbox:
        created = await sandbox.post("/users", JANE)
        assert created.status == 201
        assert set(created.body) == DEFAULTS | {"@odata.context"}
        for path in ("/users/jane@contoso.com", f"/users/{created.body['id']}"):
            early = await sandbox.get(path)
            assert (early.status, early.code) == (404, "Request_ResourceNotFound")
        assert (await sandbox.license("jane@contoso.com", E3)).status == 404
        assert (await sandbox.post("/users", JANE)).targets == ["userPrincipalName"]
        sandbox.clock.advance(15)
        assert (await sandbox.get("/users/jane@contoso.com")).status == 200
        assert (await sandbox.get(f"/users/{created.body['id']}")).status == 200


async def test_id_and_upn_become_visible_at_different_times():
    async with running_sandbox() as sandbox:
        await sandbox.post("/users", JANE)
        jane = next(user for user in sandbox.tenant.users if user.upn == "jane@contoso.com")
        assert jane.visible_by_id_at != jane.visible_by_name_at


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"userPrincipalName": "jane@fabrikam.com"}, "Property userPrincipalName is invalid."),
        ({"userPrincipalName": "jané@contoso.com"}, "Property userPrincipalName is invalid."),
        ({"userPrincipalName": "jane"}, "Property userPrincipalName is invalid."),
        ({"displayName": "x" * 257}, "'displayName'"),
        ({"displayName": None}, "A value is required for property 'displayName'"),
        ({"usageLocation": "USA"}, "'usageLocation'"),
        ({"usageLocation": "1!"}, "'usageLocation'"),
        ({"accountEnabled": "yes"}, "'accountEnabled'"),
        ({"mailNickname": "a b"}, "'mailNickname'"),
        ({"mailNickname": None}, "A value is required for property 'mailNickname'"),
        ({"passwordProfile": None}, "A password must be specified"),
        ({"passwordProfile": {"password": "password"}}, "password complexity"),
        ({"proxyAddresses": ["SMTP:a@contoso.com"]}, "read-only"),
        ({"shoeSize": 42}, "The property 'shoeSize' does not exist"),
    ],
)
async def test_a_bad_value_is_refused_and_nothing_is_made(changes: dict[str, object], words: str):
    async with running_sandbox() as sandbox:
        before = len(sandbox.tenant.users)
        reply = await sandbox.post("/users", {**JANE, **changes})
        assert (reply.status, reply.code) == (400, "Request_BadRequest")
        assert words in reply.message
        assert len(sandbox.tenant.users) == before


@pytest.mark.parametrize(
    ("scenario", "changes", "target"),
    [
        ("default", {"userPrincipalName": "HELGA@contoso.com"}, "userPrincipalName"),
        ("conflict", {}, "proxyAddresses"),
        ("default", {"mail": "Helga@Contoso.com"}, "mail"),
    ],
)
async def test_a_taken_name_or_address_is_an_object_conflict(scenario: str, changes: dict[str, object], target: str):
    async with running_sandbox(scenario) as sandbox:
        reply = await sandbox.post("/users", {**JANE, **changes})
        assert (reply.status, reply.code, reply.targets) == (400, "Request_BadRequest", [target])
        assert reply.body["error"]["details"][0]["code"] == "ObjectConflict"


async def test_change_and_rename():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        body = {
            "@odata.type": "#microsoft.graph.user",
            "Department": "Sales",
            "userPrincipalName": "jane.doe@contoso.com",
        }
        assert (await sandbox.patch("/users/jane@contoso.com", body)).status == 204
        assert (await sandbox.get("/users/jane@contoso.com")).status == 404
        reply = await sandbox.get("/users/jane.doe@contoso.com?$select=department,mailNickname")
        assert (reply.body["department"], reply.body["mailNickname"]) == ("Sales", "jane")


async def test_what_active_directory_masters_cannot_be_changed_in_the_cloud():
    async with running_sandbox("synced-tenant") as sandbox:
        refused = await sandbox.patch("/users/sam@contoso.com", {"displayName": "Samuel"})
        assert (refused.status, refused.code) == (400, "Request_BadRequest")
        assert "on-premises mastered Directory Sync objects" in refused.message
        assert (await sandbox.patch("/users/sam@contoso.com", {"usageLocation": "DE"})).status == 204


async def test_the_manager():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{MONA}"}
        assert (await sandbox.get("/users/jane@contoso.com/manager")).status == 404
        for _ in range(2):
            assert (await sandbox.graph("PUT", "/users/jane@contoso.com/manager/$ref", reference)).status == 204
        manager = (await sandbox.get("/users/jane@contoso.com/manager")).body
        assert (manager["@odata.type"], manager["displayName"]) == ("#microsoft.graph.user", "Mona Manager")
        expanded = (await sandbox.get("/users/jane@contoso.com?$expand=manager")).body
        assert expanded["manager"]["id"] == MONA
        assert (await sandbox.control("GET", "effects"))["users"]["jane@contoso.com"]["managers_set"] == 1
        nobody = {"@odata.id": "https://graph.microsoft.com/v1.0/users/nobody@contoso.com"}
        assert (await sandbox.graph("PUT", "/users/jane@contoso.com/manager/$ref", nobody)).status == 404


async def test_delete_and_restore():
    async with running_sandbox() as sandbox:
        object_id = await sandbox.create()
        await sandbox.license("jane@contoso.com", E3)
        assert (await sandbox.graph("DELETE", "/users/jane@contoso.com")).status == 204
        query = "$filter=endsWith(userPrincipalName,'jane@contoso.com')&$count=true"
        listing = await sandbox.get(
            f"/directory/deletedItems/microsoft.graph.user?{query}", ConsistencyLevel="eventual"
        )
        deleted = listing.body["value"][0]
        assert deleted["userPrincipalName"] == object_id.replace("-", "") + "jane@contoso.com"
        assert deleted["deletedDateTime"]
        restored = await sandbox.post(f"/directory/deletedItems/{object_id}/restore")
        assert (restored.status, restored.body["userPrincipalName"]) == (200, "jane@contoso.com")
        user = (await sandbox.get(f"/users/{object_id}?$select=assignedLicenses,deletedDateTime")).body
        assert (user["assignedLicenses"][0]["skuId"], user["deletedDateTime"]) == (E3, None)


async def test_restore_is_refused_when_the_name_is_taken_again():
    async with running_sandbox("recycle-bin") as sandbox:
        await sandbox.create()
        deleted = (await sandbox.get("/directory/deletedItems/graph.user")).body["value"][0]
        reply = await sandbox.post(f"/directory/deletedItems/{deleted['id']}/restore", {})
        assert (reply.status, reply.targets) == (400, ["userPrincipalName"])


async def test_the_recycle_bin_keeps_for_thirty_days():
    async with running_sandbox("recycle-bin") as sandbox:
        sandbox.clock.advance(24 * 86_400)
        assert len((await sandbox.get("/directory/deletedItems/graph.user")).body["value"]) == 1
        sandbox.clock.advance(2 * 86_400)
        assert (await sandbox.get("/directory/deletedItems/graph.user")).body["value"] == []


async def test_endswith_is_an_advanced_query():
    async with running_sandbox() as sandbox:
        reply = await sandbox.get("/users?$filter=endsWith(userPrincipalName,'x')")
        assert (reply.status, reply.code) == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("userPrincipalName eq 'HELGA@contoso.com'", {"Helga Desk"}),
        ("mail eq 'mona@contoso.com'", {"Mona Manager"}),
        ("proxyAddresses/any(x:x eq 'smtp:adam@contoso.com')", {"Adam Admin"}),
        ("proxyAddresses/any(p:p eq 'smtp:adam@contoso.onmicrosoft.com')", {"Adam Admin"}),
        ("startswith(displayName,'Hel')", {"Helga Desk"}),
        ("startswith(displayName,'Hel') or mail eq 'mona@contoso.com'", {"Helga Desk", "Mona Manager"}),
        ("userType eq 'Member' and displayName eq 'Adam Admin'", {"Adam Admin"}),
        ("displayName in ('Adam Admin', 'Helga Desk')", {"Adam Admin", "Helga Desk"}),
        ("displayName eq 'O''Neill'", set()),
        (f"id eq '{HELGA}' and accountEnabled eq true", {"Helga Desk"}),
        ("id eq 'nobody' or startswith(displayName,'Mona')", {"Mona Manager"}),
    ],
)
async def test_find_users(condition: str, names: set[str]):
    async with running_sandbox() as sandbox:
        reply = await sandbox.get(f"/users?$filter={condition}")
        assert {user["displayName"] for user in reply.body["value"]} == names


async def test_who_holds_a_license_page_by_page():
    async with running_sandbox() as sandbox:
        path = f"/users?$filter=assignedLicenses/any(l:l/skuId eq {E3})&$select=id&$top=7&$count=true"
        seen: list[str] = []
        while path:
            reply = await sandbox.get(path, ConsistencyLevel="eventual")
            assert reply.body["@odata.count"] == sandbox.tenant.subscriptions[E3].consumed
            seen += [user["id"] for user in reply.body["value"]]
            path = reply.body.get("@odata.nextLink", "").partition("/v1.0")[2]
        assert len(seen) == len(set(seen)) == sandbox.tenant.subscriptions[E3].consumed


@pytest.mark.parametrize(
    "query",
    [
        "$filter=displayName",
        "$filter=displayName eq",
        "$filter=((",
        "$filter=shoeSize eq 3",
        "$select=shoeSize",
        "$top=0",
        "$top=x",
    ],
)
async def test_bad_queries_are_400(query: str):
    async with running_sandbox() as sandbox:
        assert (await sandbox.get(f"/users?{query}")).status == 400


async def test_count_and_order():
    async with running_sandbox() as sandbox:
        count = await sandbox.get("/users/$count", ConsistencyLevel="eventual")
        assert int(count.body) == len(sandbox.tenant.users)
        names = [user["displayName"] for user in (await sandbox.get("/users?$orderby=displayName desc")).body["value"]]
        assert names == sorted(names, reverse=True)


async def test_a_guest_is_addressed_with_an_escaped_hash():
    async with running_sandbox("guest") as sandbox:
        path = "/users/guest_fabrikam.com%23EXT%23@contoso.onmicrosoft.com?$select=userType,mail"
        guest = (await sandbox.get(path)).body
        assert (guest["userType"], guest["mail"]) == ("Guest", "guest@fabrikam.com")
        batched = await sandbox.batch({"id": "1", "method": "GET", "url": path})
        assert batched["1"]["status"] == 200


async def test_groups():
    async with running_sandbox() as sandbox:
        groups = (await sandbox.get("/groups?$filter=startswith(displayName,'Mailroom')")).body["value"]
        ids = {group["displayName"]: group["id"] for group in groups}
        asked = [*ids.values(), "00000000-0000-4000-8000-000000000000"]
        mine = await sandbox.post("/users/helga@contoso.com/checkMemberGroups", {"groupIds": asked})
        assert mine.body["value"] == [ids["Mailroom Operators"]]
        assert (await sandbox.post(f"/users/{HELGA}/checkMemberGroups", {"groupIds": asked * 10})).status == 400
        member_of = (await sandbox.get("/users/helga@contoso.com/transitiveMemberOf")).body["value"]
        assert {group["displayName"] for group in member_of} == {"All Contoso", "Mailroom Operators"}
        link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{HELGA}"}
        admins = ids["Mailroom Admins"]
        assert (await sandbox.post(f"/groups/{admins}/members/$ref", link)).status == 204
        assert (await sandbox.post(f"/groups/{admins}/members/$ref", link)).status == 400
        assert len((await sandbox.get(f"/groups/{admins}/members")).body["value"]) == 2
        assert (await sandbox.graph("DELETE", f"/groups/{admins}/members/{HELGA}/$ref")).status == 204


async def test_users_of_a_group_are_an_advanced_query():
    async with running_sandbox() as sandbox:
        groups = (await sandbox.get("/groups?$filter=displayName eq 'Mailroom Operators'")).body["value"]
        path = f"/groups/{groups[0]['id']}/transitiveMembers/microsoft.graph.user?$select=id,displayName"
        for refused in (path, f"{path}&$count=true"):
            reply = await sandbox.get(refused)
            assert (reply.status, reply.code) == (400, "Request_UnsupportedQuery")
        first = await sandbox.get(f"{path}&$count=true&$top=1", ConsistencyLevel="eventual")
        assert first.body["value"] == [{"id": HELGA, "displayName": "Helga Desk"}]
        assert first.body["@odata.count"] == 2
        assert "$skiptoken" in first.body["@odata.nextLink"]
        nobody = f"/groups/{HELGA}/transitiveMembers/microsoft.graph.user?$count=true"
        assert (await sandbox.get(nobody, ConsistencyLevel="eventual")).status == 404
