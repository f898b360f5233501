"""What holds for every Graph answer: token, envelope, headers, `$batch`; and what faults do to it."""

import asyncio

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sandbox_app import running_sandbox

from sandbox.failures import GraphFailure
from sandbox.faults import FaultRule
from sandbox.graph.filters import parse


async def test_an_error_has_graphs_envelope_and_ids():
    async with running_sandbox() as sandbox:
        reply = await sandbox.get("/users/nobody@contoso.com", client_request_id="abc")
        error = reply.body["error"]
        assert set(error) == {"code", "message", "innerError"}
        assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
        assert error["innerError"]["client-request-id"] == reply.headers["client-request-id"] == "abc"
        assert error["innerError"]["request-id"] == reply.headers["request-id"]
        assert reply.headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
        assert "Resource 'nobody@contoso.com' does not exist" in reply.message


async def test_the_date_header_is_the_simulated_time():
    async with running_sandbox() as sandbox:
        sandbox.clock.advance(400 * 86_400)
        reply = await sandbox.get("/organization")
        assert str(sandbox.clock.now().year) in reply.headers["Date"]


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer "])
async def test_no_token_no_answer(header: str):
    async with running_sandbox() as sandbox:
        for path in ("/users/helga@contoso.com", "/nonsense"):
            reply = await sandbox.get(path, Authorization=header)
            assert (reply.status, reply.code) == (401, "InvalidAuthenticationToken")
        assert (await sandbox.post("/$batch", {}, Authorization=header)).status == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nonsense", 400),
        ("GET", "/users/helga@contoso.com/shoes", 400),
        ("GET", "/me", 400),
        ("DELETE", "/subscribedSkus", 405),
        ("POST", "/users/helga@contoso.com/mailboxSettings", 405),
        ("POST", "/users", 400),
    ],
)
async def test_paths_and_methods(method: str, path: str, status: int):
    async with running_sandbox() as sandbox:
        assert (await sandbox.graph(method, path)).status == status


@pytest.mark.parametrize(("content_type", "status"), [("text/plain", 415), ("application/json", 400)])
async def test_a_body_must_be_json(content_type: str, status: int):
    async with running_sandbox() as sandbox:
        headers = {"Authorization": "Bearer x", "Content-Type": content_type}
        async with sandbox.client.post("/v1.0/users", data="{not json", headers=headers) as response:
            assert response.status == status


async def test_beta_is_not_pretended():
    headers = {"Authorization": "Bearer test"}
    async with running_sandbox() as sandbox, sandbox.client.get("/beta/users", headers=headers) as response:
        assert response.status == 400


async def test_a_batch_answers_each_member():
    async with running_sandbox() as sandbox:
        answers = await sandbox.batch(
            {"id": "a", "method": "GET", "url": "/users/helga@contoso.com?%24select=id"},
            {"id": "b", "method": "GET", "url": "users/nobody@contoso.com"},
            {"id": "c", "method": "GET", "url": "/v1.0/organization", "headers": {"client-request-id": "mine"}},
            {
                "id": "d",
                "method": "PATCH",
                "url": "/users/mona@contoso.com",
                "body": {"department": "IT"},
                "headers": {"content-type": "application/json"},
            },
        )
        assert {key: value["status"] for key, value in answers.items()} == {"a": 200, "b": 404, "c": 200, "d": 204}
        assert answers["b"]["body"]["error"]["code"] == "Request_ResourceNotFound"
        assert answers["c"]["headers"]["client-request-id"] == "mine"
        assert "body" not in answers["d"]
        counts = {item["template"]: item["count"] for item in (await sandbox.control("GET", "requests"))["counts"]}
        assert (counts["/$batch"], counts["/organization"]) == (1, 1)


async def test_depends_on_is_kept_and_a_failure_is_handed_on():
    async with running_sandbox() as sandbox:
        answers = await sandbox.batch(
            {"id": "3", "method": "GET", "url": "/organization", "dependsOn": ["2"]},
            {"id": "2", "method": "GET", "url": "/users/nobody@contoso.com", "dependsOn": ["1"]},
            {"id": "1", "method": "GET", "url": "/users/helga@contoso.com"},
        )
        assert {key: value["status"] for key, value in answers.items()} == {"1": 200, "2": 404, "3": 424}
        assert list(answers) == ["1", "2", "3"]


_GOOD = {"id": "1", "method": "GET", "url": "/organization"}


@pytest.mark.parametrize(
    "members",
    [
        [],
        [_GOOD, _GOOD],
        [{**_GOOD, "id": str(n)} for n in range(21)],
        [{"id": "1", "method": "GET"}],
        [{**_GOOD, "id": 1}],
        [{**_GOOD, "method": "BREW"}],
        [{**_GOOD, "url": "https://graph.microsoft.com/v1.0/organization"}],
        [{**_GOOD, "dependsOn": ["9"]}],
        [{**_GOOD, "dependsOn": ["1"]}],
        [{**_GOOD, "method": "PATCH", "body": {"a": 1}}],
        ["nonsense"],
    ],
)
async def test_a_malformed_batch_is_400_as_a_whole(members: list[object]):
    async with running_sandbox() as sandbox:
        reply = await sandbox.post("/$batch", {"requests": members})
        assert (reply.status, reply.code) == (400, "BadRequest")


_ids = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1, max_size=6)


@given(ids=_ids, data=st.data())
def test_any_order_of_dependencies_comes_to_an_end(ids: list[str], data: st.DataObject):
    needs = {
        key: data.draw(st.lists(st.sampled_from(ids[: index + 1][:-1] or ["-"]), max_size=2))
        for index, key in enumerate(ids)
    }
    members = [{**_GOOD, "id": key, "dependsOn": [n for n in needed if n != "-"]} for key, needed in needs.items()]
    shuffled = data.draw(st.permutations(members))

    async def run() -> None:
        async with running_sandbox() as sandbox:
            answers = await sandbox.batch(*shuffled)
            order = list(answers)
            assert all(order.index(n) < order.index(m["id"]) for m in members for n in m["dependsOn"])

    asyncio.run(run())


@given(st.text(max_size=40))
def test_any_text_is_a_filter_or_a_400(text: str):
    try:
        parsed = parse(text)
    except GraphFailure as failure:
        parsed = None
        status = failure.status
    assert status == 400 if parsed is None else parsed.test(lambda _: None) in (True, False)


_atoms = st.sampled_from(
    [
        ("a eq 'x'", True),
        ("b eq 'x'", False),
        ("startswith(a,'x')", True),
        ("a in ('y')", False),
        ("l/any(v:v eq 'q')", True),
    ]
)
_trees = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: (f"({two[0][0]}) and ({two[1][0]})", two[0][1] and two[1][1])),
        st.tuples(inner, inner).map(lambda two: (f"({two[0][0]}) or ({two[1][0]})", two[0][1] or two[1][1])),
        inner.map(lambda one: (f"not ({one[0]})", not one[1])),
    ),
    max_leaves=8,
)


@given(_trees)
def test_filters_mean_what_they_say(tree: tuple[str, bool]):
    values = {"a": "X", "b": "y", "l": ["p", "Q"]}
    assert parse(tree[0]).test(values.get) is tree[1]


async def test_an_index_is_used_only_where_every_hit_must_match():
    assert parse("a eq 'x' and b eq 'y'").equals == (("a", "x"), ("b", "y"))
    assert parse("a eq 'x' or b eq 'y'").equals == ()
    assert parse("not (a eq 'x')").equals == ()


async def test_a_fault_wears_out_and_reaches_batch_members():
    async with running_sandbox() as sandbox:
        rule = {"method": "GET", "path": "/mailboxSettings$", "status": 429, "retry_after": 7, "times": 1}
        await sandbox.control("POST", "faults", rule)
        member = {"id": "1", "method": "GET", "url": "/users/helga@contoso.com/mailboxSettings"}
        throttled = (await sandbox.batch(member))["1"]
        assert (throttled["status"], throttled["headers"]["Retry-After"]) == (429, "7")
        assert (await sandbox.batch(member))["1"]["status"] == 200
        await sandbox.control("DELETE", "faults")
        assert (await sandbox.control("GET", "faults"))["faults"] == []


async def test_an_answer_can_be_lost_after_the_work_was_done():
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "faults", {"method": "PATCH", "status": 504, "after": True, "times": 1})
        assert (await sandbox.patch("/users/helga@contoso.com", {"department": "IT"})).status == 504
        assert (await sandbox.get("/users/helga@contoso.com?$select=department")).body["department"] == "IT"


async def test_the_connection_can_be_cut():
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "faults", {"path": "/organization", "reset": True, "times": 1})
        with pytest.raises(aiohttp.ClientError):
            await sandbox.get("/organization")
        assert (await sandbox.get("/organization")).status == 200


@pytest.mark.parametrize(
    ("scenario", "status"),
    [("graph-down", 503), ("graph-html", 502), ("throttled", 429), ("forbidden", 403)],
)
async def test_graph_in_trouble(scenario: str, status: int):
    async with running_sandbox(scenario) as sandbox:
        reply = await sandbox.get("/users/helga@contoso.com")
        assert reply.status == status
        batch = await sandbox.post("/$batch", {"requests": [_GOOD]})
        members = [member["status"] for member in batch.body["responses"]] if batch.status == 200 else [batch.status]
        assert members == [status]
        assert ("<html" in reply.body) == (scenario == "graph-html")
        assert ("Retry-After" in reply.headers) == (scenario == "throttled")


async def test_graph_slow_slows_the_members_of_a_batch_but_not_the_batch_again():
    async with running_sandbox("graph-slow") as sandbox:
        rule = (await sandbox.control("GET", "faults"))["faults"][0]
        assert rule["delay_seconds"] == 10.0
        matching = FaultRule(path=rule["path"])
        assert matching.matches("GET", "/users/helga@contoso.com")
        assert not matching.matches("POST", "/$batch")


@pytest.mark.parametrize(
    "rule", [{"path": "("}, {"status": 200}, {"colour": "red"}, {"times": "x"}, {"probability": 2}, {"status": True}]
)
async def test_a_bad_fault_is_named(rule: dict[str, object]):
    async with running_sandbox() as sandbox, sandbox.client.post("/sandbox/faults", json=rule) as response:
        assert response.status == 400
        assert (await response.json())["error"]
