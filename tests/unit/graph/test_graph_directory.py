"""GraphDirectory where Graph answers in ways that a healthy tenant does not."""

import pytest
from support.graph_app import Reply, ScriptedGraph

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.retry import Policy
from provisioning.case import Order
from provisioning.directory import ProbeResult
from provisioning.errors import GraphDenied, GraphRejected, GraphUnavailable

TENANT = {"value": [{"id": "t", "displayName": "Contoso", "verifiedDomains": [{"name": "contoso.com"}]}]}
HEALTH_PATH = "/admin/serviceAnnouncement/healthOverviews/Exchange Online"
HEALTHY = Reply(200, {"status": "serviceOperational", "issues": []})
DOWN = Reply(503, {"error": {"code": "ServiceNotAvailable", "message": "down"}})


def refusal(status, code):
    return Reply(status, {"error": {"code": code, "message": code, "innerError": {"request-id": "r1"}}})


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


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
        yield GraphDirectory(client, Clock())


async def test_a_look_up_is_one_post(graph, directory):
    lookup = await directory.look_up("jane@contoso.com", "mona@contoso.com")
    assert (lookup.account, lookup.deleted, lookup.manager) == (None, None, None)
    assert lookup.organization.domains == ("contoso.com",)
    assert [len(post.body["requests"]) for post in graph.posts()] == [5]


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


async def test_a_snapshot_names_what_it_could_not_read(graph, directory):
    graph.on("GET", "/users/1", Reply(200, {"id": "1", "userPrincipalName": "jane@contoso.com"}))
    graph.on("GET", "/users/1/mailboxSettings", refusal(404, "MailboxNotEnabledForRESTAPI"))
    graph.on("GET", HEALTH_PATH, refusal(403, "Forbidden"))
    graph.on("GET", "/subscribedSkus", DOWN)
    snapshot = await directory.take_snapshot("1")
    assert snapshot.taken_at.isoformat() == "2026-11-23T09:00:00+00:00"
    assert snapshot.account is not None
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.NOT_READY
    assert (snapshot.health, snapshot.skus) == (None, None)
    assert {part: trace.status for part, trace in snapshot.unread} == {"health": 403, "skus": 503}
    assert len(graph.posts()) == 1


async def test_a_snapshot_of_nobody(graph, directory):
    snapshot = await directory.take_snapshot("nobody@contoso.com")
    assert (snapshot.account, snapshot.mailbox) == (None, None)
    assert [part for part, _ in snapshot.unread] == ["health"]


async def test_health_is_asked_once_a_minute(graph):
    graph.on("GET", HEALTH_PATH, HEALTHY)
    clock = Clock()
    async with open_client(graph.base_url, StaticCredential()) as client:
        directory = GraphDirectory(client, clock)
        for passed in (0, 59, 1, 59):
            clock.now += passed
            assert (await directory.take_snapshot("1")).health is not None
    assert sum(asked.path == HEALTH_PATH for asked in graph.asked) == 2


async def test_a_failed_reading_of_health_is_not_kept(graph, directory):
    graph.on("GET", HEALTH_PATH, DOWN, HEALTHY)
    assert (await directory.take_snapshot("1")).health is None
    assert (await directory.take_snapshot("1")).health is not None


async def test_what_was_ordered_completes_the_answer(graph, directory):
    graph.on("POST", "/users", Reply(201, {"id": "1", "userPrincipalName": "jane@contoso.com", "mail": None}))
    account = await directory.create_account(Order("jane@contoso.com", "Jane", "US", department="Sales"), "secret")
    assert (account.id, account.usage_location, account.department) == ("1", "US", "Sales")
    assert graph.asked[0].body["passwordProfile"] == {"forceChangePasswordNextSignIn": True, "password": "secret"}


async def test_an_access_pass_without_a_pass(graph, directory):
    graph.on("POST", "/users/1/authentication/temporaryAccessPassMethods", Reply(201, {"id": "x"}))
    with pytest.raises(GraphRejected):
        await directory.create_access_pass("1", 60)


async def test_somebody_of_another_tenant_is_in_no_group(directory):
    assert not await directory.is_member("outsider", ["group"])


async def test_without_groups_nobody_is_asked(graph, directory):
    assert not await directory.is_member("1", [])
    assert graph.asked == []


async def test_empty_clears(graph, directory):
    graph.on("PATCH", "/users/1", Reply(204))
    await directory.update_account("1", {"department": "", "usageLocation": "DE"})
    assert graph.asked[0].body == {"department": None, "usageLocation": "DE"}
