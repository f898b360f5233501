"""The line to Graph over real HTTP: answers, failures, retries, tokens."""

import asyncio
import logging

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from support.graph_app import Reply, ScriptedGraph

from graph import requests
from graph.client import open_client
from graph.credentials import LOCAL_TOKEN, StaticCredential
from graph.retry import Policy
from provisioning.errors import GraphDenied, GraphNotFound, GraphRejected, GraphThrottled, GraphUnavailable

FAST = Policy(tries=3, budget=5, first_wait=0.001)
BUSY = Reply(429, {"error": {"code": "TooManyRequests", "message": "busy"}}, {"Retry-After": "0"})
DOWN = Reply(503, {"error": {"code": "ServiceNotAvailable", "message": "down"}})
TENANT = Reply(200, {"value": [{"id": "t"}]})


@pytest.fixture
async def graph():
    async with ScriptedGraph() as scripted:
        yield scripted


@pytest.fixture
async def client(graph):
    async with open_client(graph.base_url, StaticCredential(), timeout=5, policy=FAST) as opened:
        yield opened


async def test_a_get_is_plain_json(graph, client):
    graph.on("GET", "/organization", TENANT)
    assert await client.send(requests.organization(client.api, ["id"])) == {"value": [{"id": "t"}]}
    asked = graph.asked[0]
    assert asked.query == "$select=id"
    assert asked.headers["authorization"] == f"Bearer {LOCAL_TOKEN}"


async def test_a_base_url_with_a_slash_makes_no_double_one(graph):
    graph.on("GET", "/organization", TENANT)
    async with open_client(graph.base_url + "/", StaticCredential()) as client:
        await client.send(requests.organization(client.api))
    assert graph.asked[0].path == "/organization"


async def test_204_is_none(graph, client):
    graph.on("PATCH", "/users/1", Reply(204))
    assert await client.send(requests.update_account(client.api, "1", {"usageLocation": "US"})) is None


async def test_a_read_is_tried_again(graph, client):
    graph.on("GET", "/subscribedSkus", BUSY, DOWN, Reply(200, {"value": []}))
    assert await client.send(requests.skus(client.api)) == {"value": []}
    assert len(graph.asked) == 3


async def test_patience_ends(graph, client):
    graph.on("GET", "/subscribedSkus", BUSY)
    with pytest.raises(GraphThrottled):
        await client.send(requests.skus(client.api))
    assert len(graph.asked) == FAST.tries


async def test_a_long_retry_after_is_told_and_not_waited_for(graph, client):
    graph.on("GET", "/subscribedSkus", Reply(429, None, {"Retry-After": "120"}))
    with pytest.raises(GraphThrottled, match="in 120 seconds"):
        await client.send(requests.skus(client.api))
    assert len(graph.asked) == 1


@pytest.mark.parametrize("failure", [BUSY, DOWN, Reply(504), Reply(200, "<html>")])
async def test_a_write_is_sent_once(graph, client, failure):
    graph.on("POST", "/users", failure)
    with pytest.raises(GraphUnavailable):
        await client.send(requests.create_account(client.api, {"displayName": "Jane"}))
    assert len(graph.asked) == 1


async def test_refusals_are_not_tried_again(graph, client):
    graph.on("GET", "/subscribedSkus", Reply(400, {"error": {"code": "BadRequest", "message": "no"}}))
    with pytest.raises(GraphRejected):
        await client.send(requests.skus(client.api))
    assert len(graph.asked) == 1


async def test_no_answer_in_time(graph):
    graph.on("GET", "/organization", Reply(200, {}, seconds=30))
    async with open_client(graph.base_url, StaticCredential(), timeout=0.2, policy=Policy(tries=1)) as client:
        with pytest.raises(GraphUnavailable, match=r"did not answer within 0\.2 seconds"):
            await client.send(requests.organization(client.api))


async def test_nobody_listens(free_port):
    async with open_client(
        f"http://127.0.0.1:{free_port()}/v1.0", StaticCredential(), policy=Policy(tries=1)
    ) as client:
        with pytest.raises(GraphUnavailable, match="could not be reached"):
            await client.send(requests.organization(client.api))


@pytest.mark.parametrize("said", [b"", b"this is not HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
async def test_a_server_that_does_not_speak_http(said):
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0"
    async with server, open_client(base_url, StaticCredential(), policy=Policy(tries=1)) as client:
        with pytest.raises(GraphUnavailable, match="broke off"):
            await client.send(requests.organization(client.api))


async def test_a_batch_is_one_post_and_keeps_its_order(graph, client):
    graph.on("GET", "/organization", TENANT)
    graph.on("GET", "/subscribedSkus", Reply(200, {"value": []}, {"X-One": "1"}))
    skus, nobody, tenant = await client.batch(
        [requests.skus(client.api), requests.account(client.api, "nobody"), requests.organization(client.api)]
    )
    assert (skus.status, skus.body, skus.headers["x-one"]) == (200, {"value": []}, "1")
    assert (nobody.status, nobody.ok) == (404, False)
    assert tenant.body == {"value": [{"id": "t"}]}
    assert tenant.headers["date"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert len(graph.posts()) == 1


async def test_45_reads_are_3_posts(graph, client):
    answers = await client.batch([requests.mailbox(client.api, str(n)) for n in range(45)])
    assert len(answers) == 45
    assert [len(post.body["requests"]) for post in graph.posts()] == [20, 20, 5]


async def test_only_the_unlucky_members_are_asked_again(graph, client):
    graph.on("GET", "/organization", TENANT)
    graph.on("GET", "/subscribedSkus", BUSY, Reply(200, {"value": []}))
    _, skus = await client.batch([requests.organization(client.api), requests.skus(client.api)])
    assert skus.status == 200
    assert [len(post.body["requests"]) for post in graph.posts()] == [2, 1]


async def test_an_unlucky_member_stays_so_when_patience_ends(graph, client):
    graph.on("GET", "/organization", TENANT)
    graph.on("GET", "/subscribedSkus", DOWN)
    tenant, skus = await client.batch([requests.organization(client.api), requests.skus(client.api)])
    assert (tenant.status, skus.status) == (200, 503)
    assert len(graph.posts()) == FAST.tries


async def test_a_batch_with_a_write_is_sent_once(graph, client):
    graph.on("POST", "/users", DOWN)
    create = requests.create_account(client.api, {"displayName": "Jane"})
    answers = await client.batch([create, requests.skus(client.api)], in_order=True)
    assert [answer.status for answer in answers] == [503, 404]
    assert len(graph.posts()) == 1
    assert graph.posts()[0].body["requests"][1]["dependsOn"] == ["0"]


async def test_a_batch_of_reads_that_fails_as_a_whole_is_tried_again(graph, client):
    graph.on("POST", "/$batch", Reply(503, "<html>"), Reply(200, {"responses": [{"id": "0", "status": 200}]}))
    answers = await client.batch([requests.skus(client.api)])
    assert answers[0].status == 200


async def test_an_empty_batch_asks_nothing(graph, client):
    assert await client.batch([]) == []
    assert graph.asked == []


class Recorder:
    """A credential that notes what it is asked for."""

    def __init__(self):
        self.scopes = []
        self.closed = False

    async def get_token(self, *scopes, **kwargs):
        self.scopes.append(scopes)
        return AccessToken("secret-token", 4102444800)

    async def close(self):
        self.closed = True


async def test_no_token_goes_to_another_host():
    seen = []

    async def listen(request):
        seen.append(dict(request.headers))
        return web.json_response({})

    app = web.Application()
    app.router.add_get("/{path:.*}", listen)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    credential = Recorder()
    async with open_client("https://graph.example/v1.0", credential) as client:
        foreign = f"http://127.0.0.1:{runner.addresses[0][1]}/v1.0/users?$skiptoken=1"
        await client.send(client.api.users.with_url(foreign).to_get_request_information())
    await runner.cleanup()
    assert len(seen) == 1
    assert "Authorization" not in seen[0]
    assert credential.scopes == []


async def test_a_redirect_is_not_followed(graph, client):
    graph.on("GET", "/organization", Reply(302, None, {"Location": f"{graph.root}/elsewhere"}))
    with pytest.raises(GraphUnavailable):
        await client.send(requests.organization(client.api))
    assert {asked.path for asked in graph.asked} == {"/organization"}


async def test_the_scope_is_the_hosts_own_and_the_credential_is_closed(graph):
    graph.on("GET", "/organization", TENANT)
    credential = Recorder()
    async with open_client(graph.base_url, credential) as client:
        await client.send(requests.organization(client.api))
    assert credential.scopes == [(f"{graph.root}/.default",)]
    assert credential.closed


def test_a_token_over_plain_http_to_the_network_is_refused():
    with pytest.raises(ValueError, match="must be https"):
        open_client("http://graph.example/v1.0", Recorder())


async def test_no_token_no_call(graph):
    class Refused(Recorder):
        async def get_token(self, *scopes, **kwargs):
            raise ClientAuthenticationError("AADSTS7000215: Invalid client secret provided.")

    async with open_client(graph.base_url, Refused(), policy=FAST) as client:
        with pytest.raises(GraphDenied, match="own sign-in"):
            await client.send(requests.organization(client.api))
    assert graph.asked == []


async def test_passwords_appear_in_no_error_and_no_log(graph, client, caplog):
    caplog.set_level(logging.DEBUG)
    graph.on("POST", "/users", Reply(400, {"error": {"code": "Request_BadRequest", "message": "weak"}}), DOWN)
    body = {"displayName": "Jane", **requests.password_profile("Hunter2!Hunter2!")}
    for _ in range(2):
        with pytest.raises((GraphRejected, GraphUnavailable)) as caught:
            await client.send(requests.create_account(client.api, body))
        assert "Hunter2" not in f"{caught.value!r} {caught.value.trace}"
    assert graph.asked[0].body["passwordProfile"]["password"] == "Hunter2!Hunter2!"
    assert "Hunter2" not in caplog.text
    assert LOCAL_TOKEN not in caplog.text


async def test_connections_are_closed(graph):
    graph.on("GET", "/organization", TENANT)
    client = open_client(graph.base_url, StaticCredential())
    await client.send(requests.organization(client.api))
    await client.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await client.send(requests.organization(client.api))


async def test_404_of_a_single_read(client):
    with pytest.raises(GraphNotFound, match="read the account"):
        await client.send(requests.account(client.api, "nobody@contoso.com"))


async def test_a_closed_limit_is_told_without_asking(graph, client):
    closed = Reply(429, None, {"Retry-After": "120", "x-ms-throttle-information": "ResourceUnitLimitExceeded"})
    graph.on("GET", "/subscribedSkus", closed)
    with pytest.raises(GraphThrottled):
        await client.send(requests.skus(client.api))
    with pytest.raises(GraphThrottled, match=r"in 1[12]\d seconds") as held:
        await client.send(requests.organization(client.api))
    assert "held back" in held.value.trace.message
    assert len(graph.asked) == 1


async def test_in_a_batch_only_what_is_closed_is_held_back(graph, client):
    graph.on("GET", "/subscribedSkus", Reply(429, None, {"Retry-After": "120"}))
    graph.on("GET", "/organization", TENANT)
    asked = [requests.skus(client.api), requests.organization(client.api)]
    await client.batch(asked)
    held, tenant = await client.batch(asked)
    assert (held.status, tenant.status) == (429, 200)
    assert float(held.headers["retry-after"]) > 100
    assert [one.path for one in graph.asked if one.in_batch].count("/subscribedSkus") == 1


async def test_a_batch_of_nothing_but_closed_is_not_sent(graph, client):
    graph.on("GET", "/subscribedSkus", Reply(429, None, {"Retry-After": "120"}))
    await client.batch([requests.skus(client.api)])
    assert [one.status for one in await client.batch([requests.skus(client.api)])] == [429]
    assert len(graph.posts()) == 1
