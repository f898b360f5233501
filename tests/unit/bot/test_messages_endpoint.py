"""POST /api/messages: what is let in, and what bad input is answered (botbuilder 4.17.1: 500 to most of these).

The faults of botbuilder 4.17.1 that touch the edge, and where each is shown not to be ours:

- a rotated key stays unknown for a day; keys are fetched on the event loop: here, and test_admission.py
- bad tokens, JSON, types of content and shapes are 500: here, and test_admission.py
- a missing Authorization header is 500 beside an emulator: here
- a managed identity that fails is a KeyError, so 404: test_managed_identity.py
- a wrong APP_TYPE is taken for another, and nothing is checked without APP_ID: test_settings.py
- the answer to Action.Execute is serialised twice, so 500: test_turns.py
- a mention without `recipient` or `text` fails or stays, an Action.Submit has no text: test_turns.py
- nothing is sent again with urllib3 2, the turn's service URL is not used, connections are not kept: test_connector.py
- `tenantId` and what entities have more is lost: test_wire.py
"""

import asyncio
import base64
import json
import time
from dataclasses import replace

import jwt
import pytest
from support.activities import OTHER_TENANT_ID, activity, click
from support.edge import CARD
from support.tokens import APP_ID, ISSUER, mint, new_key

from handlers.requests import Reply

JSON = "application/json"


async def test_a_good_token_is_let_in_and_the_card_arrives_unbroken(secure):
    status, _ = await secure.post(activity(secure.connector.url))
    assert status == 200
    [call] = secure.connector.calls
    assert call.card["body"][0]["items"][0]["text"] == "Grüße 🎉"  # nested, not a JSON string
    assert call.body["summary"] == "A card"
    assert call.authorization == "Bearer outbound-1"


async def test_one_key_fetch_one_token_one_connection_for_many_turns(secure):
    for _ in range(5):
        await secure.post(activity(secure.connector.url))
    assert (secure.tokens.counts["keys"], secure.tokens.counts["token"]) == (1, 1)
    assert secure.connector.connections == 1


def tampered(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "exp": claims["exp"] + 9999}).encode()).rstrip(b"=")
    return f"{head}.{forged.decode()}.{signature}"


def signed_with_a_secret(service_url: str) -> str:
    claims = {"iss": ISSUER, "aud": APP_ID, "serviceurl": service_url, "exp": 9e9, "nbf": 0}
    return jwt.encode(claims, "s" * 64, algorithm="HS256", headers={"kid": "k1"})


BAD_TOKENS = {
    "expired": lambda url: mint(new_key("k1"), url, lives=-301),
    "not yet": lambda url: mint(new_key("k1"), url, nbf=int(time.time()) + 400),
    "forged": lambda url: tampered(mint(new_key("k1"), url)),
    "another key": lambda url: mint(new_key("unpublished"), url),
    "another key under a known id": lambda url: mint(replace(new_key("impostor"), id="k1"), url),
    "another audience": lambda url: mint(new_key("k1"), url, app_id="6f0e1d2c-9999-4000-8000-000000000000"),
    "another issuer": lambda url: mint(new_key("k1"), url, iss="https://evil.example"),
    "another service": lambda url: mint(new_key("k1"), "https://evil.example/"),
    "no service": lambda url: mint(new_key("k1"), url, serviceurl=None),
    "no end": lambda url: mint(new_key("k1"), url, exp=None),
    "no audience": lambda url: mint(new_key("k1"), url, aud=None),
    "alg none": lambda url: jwt.encode({"aud": "x"}, None, algorithm="none", headers={"kid": "k1"}),
    "alg HS256": signed_with_a_secret,
    "garbage": lambda url: "garbage",
    "three parts of garbage": lambda url: "a.b.c",
    "not text": lambda url: "é.ü.ß",
    "huge": lambda url: "a" * 7000,
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
async def test_a_bad_token_is_401(secure, kind):
    token = BAD_TOKENS[kind](secure.connector.url)
    status, _ = await secure.post(activity(secure.connector.url), Authorization=f"Bearer {token}")
    assert status == 401
    assert secure.requests == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz"])
async def test_no_bearer_token_is_401(secure, header):
    status, _ = await secure.post(activity(secure.connector.url), Authorization=header)
    assert status == 401


async def test_a_little_difference_of_clocks_is_forgiven(secure):
    header = secure.tokens.header(secure.connector.url, lives=-200)
    status, _ = await secure.post(activity(secure.connector.url), Authorization=header)
    assert status == 200


async def test_a_key_not_endorsed_for_teams_is_403(secure):
    secure.tokens.publish(new_key("webchat-only", "webchat"))
    header = secure.tokens.header(secure.connector.url)
    status, _ = await secure.post(activity(secure.connector.url), Authorization=header)
    assert status == 403


async def test_a_rotated_key_is_known_at_once_and_unknown_ones_do_not_make_us_ask_again(secure):
    assert (await secure.post(activity(secure.connector.url)))[0] == 200
    secure.tokens.publish(new_key("k2"))
    header = secure.tokens.header(secure.connector.url)
    assert (await secure.post(activity(secure.connector.url), Authorization=header))[0] == 200
    assert secure.tokens.counts["keys"] == 2
    withdrawn = f"Bearer {mint(new_key('k1'), secure.connector.url)}"
    for _ in range(5):
        assert (await secure.post(activity(secure.connector.url), Authorization=withdrawn))[0] == 401
    assert secure.tokens.counts["keys"] == 2


async def test_fetching_keys_does_not_hold_up_the_rest(secure):
    secure.tokens.hold.clear()
    waiting = asyncio.create_task(secure.post(activity(secure.connector.url)))
    async with secure.session.get(f"{secure.url}/healthz") as response:
        assert response.status == 200
    assert not waiting.done()
    secure.tokens.hold.set()
    assert (await waiting)[0] == 200


async def test_no_keys_to_be_had_is_503(secure):
    secure.tokens.is_down = True
    assert (await secure.post(activity(secure.connector.url)))[0] == 503


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"type": 3}',
        b"[" * 100_000,
        b'{"type":"message"}',
    ],
)
async def test_what_is_no_activity_is_400(edge, body):
    assert await edge.send(body, **{"Content-Type": JSON}) == 400


@pytest.mark.parametrize(
    "change",
    [
        {"from_": "helga"},
        {"conversation": None},
        {"conversation": {"id": ""}},
        {"conversation": []},
        {"serviceUrl": None},
        {"recipient": 7},
        {"timestamp": "yesterday"},
        {"text": {"a": 1}},
        {"entities": {"type": "mention"}},
        {"entities": ["x"]},
        {"membersAdded": "all"},
    ],
)
async def test_an_activity_of_wrong_shape_is_400(edge, change):
    assert (await edge.post(activity(edge.connector.url, **change)))[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"channelData": "x"},
        {"channelData": {"tenant": "x"}},
        {"from_": None},
        {"recipient": None},
        {"entities": [{"type": "mention"}]},
        {"entities": [{"type": "mention", "mentioned": 3, "text": 4}]},
        {"value": [1]},
        {"value": {"verb": 3}},
        {"type": "unheard-of"},
        {"type": "invoke"},
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "conversationUpdate", "membersAdded": [{"id": "x"}]},
    ],
)
async def test_odd_activities_are_never_500(edge, change):
    assert (await edge.post(activity(edge.connector.url, **change)))[0] in (200, 501)


async def test_a_huge_body_is_413(edge):
    body = json.dumps(activity(edge.connector.url, text="x" * 300_000))
    assert await edge.send(body, **{"Content-Type": JSON}) == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_another_content_type_is_415(edge, content_type):
    assert await edge.send(b"{}", **({"Content-Type": content_type} if content_type else {})) == 415


async def test_no_content_type_at_all_is_415(edge):
    host, port = edge.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 415 ")


async def test_get_is_405(edge):
    async with edge.session.get(f"{edge.url}/api/messages") as response:
        assert response.status == 405


async def test_without_tokens_only_this_machine_is_served(edge):
    status, _ = await edge.post(activity("https://smba.trafficmanager.net/emea/"))
    assert status == 403
    assert edge.requests == []


@pytest.mark.parametrize(
    "change",
    [
        {"channelData": {"tenant": {"id": OTHER_TENANT_ID}}},
        {"channelData": None, "conversation": {"id": "a:x", "tenantId": OTHER_TENANT_ID}},
        {"channelData": None, "conversation": {"id": "a:x"}},
        {"from_": {"id": "29:otto", "name": "Otto", "aadObjectId": "x", "tenantId": OTHER_TENANT_ID}},
    ],
)
async def test_people_of_other_tenants_are_told_so(edge, change):
    await edge.post(activity(edge.connector.url, **change))
    assert "another organization" in edge.connector.calls[0].body["summary"]
    status, body = await edge.post(click(edge.connector.url, "refresh", **change))
    assert (status, body["statusCode"], body["type"]) == (200, 403, "application/vnd.microsoft.error")
    assert edge.requests == []


async def test_someone_without_an_id_is_told_so(edge):
    await edge.post(activity(edge.connector.url, from_={"id": "29:guest", "name": "Guest"}))
    assert "who you are" in edge.connector.calls[0].body["summary"]
    assert edge.requests == []


async def test_an_activity_that_teams_brings_twice_is_one_turn_with_one_answer(edge):
    async def take_a_moment(_):
        await asyncio.sleep(0.05)
        return Reply(card=CARD)

    edge.handler = take_a_moment
    same = activity(edge.connector.url, text="help")
    beside = await asyncio.gather(edge.post(same), edge.post(same))
    assert [*beside, await edge.post(same)] == [(200, None)] * 3
    assert len(edge.requests) == len(edge.connector.calls) == 1
    await edge.post({**same, "id": "another"})
    assert len(edge.requests) == 2


async def test_a_click_that_teams_brings_twice_gets_the_same_answer(edge):
    same = click(edge.connector.url, "status")
    first, second = await edge.post(same), await edge.post(same)
    assert first == second
    assert first[0] == 200
    assert len(edge.requests) == 1
    elsewhere = {**same, "from": {**same["from"], "id": "29:mona"}}
    await edge.post(elsewhere)
    assert len(edge.requests) == 2


async def test_a_click_that_failed_may_be_tried_again(edge):
    async def break_once(_):
        edge.handler = None
        raise RuntimeError("broken")

    edge.handler = break_once
    same = click(edge.connector.url, "status")
    assert (await edge.post(same))[0] == 500
    assert (await edge.post(same))[0] == 200
