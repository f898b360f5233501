"""The plan of faults: a share of all requests goes wrong, the same ones for the same seed; and what the kinds do."""

import asyncio
import json

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from support.fake_bot import FakeBot
from support.sandbox_app import E3, JANE, running_sandbox

from sandbox.faultplan import CONNECTOR, GRAPH, FaultPlan, Terms

HELGA = "/users/helga@contoso.com"
PERSONAL = "/connector/v3/conversations/a:helga-personal/activities"


def fates(seed: int, requests: list[str]) -> list[str]:
    plan = FaultPlan()
    plan.set(Terms(seed, 0.3))
    return [mishap.kind if (mishap := plan.draw("graph", GRAPH, one)) else "" for one in requests]


def test_one_seed_gives_each_request_its_fate_whatever_comes_between():
    alone = fates(7, ["GET /users/a"] * 40)
    mixed = fates(7, ["GET /users/a", "GET /users/b"] * 40)
    assert mixed[::2] == alone
    assert "" in alone
    assert set(alone) - {""}
    assert fates(8, ["GET /users/a"] * 40) != alone


async def test_one_control_sets_the_plan_and_tells_what_struck():
    async with running_sandbox() as sandbox:
        plan = {"seed": 3, "share": 1, "weights": {**dict.fromkeys(GRAPH, 0), "error": 1}}
        await sandbox.control("POST", "faults/plan", plan)
        statuses = {(await sandbox.get(HELGA)).status for _ in range(20)}
        assert statuses <= {500, 502, 503, 504}
        assert len(statuses) > 1
        told = await sandbox.control("GET", "faults/plan")
        assert told["plan"]["seed"] == 3
        assert sum(told["hits"]["graph"].values()) == 20
        await sandbox.control("POST", "faults/plan", {})
        assert (await sandbox.get(HELGA)).status == 200


async def test_every_member_of_a_batch_has_its_own_fate():
    async with running_sandbox() as sandbox:
        weights = {**dict.fromkeys(GRAPH, 0), "throttled_bare": 1}
        await sandbox.control("POST", "faults/plan", {"seed": 2, "share": 0.5, "weights": weights})
        members = [{"id": str(number), "method": "GET", "url": f"{HELGA}?n={number}"} for number in range(20)]
        while (reply := await sandbox.post("/$batch", {"requests": members})).status != 200:
            assert reply.status == 429
        assert {one["status"] for one in reply.body["responses"]} == {200, 429}


@pytest.mark.parametrize(
    "body",
    [{"share": 2}, {"share": "all"}, {"seed": 1.5}, {"weights": {"flood": 1}}, {"weights": []}, {"colour": 1}],
)
async def test_a_plan_that_makes_no_sense_changes_nothing(body: dict[str, object]):
    async with running_sandbox() as sandbox, sandbox.client.post("/sandbox/faults/plan", json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]
        assert (await sandbox.get(HELGA)).status == 200


async def test_a_write_succeeds_and_reads_show_the_old_state_for_a_while():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        await sandbox.control("POST", "faults", {"path": "assignLicense", "hidden_seconds": 60, "times": 1})
        path = "/users/jane@contoso.com?$select=assignedLicenses"
        assert (await sandbox.license("jane@contoso.com", E3)).status == 200
        assert (await sandbox.get(path)).body["assignedLicenses"] == []
        sandbox.clock.advance(61)
        assert (await sandbox.get(path)).body["assignedLicenses"][0]["skuId"] == E3


async def test_a_new_account_is_not_found_for_a_while_and_its_name_is_taken():
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "faults", {"method": "POST", "hidden_seconds": 60, "times": 1})
        made = await sandbox.post("/users", JANE)
        assert made.status == 201
        assert (await sandbox.get(f"/users/{made.body['id']}")).status == 404
        assert (await sandbox.post("/users", JANE)).status == 400
        sandbox.clock.advance(61)
        assert (await sandbox.get(f"/users/{made.body['id']}")).status == 200


async def test_half_an_answer_comes_as_if_it_were_whole_or_breaks_off():
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "faults", {"truncate": True, "times": 1})
        with pytest.raises(json.JSONDecodeError):
            await sandbox.get(HELGA)
        await sandbox.control("POST", "faults", {"truncate": True, "reset": True, "times": 1})
        with pytest.raises(aiohttp.ClientPayloadError):
            await sandbox.get(HELGA)


async def test_teams_brings_an_activity_twice_and_one_before_another():
    bot = FakeBot()
    async with TestServer(bot.application()) as server, running_sandbox() as sandbox:
        url = str(server.make_url("/api/messages"))
        await sandbox.client.put("/chat/bot", json={"url": url})
        weights = {**dict.fromkeys({*GRAPH, *CONNECTOR}, 0), "overtaken": 0}
        await sandbox.control("POST", "faults/plan", {"share": 1, "weights": weights})
        said = {"as": "helga", "conversation": "personal", "text": "help"}
        await sandbox.client.post("/chat/messages", json=said)
        brought: list[str] = []
        for _ in range(1000):
            brought = [one["id"] for one in bot.received if one.get("text") == "help"]
            if len(brought) > 1:
                break
            await asyncio.sleep(0.02)
        assert brought[0] == brought[1]
        assert (await sandbox.control("GET", "faults/plan"))["hits"]["delivery"]["duplicated"] >= 1


@pytest.mark.parametrize(("kind", "status", "is_taken"), [("html", 502, False), ("truncate", 201, True)])
async def test_the_connector_answers_with_a_page_or_half_an_answer(kind: str, status: int, is_taken: bool):
    async with running_sandbox() as sandbox:
        fault = {"kind": kind, "status": status}
        await sandbox.client.post("/sandbox/connector/faults", json={"faults": [fault]})
        async with sandbox.client.post(PERSONAL, json={"type": "message", "text": "Hello"}) as response:
            assert response.status == status
            with pytest.raises(json.JSONDecodeError):
                json.loads(await response.text())
        async with sandbox.client.get("/chat/messages?as=helga&conversation=personal") as response:
            assert bool((await response.json())["messages"]) is is_taken
