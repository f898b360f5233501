"""Faults of the connector: what a bot meets on a bad day."""

import aiohttp
import pytest
from support.chat import Teams

from sandbox.connector.faults import Fault, Faults, parse_fault
from sandbox.people import HELGA, MONA

HELLO = {"type": "message", "text": "Hello"}
FAULTS = "/sandbox/connector/faults"
PERSONAL = f"/connector/v3/conversations/{HELGA.personal_chat}/activities"


async def test_throttling_ends_by_itself(teams: Teams) -> None:
    fault = {"kind": "status", "status": 429, "retryAfter": 2, "times": 2, "methods": ["post"]}
    await teams.call("POST", FAULTS, {"faults": [fault]})
    for _ in range(2):
        async with teams.session.post(teams.url + PERSONAL, json=HELLO) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "2")
            assert (await response.json())["error"]["code"] == "Throttled"
    await teams.call("POST", PERSONAL, HELLO, 201)
    assert (await teams.call("GET", FAULTS))["faults"] == []
    statuses = [(one["status"], one["fault"]) for one in (await teams.log())["received"]]
    assert statuses == [(429, "status"), (429, "status"), (201, "")]
    assert len(await teams.messages("helga", "personal")) == 1


async def test_an_answer_lost_after_the_deed(teams: Teams) -> None:
    await teams.call("POST", FAULTS, {"faults": [{"kind": "drop", "after": True}]})
    with pytest.raises(aiohttp.ClientError):
        await teams.call("POST", PERSONAL, HELLO)
    assert len(await teams.messages("helga", "personal")) == 1


async def test_a_dropped_request_does_nothing(teams: Teams) -> None:
    await teams.call("POST", FAULTS, {"faults": [{"kind": "drop"}]})
    with pytest.raises(aiohttp.ClientError):
        await teams.call("POST", PERSONAL, HELLO)
    assert await teams.messages("helga", "personal") == []


async def test_a_fault_for_one_conversation_after_some_requests(teams: Teams) -> None:
    fault = {"kind": "status", "status": 502, "conversation": HELGA.personal_chat, "skip": 1}
    await teams.call("POST", FAULTS, {"faults": [fault]})
    await teams.call("POST", f"/connector/v3/conversations/{MONA.personal_chat}/activities", HELLO, 201)
    await teams.call("POST", PERSONAL, HELLO, 201)
    await teams.call("POST", PERSONAL, HELLO, 502)
    await teams.call("POST", PERSONAL, HELLO, 201)


async def test_a_delay_only_delays(teams: Teams) -> None:
    await teams.call("POST", FAULTS, {"faults": [{"kind": "delay", "seconds": 0.01}]})
    await teams.call("POST", PERSONAL, HELLO, 201)


@pytest.mark.parametrize("body", [{}, {"faults": [{"kind": "flood"}]}, {"faults": [{"kind": "drop", "colour": 1}]}, []])
async def test_faults_that_make_no_sense(teams: Teams, body: object) -> None:
    answer = await teams.call("POST", FAULTS, body, 400)
    assert answer["error"]["code"] == "BadRequest"


async def test_the_log_can_be_emptied(teams: Teams) -> None:
    await teams.call("POST", PERSONAL, HELLO, 201)
    await teams.call("DELETE", "/sandbox/connector/log")
    assert await teams.log() == {"counters": {}, "received": [], "delivered": []}


def test_threads_match_their_channel() -> None:
    fault = Fault("status", conversation="19:joiners@thread.tacv2")
    assert fault.matches("POST", "19:joiners@thread.tacv2;messageid=7")
    assert not fault.matches("POST", "19:other@thread.tacv2")


def test_the_first_fault_that_matches_is_taken() -> None:
    faults = Faults()
    faults.set([parse_fault({"kind": "status", "methods": ["PUT"]}), parse_fault({"kind": "drop", "times": 2})])
    taken = [faults.take(method, "a:x") for method in ("POST", "PUT", "PUT", "PUT")]
    assert [one.kind if one else None for one in taken] == ["drop", "status", "drop", None]
