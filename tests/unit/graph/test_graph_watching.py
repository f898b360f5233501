"""What is seen of Graph from outside: each request by its template, and each exchange with an id to ask about."""

from collections import Counter

import pytest
from support.graph_app import NOT_FOUND, Reply, ScriptedGraph

from graph import requests
from graph.client import open_client
from graph.credentials import StaticCredential
from graph.limits import BATCHES, WRITES, Limit
from graph.pacing import Pacer
from graph.retry import Policy
from provisioning.errors import GraphUnavailable
from provisioning.priority import Priority, done_as
from provisioning.tally import Tally

FAST = Policy(tries=3, budget=5, first_wait=0.001)


class Counted(Tally):
    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self.waits: list[tuple[str, Priority, float]] = []

    def graph_answered(self, method, path, outcome):
        self.requests[method, path, outcome] += 1

    def graph_waited(self, limit, urgency, seconds):
        self.waits.append((limit, urgency, seconds))


@pytest.fixture
def counted():
    return Counted()


@pytest.fixture
async def graph():
    async with ScriptedGraph() as scripted:
        yield scripted


@pytest.fixture
async def client(graph, counted):
    async with open_client(graph.base_url, StaticCredential(), timeout=0.3, policy=FAST, tally=counted) as opened:
        yield opened


async def test_each_try_is_counted_and_has_a_client_request_id_of_its_own(graph, client, counted):
    graph.on("GET", "/users/jane@contoso.com", Reply(429), Reply(200, "<html>"), Reply(200, {"id": "1"}))
    await client.send(requests.account(client.api, "jane@contoso.com"))
    path = "/users/{user-id}"
    assert counted.requests == {("GET", path, "throttled"): 1, ("GET", path, "unreadable"): 1, ("GET", path, "2xx"): 1}
    assert len({asked.headers["client-request-id"] for asked in graph.asked}) == 3


async def test_members_of_a_batch_are_counted_singly_and_the_batch_is_not(graph, client, counted):
    graph.on("GET", "/users/jane", Reply(200, {"id": "1"}))
    graph.on("GET", "/users/mona", NOT_FOUND)
    asked = [requests.account(client.api, "jane"), requests.account(client.api, "mona"), requests.skus(client.api)]
    graph.on("GET", "/subscribedSkus", Reply(503), Reply(200, {"value": []}))
    await client.batch(asked)
    users = "/users/{user-id}"
    assert counted.requests == {
        ("GET", users, "2xx"): 1,
        ("GET", users, "4xx"): 1,
        ("GET", "/subscribedSkus", "5xx"): 1,
        ("GET", "/subscribedSkus", "2xx"): 1,
    }


async def test_what_a_batch_that_fails_as_a_whole_carried_is_counted_by_its_failure(graph, client, counted):
    graph.on("POST", "/$batch", Reply(503))
    with pytest.raises(GraphUnavailable):
        await client.batch([requests.account(client.api, "jane"), requests.skus(client.api)])
    assert counted.requests == {("GET", "/users/{user-id}", "5xx"): 3, ("GET", "/subscribedSkus", "5xx"): 3}


async def test_silence_is_counted(graph, client, counted):
    graph.on("POST", "/users", Reply(201, seconds=5))
    with pytest.raises(GraphUnavailable):
        await client.send(requests.create_account(client.api, {"displayName": "Jane"}))
    assert counted.requests == {("POST", "/users", "no_answer"): 1}


async def test_a_wait_is_told_with_its_limit_and_without_whose_mailbox(counted):
    pacer = Pacer({WRITES: Limit(200, 10), BATCHES: Limit(at_once=4)}, tally=counted)
    with done_as(Priority.WORK):
        for _ in range(9):
            async with pacer.turn({WRITES: 1, BATCHES: 1}):
                pass
    limits, urgencies, seconds = zip(*counted.waits, strict=True)
    assert set(limits) == {WRITES}
    assert set(urgencies) == {Priority.WORK}
    assert min(seconds) > 0
