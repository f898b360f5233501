"""A snapshot: everything in one batch, a second only for what depends on it, and what could not be read by name."""

import pytest
from support.graph_app import Reply, ScriptedGraph

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from provisioning.directory import ProbeResult, ServicePlan
from provisioning.recipients import Domain, HolderKind

JANE = "jane@contoso.com"
ACCOUNT = {
    "id": "1",
    "userPrincipalName": JANE,
    "mail": JANE,
    "mailNickname": "jane",
    "proxyAddresses": ["SMTP:jane@contoso.com", "smtp:j.doe@contoso.com"],
}
INITIAL = "contoso.onmicrosoft.com"
TENANT = {"value": [{"id": "t", "verifiedDomains": [{"name": "contoso.com"}, {"name": INITIAL, "isInitial": True}]}]}
DOMAINS = {"value": [{"id": "contoso.com", "isVerified": True, "supportedServices": ["Email"]}]}
HEALTH_PATH = "/admin/serviceAnnouncement/healthOverviews/Exchange Online"
DELETED_PATH = "/directory/deletedItems/graph.user"
HEALTHY = Reply(200, {"status": "serviceOperational", "issues": []})
NOBODY = Reply(200, {"value": []})
PERSONAL = ("", "/mailboxSettings", "/licenseDetails", "/settings/exchange", "/onPremisesSyncBehavior")


def refusal(status, code, **headers):
    error = {"code": code, "message": code, "innerError": {"request-id": "r1"}}
    return Reply(status, {"error": error}, headers)


NOT_READY = refusal(404, "MailboxNotEnabledForRESTAPI")
DENIED = refusal(403, "Authorization_RequestDenied")
DOWN = refusal(503, "ServiceNotAvailable", **{"Retry-After": "0"})


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
async def graph():
    """A tenant in order, with Jane and her mailbox."""
    async with ScriptedGraph() as scripted:
        scripted.on("GET", "/organization", Reply(200, TENANT))
        scripted.on("GET", "/domains", Reply(200, DOMAINS))
        scripted.on("GET", HEALTH_PATH, HEALTHY)
        for path in ("/subscribedSkus", "/users", "/groups", "/contacts", DELETED_PATH, "/auditLogs/directoryAudits"):
            scripted.on("GET", path, NOBODY)
        for name in (JANE, "1"):
            person(scripted, name)
        yield scripted


def person(graph, name, **replies):
    """`replies` by path, of what is not as it should be."""
    bodies = (
        ACCOUNT,
        {"userPurpose": "user"},
        {"value": []},
        {"primaryMailboxId": "MBX:1@2"},
        {"isCloudManaged": False},
    )
    for path, body in zip(PERSONAL, bodies, strict=True):
        graph.on("GET", f"/users/{name}{path}", replies.get(path.strip("/").partition("/")[0], Reply(200, body)))


@pytest.fixture
async def directory(graph):
    async with open_client(graph.base_url, StaticCredential()) as client:
        yield GraphDirectory(client, clock=Clock())


def sizes(graph):
    return [len(post.body["requests"]) for post in graph.posts()]


def asked(graph, path):
    return [one for one in graph.asked if one.path == path]


async def test_somebody_well_is_one_batch(graph, directory):
    snapshot = await directory.take_snapshot(JANE)
    assert sizes(graph) == [13]
    assert snapshot.unread == ()
    assert snapshot.name == JANE
    assert snapshot.taken_at.isoformat() == "2026-11-23T09:00:00+00:00"
    assert snapshot.account is not None
    assert snapshot.account.upn == JANE
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.READY
    assert (snapshot.mailbox_purpose, snapshot.primary_mailbox_id) == ("user", "MBX:1@2")
    assert snapshot.domains == (Domain("contoso.com", services=("Email",)),)
    assert (snapshot.deleted, snapshot.holders, snapshot.license_details, snapshot.skus) == ((), (), (), ())
    assert snapshot.health is not None
    assert snapshot.license_removed_at is None


async def test_by_id_nobody_is_asked_about_addresses(graph, directory):
    snapshot = await directory.take_snapshot("1")
    assert sizes(graph) == [9]
    assert (snapshot.deleted, snapshot.holders, snapshot.unread) == (None, None, ())


async def test_somebody_stuck_takes_a_second_batch(graph, directory):
    person(graph, JANE, mailboxSettings=NOT_READY, settings=NOT_READY)
    snapshot = await directory.take_snapshot(JANE)
    assert sizes(graph) == [13, 5]
    assert snapshot.unread == ()
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.NOT_READY
    assert snapshot.primary_mailbox_id == ""
    last = asked(graph, "/users")[-1].query
    for address in (JANE, "j.doe@contoso.com", f"jane@{INITIAL}"):
        assert address.replace("@", "%40") in last


async def test_whoever_holds_an_address_is_in_it(graph, directory):
    person(graph, "1", mailboxSettings=NOT_READY)
    own = {**ACCOUNT, "displayName": "Jane"}
    john = {
        "id": "2",
        "displayName": "John",
        "userPrincipalName": "john@contoso.com",
        "proxyAddresses": ["smtp:j.doe@contoso.com"],
    }
    sales = {"id": "3", "displayName": "Sales", "mail": JANE}
    contact = {"id": "4", "displayName": "Jane outside", "proxyAddresses": [f"smtp:jane@{INITIAL}"]}
    graph.on("GET", "/users", Reply(200, {"value": [own, john]}))
    graph.on("GET", "/groups", Reply(200, {"value": [sales, {"id": "5", "mail": "other@contoso.com"}]}))
    graph.on("GET", "/contacts", Reply(200, {"value": [contact]}))
    gone = {"id": "6", "userPrincipalName": "f" * 32 + "j.doe@contoso.com", "displayName": "Jane before"}
    graph.on("GET", DELETED_PATH, Reply(200, {"value": [gone]}))
    snapshot = await directory.take_snapshot("1")
    assert sizes(graph) == [9, 5]
    assert [(one.kind, one.name) for one in snapshot.holders or ()] == [
        (HolderKind.USER, "John"),
        (HolderKind.GROUP, "Sales"),
        (HolderKind.CONTACT, "Jane outside"),
    ]
    assert [one.upn for one in snapshot.deleted or ()] == ["j.doe@contoso.com"]


async def test_an_alias_leads_to_the_account(graph, directory):
    graph.on("GET", "/users", Reply(200, {"value": [ACCOUNT]}))
    snapshot = await directory.take_snapshot("J.Doe@contoso.com")
    assert sizes(graph) == [13, 10]
    assert snapshot.account is not None
    assert snapshot.account.upn == JANE
    assert snapshot.name == "J.Doe@contoso.com"
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.READY
    assert snapshot.unread == ()
    assert snapshot.holders == ()


async def test_nobody_is_one_batch_too(graph, directory):
    gone = {"id": "6", "userPrincipalName": "f" * 32 + "gone@contoso.com", "displayName": "Gone"}
    graph.on("GET", DELETED_PATH, Reply(200, {"value": [gone]}))
    snapshot = await directory.take_snapshot("gone@contoso.com")
    assert sizes(graph) == [13]
    assert (snapshot.account, snapshot.mailbox, snapshot.unread) == (None, None, ())
    assert [one.id for one in snapshot.deleted or ()] == ["6"]
    assert snapshot.holders == ()


async def test_many_addresses_fit_into_the_second_batch(graph, directory):
    many = {**ACCOUNT, "proxyAddresses": [f"smtp:a{n}@contoso.com" for n in range(40)]}
    graph.on("GET", "/users", Reply(200, {"value": [many]}))
    graph.on("GET", "/users/1", Reply(200, many))
    for path in ("/organization", "/subscribedSkus", "/domains", HEALTH_PATH):
        graph.on("GET", path, DOWN)
    snapshot = await directory.take_snapshot("a3@contoso.com")
    assert sizes(graph) == [13, 20]
    assert snapshot.account is not None
    assert {part for part, _ in snapshot.unread} == {"organization", "skus", "domains", "health"}


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/organization", "organization"),
        ("/subscribedSkus", "skus"),
        ("/domains", "domains"),
        (HEALTH_PATH, "health"),
        (DELETED_PATH, "deleted"),
        ("/users", "holders"),
        ("/groups", "holders"),
        ("/contacts", "holders"),
    ],
)
@pytest.mark.parametrize(
    "reply", [DENIED, refusal(429, "TooManyRequests", **{"Retry-After": "300"}), DOWN, Reply(502, "<html>")]
)
async def test_a_part_that_cannot_be_read_is_named(graph, directory, path, part, reply):
    graph.on("GET", path, reply)
    snapshot = await directory.take_snapshot(JANE)
    assert sizes(graph) == [13]
    assert [(name, trace.status) for name, trace in snapshot.unread] == [(part, reply.status)]
    assert getattr(snapshot, part) is None
    assert snapshot.account is not None


async def test_what_was_found_stands_although_some_could_not_be_read(graph, directory):
    graph.on("GET", "/contacts", DENIED)
    graph.on("GET", "/groups", Reply(200, {"value": [{"id": "3", "displayName": "Sales", "mail": JANE}]}))
    snapshot = await directory.take_snapshot(JANE)
    assert [one.name for one in snapshot.holders or ()] == ["Sales"]
    assert [name for name, _ in snapshot.unread] == ["holders"]


@pytest.mark.parametrize("reply", [DENIED, refusal(404, "ResourceNotFound"), refusal(400, "BadRequest")])
async def test_what_not_every_tenant_offers_is_no_loss(graph, directory, reply):
    person(graph, JANE, mailboxSettings=NOT_READY, licenseDetails=reply, settings=reply, onPremisesSyncBehavior=reply)
    graph.on("GET", "/auditLogs/directoryAudits", reply)
    snapshot = await directory.take_snapshot(JANE)
    assert snapshot.unread == ()
    assert snapshot.license_details is None
    assert snapshot.primary_mailbox_id == ("" if reply.status == 404 else None)
    assert snapshot.account is not None
    assert not snapshot.account.is_cloud_managed


async def test_what_is_throttled_is_named_even_where_it_is_optional(graph, directory):
    person(graph, JANE, licenseDetails=refusal(429, "TooManyRequests"))
    assert [name for name, _ in (await directory.take_snapshot(JANE)).unread] == ["license_details"]


async def test_the_details_are_read(graph, directory):
    plan = {"servicePlanId": "P1", "servicePlanName": "EXCHANGE_S_STANDARD", "provisioningStatus": "PendingInput"}
    person(
        graph,
        JANE,
        licenseDetails=Reply(200, {"value": [{"servicePlans": [plan]}]}),
        onPremisesSyncBehavior=Reply(200, {"isCloudManaged": True}),
    )
    snapshot = await directory.take_snapshot(JANE)
    assert snapshot.license_details == (ServicePlan("p1", "EXCHANGE_S_STANDARD", "PendingInput"),)
    assert snapshot.account is not None
    assert snapshot.account.is_cloud_managed


async def test_a_mailbox_that_may_not_be_looked_at(graph, directory):
    person(graph, JANE, mailboxSettings=DENIED)
    snapshot = await directory.take_snapshot(JANE)
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.UNKNOWN
    assert [name for name, _ in snapshot.unread] == ["mailbox"]
    assert sizes(graph) == [13, 5]


async def test_a_denied_account_is_not_a_missing_one(graph, directory):
    person(graph, JANE, **{"": DENIED})
    snapshot = await directory.take_snapshot(JANE)
    assert snapshot.account is None
    assert [name for name, _ in snapshot.unread] == ["account"]
    assert sizes(graph) == [13]


async def test_a_second_batch_asks_again_what_was_unlucky(graph, directory):
    person(graph, JANE, mailboxSettings=NOT_READY)
    graph.on("GET", "/subscribedSkus", DOWN, NOBODY)
    graph.on("GET", "/domains", refusal(429, "TooManyRequests", **{"Retry-After": "300"}))
    snapshot = await directory.take_snapshot(JANE)
    assert sizes(graph) == [13, 6]
    assert snapshot.skus == ()
    assert [name for name, _ in snapshot.unread] == ["domains"]


async def test_without_the_account_it_is_asked_once_more(graph, directory):
    graph.on("GET", f"/users/{JANE}", DOWN, Reply(200, ACCOUNT))
    snapshot = await directory.take_snapshot(JANE)
    assert sizes(graph) == [13, 1]
    assert snapshot.account is not None
    assert snapshot.unread == ()


async def test_never_more_than_two_batches(graph, directory):
    graph.on("GET", f"/users/{JANE}", DOWN)
    snapshot = await directory.take_snapshot(JANE)
    assert sizes(graph) == [13, 1]
    assert [(name, trace.status, trace.request_id) for name, trace in snapshot.unread] == [("account", 503, "r1")]


async def test_the_first_batch_is_worth_having_without_the_second(graph, directory):
    person(graph, JANE, mailboxSettings=NOT_READY)
    original = graph._next

    def second_is_refused(one):
        is_second = one.path == "/$batch" and len(graph.posts()) > 1
        return refusal(400, "BadRequest") if is_second else original(one)

    graph._next = second_is_refused
    snapshot = await directory.take_snapshot(JANE)
    assert snapshot.account is not None
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.NOT_READY
    assert {(name, trace.status) for name, trace in snapshot.unread} == {("holders", 400), ("deleted", 400)}


async def test_health_is_asked_once_a_minute(graph):
    clock = Clock()
    async with open_client(graph.base_url, StaticCredential()) as client:
        directory = GraphDirectory(client, clock=clock)
        for passed in (0, 59, 1, 59):
            clock.now += passed
            assert (await directory.take_snapshot("1")).health is not None
    assert len(asked(graph, HEALTH_PATH)) == 2


async def test_a_failed_reading_of_health_is_not_kept(graph, directory):
    graph.on("GET", HEALTH_PATH, DOWN, HEALTHY)
    assert (await directory.take_snapshot("1")).health is None
    assert (await directory.take_snapshot("1")).health is not None


async def test_the_traffic_is_counted(graph):
    person(graph, JANE, mailboxSettings=NOT_READY)
    async with open_client(graph.base_url, StaticCredential()) as client:
        await GraphDirectory(client).take_snapshot(JANE)
        assert (client.traffic.round_trips, client.traffic.requests) == (2, 18)
