"""Who could be meant: every way in, the order of the answers, and answers that are not taken at their word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.graph_app import Reply, ScriptedGraph

from graph import searching
from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from provisioning.directory import Match
from provisioning.errors import GraphDenied

DELETED_PATH = "/directory/deletedItems/graph.user"
DENIED = Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "No."}})
PREFIX = "7e06b56615f340138bf879874d52e68a"


def user(number, name, display_name, **more):
    return {
        "id": number,
        "displayName": display_name,
        "userPrincipalName": f"{name}@contoso.com",
        "mail": f"{name}@contoso.com",
        "mailNickname": name,
        "proxyAddresses": [f"SMTP:{name}@contoso.com"],
        **more,
    }


JANE = user("1", "jane", "Jane Doe", proxyAddresses=["SMTP:jane@contoso.com", "smtp:j.doe@contoso.com"])
JANET = user("2", "janet", "Janet Roe")
DOE = user("3", "doe", "Doe Jane-Marie")
GONE = {**user("4", "jane.old", "Jane Doe"), "userPrincipalName": PREFIX + "jane.old@contoso.com"}


@pytest.fixture
async def graph():
    async with ScriptedGraph() as scripted:
        scripted.on("GET", "/users", Reply(200, {"value": [JANET, DOE, JANE]}))
        scripted.on("GET", DELETED_PATH, Reply(200, {"value": [GONE]}))
        yield scripted


@pytest.fixture
async def directory(graph):
    async with open_client(graph.base_url, StaticCredential()) as client:
        yield GraphDirectory(client)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("JANE@contoso.com", [("1", "sign-in name")]),
        (" smtp:j.doe@contoso.com ", [("1", "proxy address")]),
        ("<J.Doe@Contoso.com>", [("1", "proxy address")]),
        ("jane.old@contoso.com", [("4", "sign-in name")]),
        (PREFIX + "jane.old@contoso.com", [("4", "sign-in name")]),
        ("jane", [("1", "alias"), ("3", "display name"), ("4", "display name"), ("2", "display name")]),
        ("Jane Doe", [("1", "display name"), ("4", "display name"), ("3", "display name")]),
        ("j.doe", [("1", "alias"), ("3", "display name"), ("4", "display name")]),
        ("do JAN", [("3", "display name"), ("1", "display name"), ("4", "display name")]),
        ("jane.old", [("4", "alias")]),
        ("nobody@contoso.com", []),
        ("nobody", []),
        ("", []),
        (" . ", []),
        ("@", []),
    ],
)
async def test_ways_in(graph, directory, typed, found):
    matches = await directory.search(typed)
    assert [(match.id, match.matched) for match in matches] == found
    assert len(graph.posts()) <= 1


async def test_a_match_of_the_recycle_bin_has_its_former_name(graph, directory):
    assert await directory.search("jane.old@contoso.com") == (
        Match("4", "jane.old@contoso.com", "Jane Doe", "sign-in name", is_deleted=True),
    )


async def test_somebody_there_comes_before_somebody_deleted(graph, directory):
    graph.on("GET", DELETED_PATH, Reply(200, {"value": [{**GONE, "mail": "jane@contoso.com"}]}))
    assert [match.id for match in await directory.search("jane@contoso.com")] == ["1"]


async def test_somebody_the_index_does_not_know_yet(graph, directory):
    graph.on("GET", "/users", Reply(200, {"value": []}))
    graph.on("GET", "/users/jane@contoso.com", Reply(200, JANE))
    assert [match.id for match in await directory.search("jane@contoso.com")] == ["1"]


async def test_by_id(graph, directory):
    object_id = "6f0e1d2c-0000-4000-8000-0000000000a1"
    graph.on("GET", f"/users/{object_id}", Reply(200, {**JANE, "id": object_id}))
    graph.on("GET", DELETED_PATH, Reply(200, {"value": []}))
    assert [match.matched for match in await directory.search(object_id.upper())] == ["object id"]


async def test_ten_at_most(graph, directory):
    crowd = [user(str(n), f"jane{n}", f"Jane {n:02}") for n in range(25)]
    graph.on("GET", "/users", Reply(200, {"value": crowd}))
    matches = await directory.search("jane")
    assert [match.id for match in matches][:2] == ["0", "1"]
    assert len(matches) == 10


async def test_accents_and_signs_do_not_hide_anybody(graph, directory):
    graph.on("GET", "/users", Reply(200, {"value": [user("5", "jmuller", "José O'Brien-Müller")]}))
    for typed in ("jose", "o'brien", "müller", "JOSÉ muller"):
        assert [match.id for match in await directory.search(typed)] == ["5"]


async def test_a_search_that_the_tenant_does_not_offer(graph, directory):
    """Neither $search nor the recycle bin: what the filters find is an answer."""
    graph.on("GET", DELETED_PATH, DENIED)
    assert [match.id for match in await directory.search("jane@contoso.com")] == ["1"]


async def test_people_who_may_not_be_read(graph, directory):
    graph.on("GET", "/users", DENIED)
    with pytest.raises(GraphDenied, match=r"User\.Read\.All"):
        await directory.search("jane")


@given(st.text(max_size=300))
def test_whatever_is_typed(typed):
    wanted = searching._tidy(typed)
    assert len(wanted) <= searching.LONGEST_TEXT
    searching._hit(JANE, wanted, is_deleted=False)
