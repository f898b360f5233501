"""GraphDirectory over the sandbox while Graph is in trouble: reads are tried again, writes are sent once."""

import pytest
from support.tenants import sandbox_tenant

from graph.client import open_client
from graph.directory import GraphDirectory
from provisioning.case import Order
from provisioning.diagnosis import diagnose
from provisioning.directory import ProbeResult
from provisioning.errors import GraphDenied, GraphThrottled, GraphUnavailable, ProtectedAccount

NO_ID = "99999999-0000-4000-8000-000000000000"
CREATE = {"method": "POST", "path": "^/users$"}


@pytest.fixture
async def tenant():
    async with sandbox_tenant() as opened:
        yield opened


def order(tenant) -> Order:
    return Order(tenant.new_upn(), "Jane Doe", "US")


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 0},
        {"status": 503, "retry_after": 0},
        {"html": True},
        {"reset": True},
        {"truncate": True},
        {"truncate": True, "reset": True},
    ],
    ids=["429", "503", "html", "reset", "half an answer", "broken off"],
)
async def test_a_look_up_survives_one_bad_moment(tenant, fault):
    await tenant.fault(path=r"^/\$batch$", times=1, **fault)
    assert (await tenant.directory.look_up(tenant.person)).account is not None


async def test_a_look_up_survives_a_throttled_member(tenant):
    await tenant.fault(path="^/subscribedSkus$", times=1, status=429, retry_after=0)
    assert (await tenant.directory.look_up(tenant.person)).skus


async def test_trouble_that_lasts_is_told(tenant):
    await tenant.fault(path="^/subscribedSkus$", status=429, retry_after=300)
    with pytest.raises(GraphThrottled, match="in 300 seconds") as caught:
        await tenant.directory.look_up(tenant.person)
    assert caught.value.retry_after == 300
    assert caught.value.trace.request_id


@pytest.mark.parametrize(
    "fault",
    [{"status": 504}, {"html": True}, {"reset": True}, {"truncate": True}, {"truncate": True, "reset": True}],
    ids=["504", "html", "reset", "half an answer", "broken off"],
)
async def test_a_write_whose_answer_is_lost_was_sent_once(tenant, fault):
    wanted = order(tenant)
    await tenant.fault(after=True, times=1, **CREATE, **fault)
    with pytest.raises(GraphUnavailable):
        await tenant.directory.create_account(wanted, "Orange-Kettle-42-Harbour")
    await tenant.settle()
    assert (await tenant.directory.look_up(wanted.upn)).account is not None


async def test_a_missing_permission_is_named(tenant):
    await tenant.fault(status=403, **CREATE)
    with pytest.raises(GraphDenied, match=r"User\.ReadWrite\.All") as caught:
        await tenant.directory.create_account(order(tenant), "Orange-Kettle-42-Harbour")
    assert caught.value.trace.code == "Authorization_RequestDenied"
    assert caught.value.trace.date


@pytest.mark.parametrize(
    ("path", "part", "permission"),
    [
        ("healthOverviews", "health", "ServiceHealth.Read.All"),
        ("^/organization$", "organization", "Organization.Read.All"),
        ("^/subscribedSkus$", "skus", "LicenseAssignment.Read.All"),
        ("^/domains$", "domains", "Domain.Read.All"),
        ("^/contacts$", "holders", "OrgContact.Read.All"),
        ("^/directory/deletedItems", "deleted", "User.Read.All"),
        ("/mailboxSettings$", "mailbox", "MailboxSettings.Read"),
    ],
)
async def test_a_snapshot_says_what_is_missing_and_what_would_allow_it(tenant, path, part, permission):
    await tenant.fault(path=path, status=403)
    snapshot = await tenant.directory.take_snapshot(tenant.person)
    assert snapshot.account is not None
    assert [(name, trace.status) for name, trace in snapshot.unread] == [(part, 403)]
    (unread,) = diagnose(snapshot).unread
    assert permission in unread.sentence
    assert unread.trace.request_id


@pytest.mark.parametrize(
    "path", ["/licenseDetails$", "/settings/exchange$", "/onPremisesSyncBehavior$", "directoryAudits"]
)
async def test_what_not_every_tenant_offers_is_no_loss(tenant, path):
    await tenant.fault(path=path, status=403)
    assert (await tenant.directory.take_snapshot(tenant.person)).unread == ()


async def test_refused_and_throttled_at_once(tenant):
    await tenant.fault(path="healthOverviews", status=403)
    await tenant.fault(path="^/subscribedSkus$", status=429, retry_after=300)
    before = tenant.client.traffic.round_trips
    snapshot = await tenant.directory.take_snapshot(tenant.person)
    assert tenant.client.traffic.round_trips == before + 1
    assert {part: trace.status for part, trace in snapshot.unread} == {"health": 403, "skus": 429}
    assert snapshot.mailbox is not None


async def test_a_throttled_probe_says_nothing(tenant):
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    await tenant.fault(path="/mailboxSettings$", status=429, retry_after=300)
    probe = (await tenant.directory.probe_mailboxes([person.id]))[person.id]
    assert (probe.result, probe.trace.status) == (ProbeResult.UNKNOWN, 429)


@pytest.mark.parametrize(
    ("withheld", "permission"),
    [
        (("User.Read.All", "User.ReadWrite.All"), "User.Read.All"),
        (("GroupMember.Read.All", "User.Read.All"), "User.Read.All"),
        (("GroupMember.Read.All",), "GroupMember.Read.All"),
    ],
)
async def test_without_the_permission_to_check_nothing_is_changed(tenant, withheld, permission):
    account = await tenant.directory.create_account(order(tenant), "Orange-Kettle-42-Harbour")
    await tenant.settle()
    await tenant.withhold(*withheld)
    with pytest.raises(GraphDenied, match=f"could not be checked.*{permission}"):
        await tenant.protecting(NO_ID).update_account(account.id, {"department": "Sales"})
    await tenant.withhold()
    unchanged = await tenant.directory.get_account(account.id)
    assert unchanged is not None
    assert unchanged.department == ""


async def test_a_role_whose_name_may_not_be_read_protects_all_the_same(tenant):
    await tenant.withhold("RoleManagement.Read.Directory")
    with pytest.raises(ProtectedAccount, match="Adam Admin holds a directory role, so"):
        await tenant.directory.check_changeable(tenant.admin)


class NoToken:
    """Something that is no AccessToken: the SDK then sends no Authorization header at all."""

    async def get_token(self, *scopes, **kwargs):
        return None

    async def close(self):
        return None


async def test_without_a_token_graph_refuses(tenant):
    async with open_client(tenant.client.base_url, NoToken()) as client:
        with pytest.raises(GraphDenied, match="token"):
            await GraphDirectory(client).ping()
