"""GraphDirectory where Graph answers in ways that a healthy tenant does not."""

import pytest
from support.graph_app import Reply, ScriptedGraph

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.retry import Policy
from provisioning.case import Order
from provisioning.directory import AssignedLicense, ProbeResult, Standing
from provisioning.errors import GraphDenied, GraphRejected, GraphUnavailable

TENANT = {"value": [{"id": "t", "displayName": "Contoso", "verifiedDomains": [{"name": "contoso.com"}]}]}
DOWN = Reply(503, {"error": {"code": "ServiceNotAvailable", "message": "down"}})


def refusal(status, code):
    return Reply(status, {"error": {"code": code, "message": code, "innerError": {"request-id": "r1"}}})


@pytest.fixture
async def graph():
    async with ScriptedGraph() as scripted:
        scripted.on("GET", "/organization", Reply(200, TENANT))
        scripted.on("GET", "/subscribedSkus", Reply(200, {"value": []}))
        scripted.on("GET", "/directory/deletedItems/graph.user", Reply(200, {"value": []}))
        yield scripted


@pytest.fixture
async def directory(graph):
    async with open_client(graph.base_url, StaticCredential(), policy=Policy(tries=1)) as client:
        yield GraphDirectory(client)


async def test_a_look_up_is_one_post(graph, directory):
    lookup = await directory.look_up("jane@contoso.com", "mona@contoso.com")
    assert (lookup.account, lookup.deleted, lookup.manager) == (None, None, None)
    assert lookup.organization.domains == ("contoso.com",)
    assert [len(post.body["requests"]) for post in graph.posts()] == [6]


JOHN = {
    "id": "2",
    "userPrincipalName": "john@contoso.com",
    "proxyAddresses": ["SMTP:John@contoso.com", "smtp:jane@contoso.com"],
}


async def test_a_look_up_finds_who_has_the_address(graph, directory):
    other = {"id": "3", "userPrincipalName": "other@contoso.com", "mail": "jane@contoso.com"}
    graph.on("GET", "/users", Reply(200, {"value": [other, JOHN]}))
    account = (await directory.look_up("Jane@contoso.com")).account
    assert account is not None
    assert account.upn == "john@contoso.com"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"value": [JOHN, {**JOHN, "id": "4"}]}),
        Reply(200, {"value": [{"id": "9", "userPrincipalName": "x@contoso.com"}]}),
        refusal(400, "Request_UnsupportedQuery"),
    ],
    ids=["two may be meant", "nobody is", "no index"],
)
async def test_a_look_up_does_not_guess(graph, directory, reply):
    graph.on("GET", "/users", reply)
    assert (await directory.look_up("jane@contoso.com")).account is None


async def test_the_sign_in_name_comes_before_any_address(graph, directory):
    graph.on("GET", "/users", Reply(200, {"value": [JOHN]}))
    graph.on("GET", "/users/jane@contoso.com", Reply(200, {"id": "1", "userPrincipalName": "jane@contoso.com"}))
    account = (await directory.look_up("jane@contoso.com")).account
    assert account is not None
    assert account.id == "1"


def former(hex_id, upn, when):
    return {"id": hex_id, "userPrincipalName": hex_id + upn, "displayName": "Jane", "deletedDateTime": when}


async def test_the_newest_of_the_recycle_bin_with_exactly_this_name(graph, directory):
    found = [
        former("a" * 32, "jane@contoso.com", "2026-11-01T00:00:00Z"),
        former("b" * 32, "Jane@contoso.com", "2026-11-20T00:00:00Z"),
        former("c" * 32, "maryjane@contoso.com", "2026-11-22T00:00:00Z"),
        former("d" * 32, "jane@contoso.com", None),
        {**former("e" * 32, "john@contoso.com", "2026-11-23T00:00:00Z"), "mail": "jane@contoso.com"},
    ]
    graph.on("GET", "/directory/deletedItems/graph.user", Reply(200, {"value": found}))
    deleted = (await directory.look_up("jane@contoso.com")).deleted
    assert deleted is not None
    assert (deleted.id, deleted.upn) == ("b" * 32, "Jane@contoso.com")


async def test_a_look_up_without_a_part_is_an_error(graph):
    graph.on("GET", "/users/jane@contoso.com", refusal(403, "Authorization_RequestDenied"))
    async with open_client(graph.base_url, StaticCredential()) as client:
        with pytest.raises(GraphDenied, match=r"User\.Read\.All") as caught:
            await GraphDirectory(client).look_up("jane@contoso.com")
    assert caught.value.trace.request_id == "r1"


async def test_a_look_up_while_the_tenant_is_down(graph, directory):
    graph.on("GET", "/users/jane@contoso.com", DOWN)
    with pytest.raises(GraphUnavailable):
        await directory.look_up("jane@contoso.com")


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        (Reply(200, {"userPurpose": "user"}), ProbeResult.READY),
        (refusal(404, "MailboxNotEnabledForRESTAPI"), ProbeResult.NOT_READY),
        (refusal(404, "ResourceNotFound"), ProbeResult.NOT_READY),
        (refusal(404, "Request_ResourceNotFound"), ProbeResult.UNKNOWN),
        (refusal(403, "ErrorAccessDenied"), ProbeResult.UNKNOWN),
        (refusal(429, "TooManyRequests"), ProbeResult.UNKNOWN),
        (Reply(504), ProbeResult.UNKNOWN),
        (Reply(200, "<html>"), ProbeResult.UNKNOWN),
    ],
)
async def test_what_a_probe_means(graph, directory, reply, result):
    graph.on("GET", "/users/1/mailboxSettings", reply)
    probe = (await directory.probe_mailboxes(["1"]))["1"]
    assert probe.result is result
    assert probe.trace.status == (0 if result is ProbeResult.READY else reply.status)


async def test_a_hundred_probes_are_five_posts(graph, directory):
    ids = [str(n) for n in range(100)]
    probes = await directory.probe_mailboxes(ids)
    assert list(probes) == ids
    assert [len(post.body["requests"]) for post in graph.posts()] == [20] * 5


async def test_a_batch_that_fails_says_nothing_about_its_mailboxes(graph, directory):
    graph.on("POST", "/$batch", Reply(502, "<html>"))
    probes = await directory.probe_mailboxes(["1", "2"])
    assert {probe.result for probe in probes.values()} == {ProbeResult.UNKNOWN}
    assert {probe.trace.status for probe in probes.values()} == {502}


async def test_no_mailboxes_no_call(graph, directory):
    assert await directory.probe_mailboxes([]) == {}
    assert graph.asked == []


async def test_what_was_ordered_completes_the_answer(graph, directory):
    graph.on("POST", "/users", Reply(201, {"id": "1", "userPrincipalName": "jane@contoso.com", "mail": None}))
    account = await directory.create_account(Order("jane@contoso.com", "Jane", "US", department="Sales"), "secret")
    assert (account.id, account.usage_location, account.department) == ("1", "US", "Sales")
    assert graph.asked[0].body["passwordProfile"] == {"forceChangePasswordNextSignIn": True, "password": "secret"}


async def test_an_access_pass_without_a_pass(graph, directory):
    graph.on("POST", "/users/1/authentication/temporaryAccessPassMethods", Reply(201, {"id": "x"}))
    with pytest.raises(GraphRejected):
        await directory.create_access_pass("1", 60)


async def test_somebody_of_another_tenant_does_not_exist(directory):
    assert await directory.standing("OUTSIDER", ["group"]) == Standing("outsider", exists=False)


async def test_a_standing_is_one_post_however_many_groups(graph, directory):
    graph.on("GET", "/users/1", Reply(200, {"id": "1", "userType": "Guest", "accountEnabled": False}))
    graph.on("POST", "/users/1/checkMemberGroups", Reply(200, {"value": []}), Reply(200, {"value": ["G-21"]}))
    standing = await directory.standing("1", [f"g-{number}" for number in range(25)])
    assert standing == Standing("1", True, True, False, frozenset({"g-21"}))
    assert len(graph.posts()) == 1
    sizes = [len(asked.body["groupIds"]) for asked in graph.asked if asked.path.endswith("checkMemberGroups")]
    assert sizes == [20, 5]


async def test_a_standing_that_cannot_be_read_is_an_error(graph, directory):
    graph.on("GET", "/users/1", Reply(200, {"id": "1"}))
    graph.on("POST", "/users/1/checkMemberGroups", refusal(403, "Authorization_RequestDenied"))
    with pytest.raises(GraphDenied, match=r"GroupMember\.Read\.All"):
        await directory.standing("1", ["g"])


async def test_without_groups_only_the_person_is_read(graph, directory):
    graph.on("GET", "/users/1", Reply(200, {"id": "1"}))
    assert (await directory.standing("1", [])).groups == frozenset()
    assert len(graph.asked) == 2


async def test_writes_of_the_repairs(graph, directory):
    paths = ("/users/1/assignLicense", "/groups/g/assignLicense", "/users/1/retryServiceProvisioning")
    for path in (*paths, "/users/1/reprocessLicenseAssignment"):
        graph.on("POST", path, Reply(204))
    graph.on("DELETE", "/directory/deletedItems/d", Reply(204))
    await directory.change_licenses("1", [AssignedLicense("sku", ("plan",))], ["old"])
    await directory.change_group_licenses("g", [AssignedLicense("sku")])
    await directory.retry_provisioning("1")
    await directory.reprocess_licenses("1")
    await directory.purge_deleted("d")
    assert [
        f"{asked.method} {asked.path}" for asked in graph.asked if asked.method != "GET" and asked.path != "/$batch"
    ] == [
        *(f"POST {path}" for path in paths),
        "POST /users/1/reprocessLicenseAssignment",
        "DELETE /directory/deletedItems/d",
    ]


async def test_a_repair_is_sent_once(graph):
    graph.on("POST", "/users/1/retryServiceProvisioning", DOWN)
    async with open_client(graph.base_url, StaticCredential()) as client:
        with pytest.raises(GraphUnavailable):
            await GraphDirectory(client).retry_provisioning("1")
    assert len(graph.posts("/users/1/retryServiceProvisioning")) == 1


async def test_empty_clears(graph, directory):
    graph.on("PATCH", "/users/1", Reply(204))
    await directory.update_account("1", {"department": "", "usageLocation": "DE"})
    assert graph.asked[-1].body == {"department": None, "usageLocation": "DE"}
