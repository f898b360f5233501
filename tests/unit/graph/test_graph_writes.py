"""Every write: nobody protected is touched, what was done is written down, and nothing goes another way."""

import json

import pytest
from support.graph_app import Reply, ScriptedGraph
from support.graph_calls import make_every_call

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.permissions import PERMISSIONS, ROLES
from graph.protection import Protection
from graph.retry import Policy
from provisioning.acting import MAILROOM, acting_for
from provisioning.audit import Kind
from provisioning.case import Order, Person
from provisioning.directory import AssignedLicense
from provisioning.errors import (
    AuditUnavailable,
    GraphDenied,
    GraphNotFound,
    GraphRejected,
    GraphUnavailable,
    ProtectedAccount,
)

HELGA = Person("helga", "Helga Desk")
ADAM = {
    "id": "1",
    "userPrincipalName": "Adam@contoso.com",
    "displayName": "Adam Admin",
    "usageLocation": "US",
    "department": "Sales",
    "assignedLicenses": [{"skuId": "OLD", "disabledPlans": ["p"]}, {"skuId": "kept", "disabledPlans": []}],
    "manager": {"id": "9"},
}
ROLES_PATH = "/users/1/transitiveMemberOf/graph.directoryRole"
GROUPS_PATH = "/users/1/checkMemberGroups"
REQUEST_ID = "11111111-2222-4333-8444-555555555555"  # what ScriptedGraph answers with


def values(*items):
    return Reply(200, {"value": list(items)})


def refusal(status, code="Authorization_RequestDenied"):
    return Reply(status, {"error": {"code": code, "message": code, "innerError": {"request-id": "r1"}}})


@pytest.fixture
async def graph():
    async with ScriptedGraph() as scripted:
        scripted.on("GET", "/users/1", Reply(200, ADAM))
        scripted.on("GET", ROLES_PATH, values())
        scripted.on("PATCH", "/users/1", Reply(204))
        scripted.on("POST", "/users/1/assignLicense", Reply(200, {"id": "1"}))
        yield scripted


class Trail:
    def __init__(self) -> None:
        self.records = []
        self.error = None

    async def __call__(self, record):
        if self.error:
            raise self.error
        self.records.append(record)


@pytest.fixture
def trail():
    return Trail()


@pytest.fixture
async def client(graph):
    async with open_client(graph.base_url, StaticCredential(), policy=Policy(first_wait=0.01)) as opened:
        yield opened


@pytest.fixture
def directory(client, trail):
    return GraphDirectory(client, record=trail)


def writes(graph):
    """What changed something: no question, and no envelope of questions."""
    asked = [one for one in graph.asked if one.method != "GET" and one.path != "/$batch"]
    return [one for one in asked if not one.path.endswith("/checkMemberGroups")]


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([{"id": "r", "displayName": "Global Administrator"}], "holds the directory role Global Administrator,"),
        ([{"id": "r", "displayName": "B"}, {"id": "s", "displayName": "A"}], "holds the directory roles A and B,"),
        ([{"@odata.type": "#microsoft.graph.directoryRole", "id": "r", "displayName": None}], "a directory role,"),
        ([{"id": "r"}, {"id": "s", "displayName": "A"}], "holds the directory role A,"),
    ],
)
async def test_who_holds_a_directory_role_is_not_changed(graph, directory, trail, roles, said):
    graph.on("GET", ROLES_PATH, values(*roles))
    with pytest.raises(ProtectedAccount) as caught:
        await directory.update_account("1", {"department": "Finance"})
    assert caught.value.sentence.startswith("Adam Admin holds")
    assert said in caught.value.sentence
    assert caught.value.sentence.endswith("Diagnosis stays possible.")
    assert writes(graph) == []
    assert [(one.kind, one.sentence) for one in trail.records] == [(Kind.REFUSAL, caught.value.sentence)]


@pytest.mark.parametrize("name", ["1", "adam@contoso.com"], ids=["id", "name"])
async def test_who_is_named_in_the_settings_is_not_changed(graph, client, name):
    graph.on("GET", "/users/adam@contoso.com", Reply(200, ADAM))
    graph.on("GET", "/users/adam@contoso.com/transitiveMemberOf/graph.directoryRole", values())
    for path in (GROUPS_PATH, "/users/adam@contoso.com/checkMemberGroups"):
        graph.on("POST", path, values())
    directory = GraphDirectory(client, Protection(("1",)))
    with pytest.raises(ProtectedAccount, match="Adam Admin is protected by Mailroom's settings"):
        await directory.set_password(name, "password")
    assert writes(graph) == []


async def test_members_of_a_protected_group_are_not_changed(graph, client):
    ids = tuple(f"g-{number}" for number in range(25))
    graph.on("POST", GROUPS_PATH, values(), values("g-24"))
    with pytest.raises(ProtectedAccount, match="Adam Admin is in a group that Mailroom's settings protect"):
        await GraphDirectory(client, Protection(ids)).retry_provisioning("1")
    assert writes(graph) == []
    assert len(graph.posts()) == 1


async def test_protected_objects_are_neither_restored_nor_purged_nor_licensed(graph, client, trail):
    directory = GraphDirectory(client, Protection(("d",), app_id="a"), trail)
    for write in (
        directory.restore_account("D"),
        directory.purge_deleted("d"),
        directory.change_group_licenses("d", []),
        directory.purge_deleted("a"),
    ):
        with pytest.raises(ProtectedAccount):
            await write
    assert graph.asked == []
    assert [one.kind for one in trail.records] == [Kind.REFUSAL] * 4


@pytest.mark.parametrize(
    ("path", "reply", "error", "said"),
    [
        (ROLES_PATH, refusal(403), GraphDenied, r"User\.Read\.All"),
        (ROLES_PATH, Reply(503), GraphUnavailable, "503"),
        (ROLES_PATH, Reply(200, {}), GraphUnavailable, "200"),
        (ROLES_PATH, refusal(404, "Request_ResourceNotFound"), GraphNotFound, "directory roles"),
        (GROUPS_PATH, refusal(403), GraphDenied, r"GroupMember\.Read\.All"),
        (GROUPS_PATH, refusal(400, "Request_BadRequest"), GraphRejected, "check group membership"),
        ("/users/1", refusal(403), GraphDenied, r"User\.Read\.All"),
        ("/$batch", Reply(502, "<html>"), GraphUnavailable, "502"),
    ],
)
async def test_what_cannot_be_checked_is_not_changed(graph, client, trail, path, reply, error, said):
    graph.on("POST", GROUPS_PATH, values())
    graph.on("POST" if path in ("/$batch", GROUPS_PATH) else "GET", path, reply)
    directory = GraphDirectory(client, Protection(("g",)), trail)
    for attempt in (directory.update_account("1", {"department": "Finance"}), directory.check_changeable("1")):
        with pytest.raises(error, match=said) as caught:
            await attempt
        assert caught.value.sentence.startswith("Whether this account is protected could not be checked")
        assert str(caught.value) == caught.value.sentence
    assert writes(graph) == []
    assert trail.records == []


async def test_a_check_that_had_bad_luck_is_asked_again(graph, client):
    graph.on("POST", GROUPS_PATH, Reply(429, {}, {"Retry-After": "0"}), values())
    await GraphDirectory(client, Protection(("g",))).update_account("1", {"department": "Finance"})
    assert len(writes(graph)) == 1


async def test_an_account_that_graph_does_not_know_yet_has_nothing_to_protect(graph, directory):
    graph.on("PATCH", "/users/2", Reply(204))
    await directory.update_account("2", {"department": "Finance"})
    await directory.check_changeable("2")
    assert len(writes(graph)) == 1


async def test_a_change_is_written_down_with_before_and_after(graph, directory, trail):
    with acting_for(HELGA, "jane@contoso.com", "case-1"):
        await directory.update_account("1", {"department": "", "usageLocation": "DE"})
    (record,) = trail.records
    assert (record.kind, record.actor, record.subject, record.case) == (
        Kind.CHANGE,
        HELGA,
        "jane@contoso.com",
        "case-1",
    )
    assert record.details == {
        "call": "PATCH /users/{user-id}",
        "account": "1",
        "before": {"department": "Sales", "usageLocation": "US"},
        "after": {"department": None, "usageLocation": "DE"},
    }
    assert record.request_id == REQUEST_ID
    assert record.sentence == "Changed department, usageLocation of the account."


async def test_licenses_before_and_after(directory, trail):
    await directory.change_licenses("1", [AssignedLicense("new", ("q",))], ["old"])
    (record,) = trail.records
    assert record.details["before"] == {"assignedLicenses": ADAM["assignedLicenses"]}
    assert record.details["after"] == {
        "assignedLicenses": [{"skuId": "kept", "disabledPlans": []}, {"skuId": "new", "disabledPlans": ["q"]}]
    }
    assert (record.actor, record.subject) == (MAILROOM, "adam@contoso.com")


async def test_the_manager_before_and_after(graph, directory, trail):
    graph.on("PUT", "/users/1/manager/$ref", Reply(204))
    await directory.set_manager("1", "2")
    assert trail.records[0].details["before"] == {"manager": {"id": "9"}}
    assert trail.records[0].details["after"] == {"manager": {"id": "2"}}


async def test_a_new_account_is_written_down_by_its_name(graph, directory, trail):
    graph.on("POST", "/users", Reply(201, {"id": "7"}))
    await directory.create_account(Order("Jane@contoso.com", "Jane", "US"), "Orange-Kettle-42")
    (record,) = trail.records
    assert (record.subject, record.details["account"], record.details["before"]) == ("jane@contoso.com", "7", {})
    assert record.details["after"]["usageLocation"] == "US"


async def test_no_secret_is_ever_written_down(graph, directory, trail):
    graph.on("POST", "/users", Reply(201, {"id": "7"}))
    path = "/users/1/authentication/temporaryAccessPassMethods"
    graph.on("POST", path, Reply(201, {"id": "P", "temporaryAccessPass": "SECRET-pass", "lifetimeInMinutes": 60}))
    graph.on("DELETE", f"{path}/P", Reply(204))
    await directory.create_account(Order("jane@contoso.com", "Jane", "US"), "SECRET-one")
    await directory.set_password("1", "SECRET-two")
    credential = await directory.create_access_pass("1", 60)
    await directory.revoke_access_pass("1", credential.id)
    assert credential.id == "P"
    assert "SECRET" not in json.dumps([dict(one.details) for one in trail.records]) + repr(trail.records)
    assert [one.details["after"].get("passwordProfile") for one in trail.records[:2]] == ["(hidden)"] * 2
    assert [one.details.get("made", "") for one in trail.records] == ["", "", "p", ""]
    assert trail.records[3].details["target"] == "P"


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (refusal(400, "Request_BadRequest"), GraphRejected, "refused to change the account"),
        (Reply(503), GraphUnavailable, "Whether it took effect is not known."),
    ],
)
async def test_a_write_that_failed_is_written_down(graph, directory, trail, reply, error, said):
    graph.on("PATCH", "/users/1", reply)
    with pytest.raises(error):
        await directory.update_account("1", {"department": "Finance"})
    (record,) = trail.records
    assert record.kind is Kind.FAILURE
    assert said in record.sentence
    assert record.details["error"]["status"] == reply.status
    assert record.details["after"] == {"department": "Finance"}
    assert record.request_id in ("r1", REQUEST_ID)


async def test_a_pass_that_is_gone_already_is_fine(directory, trail):
    await directory.revoke_access_pass("1", "gone")
    assert [one.kind for one in trail.records] == [Kind.FAILURE]


async def test_a_pass_is_not_taken_for_gone_where_the_check_found_nothing(graph, directory):
    graph.on("GET", ROLES_PATH, refusal(404, "Request_ResourceNotFound"))
    with pytest.raises(GraphNotFound, match="could not be checked"):
        await directory.revoke_access_pass("1", "p")
    assert writes(graph) == []


async def test_a_write_that_could_not_be_written_down_is_told_and_not_repeated(graph, directory, trail):
    trail.error = OSError("disk full")
    with pytest.raises(AuditUnavailable, match=r"Changed department of the account\. This could not be written"):
        await directory.update_account("1", {"department": "Finance"})
    assert len(writes(graph)) == 1


async def test_checking_is_one_post_and_writes_nothing_down(graph, directory, trail):
    await directory.check_changeable("1")
    graph.on("GET", ROLES_PATH, values({"id": "r"}))
    with pytest.raises(ProtectedAccount):
        await directory.check_changeable("1")
    assert len(graph.posts()) == 2
    assert trail.records == []


async def test_nothing_is_changed_but_after_the_check_and_with_a_record(graph, directory, trail):
    """Whatever Graph answers to the write itself."""
    await make_every_call(directory)
    changes = [(number, one) for number, one in enumerate(graph.asked) if one in writes(graph)]
    listed = [call for call in PERMISSIONS if call.method != "GET" and not call.path.endswith("/checkMemberGroups")]
    assert len({(one.method, one.path) for _, one in changes}) == len(
        {(c.method, c.path.split("#")[0]) for c in listed}
    )
    for number, change in changes:
        if change.path.startswith("/users/"):
            before = [one.path for one in graph.asked[:number][-4:]]
            assert ROLES.path.replace("{user-id}", "1") in before, change
    assert len(trail.records) == len(changes)
    assert {one.kind for one in trail.records} == {Kind.CHANGE, Kind.FAILURE}
