"""Whom the edge lets in, and that nothing is read of whom it does not; more in test_messages_endpoint.py."""

import asyncio
import gzip
import json
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.activities import OTHER_TENANT_ID, TENANT_ID, activity, click
from support.tokens import mint, new_key

JSON = {"Content-Type": "application/json"}


async def raw(edge, head: str, body: bytes = b"") -> int:
    """The status of what is written to the socket as it is; the body may never come."""
    host, port = edge.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
    async with asyncio.timeout(20):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(line.split()[1])


POST = "POST /api/messages HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/json"


async def test_a_bad_token_is_refused_before_the_body_has_come(secure):
    assert await raw(secure, f"{POST}\nAuthorization: Bearer x.y.z\nContent-Length: 1000") == 401
    assert await raw(secure, f"{POST}\nContent-Length: 99999999999") == 401


@pytest.mark.parametrize(("body", "kind"), [(b"{", "application/json"), (b"x" * 300_000, "text/plain")])
async def test_whatever_the_body_a_bad_token_is_401(secure, body, kind):
    assert await secure.send(body, **{"Content-Type": kind, "Authorization": "Bearer x.y.z"}) == 401


async def test_a_token_whose_header_is_nested_without_end_is_401(secure):
    header = "W1tb" * 1900  # base64 of [[[ and so on
    assert await secure.send(b"{}", **JSON, Authorization=f"Bearer {header}.e30.x") == 401


@pytest.mark.parametrize("channel", ["webchat", "directline", "emulator", "msteams-not", "", None])
async def test_with_tokens_only_teams_is_served(secure, channel):
    """A client of Direct Line writes `from` and `channelData` itself, and its token is a good one."""
    secure.tokens.publish(new_key("k3", "msteams", "webchat", "directline"))
    header = secure.tokens.header(secure.connector.url)
    for made in (activity, lambda url, **changes: click(url, "status", **changes)):
        status, _ = await secure.post(made(secure.connector.url, channelId=channel), Authorization=header)
        assert status == 403
    assert secure.requests == []
    assert secure.connector.calls == []


async def test_without_tokens_the_channels_of_local_tools_are_served(edge):
    for channel in ("emulator", "webchat", "msteams"):
        assert (await edge.post(activity(edge.connector.url, channelId=channel)))[0] == 200


async def test_a_flood_of_unknown_keys_is_one_fetch_and_holds_up_no_good_token(secure):
    url = secure.connector.url
    assert (await secure.post(activity(url)))[0] == 200
    unknown = [f"Bearer {mint(replace(new_key('k1'), id=f'unknown-{number}'), url)}" for number in range(30)]
    secure.tokens.hold.clear()
    flood = [asyncio.create_task(secure.post(activity(url), Authorization=header)) for header in unknown]
    assert (await secure.post(activity(url)))[0] == 200
    assert not any(task.done() for task in flood)
    secure.tokens.hold.set()
    assert {status for status, _ in await asyncio.gather(*flood)} == {401}
    assert secure.tokens.counts["metadata"] == 2


async def test_a_fetch_that_failed_for_an_unknown_key_keeps_no_new_key_out(secure, monkeypatch):
    url = secure.connector.url
    monkeypatch.setattr("bot.identity.FAILED_FETCH_SECONDS", 0.0)
    assert (await secure.post(activity(url)))[0] == 200
    secure.tokens.publish(new_key("k2"))
    header = secure.tokens.header(url)
    secure.tokens.is_down = True
    assert (await secure.post(activity(url), Authorization=header))[0] == 503
    secure.tokens.is_down = False
    assert (await secure.post(activity(url), Authorization=header))[0] == 200


CHUNKED = f"{POST}\nTransfer-Encoding: chunked"


async def test_a_huge_body_without_a_length_is_413(edge):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert await raw(edge, CHUNKED, chunk * 5) == 413


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "unheard-of"])
@pytest.mark.parametrize("body", [gzip.compress(b" " * 5_000_000), b"not compressed at all"])
async def test_a_compressed_body_is_refused(edge, coding, body):
    """The Connector never sends one, and unpacked it may be huge or broken. aiohttp says 400 to what it lacks."""
    assert await raw(edge, f"{POST}\nContent-Encoding: {coding}\nContent-Length: {len(body)}", body) in (400, 415)


async def test_broken_chunks_are_400(edge):
    assert await raw(edge, CHUNKED, b"zz\r\n") == 400


async def test_a_body_that_never_comes_is_408(edge, monkeypatch):
    monkeypatch.setattr("bot.adapter.BODY_SECONDS", 0.01)
    assert await raw(edge, CHUNKED, b"2\r\n{}\r\n") == 408


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"message","type":"invoke"}',
        b'{"value":{"verb":"status","verb":"cancel"}}',
        b'{"value":NaN}',
        b'{"value":-Infinity}',
        b'{"value":' + b"[" * 80 + b"]" * 80 + b"}",
        b'{"value":' + b'{"a":' * 80 + b"1" + b"}" * 80 + b"}",
        b'{"value":' + b"9" * 5000 + b"}",
        '{"text":"ü"}'.encode("utf-16"),
        b'{"text":"\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
    ],
)
async def test_json_that_two_readers_may_read_in_two_ways_is_400(edge, body):
    whole = json.dumps(activity(edge.connector.url, value=None)).encode()
    merged = whole[:-1] + b"," + body[1:] if body.startswith(b"{") else body
    assert await edge.send(merged, **JSON) == 400
    assert edge.requests == []


async def test_half_a_character_becomes_the_sign_for_it(edge):
    await edge.post(activity(edge.connector.url, text="status \ud83d", conversation={"id": "a:\ud800"}))
    assert edge.requests[0].text == "status \ufffd"
    assert edge.requests[0].conversation.id == "a:\ufffd"


FIELDS = sorted({*activity(""), *click("", "status"), "membersAdded", "attachments", "relatesTo", "suggestedActions",
                 "semanticAction", "action", "topicName", "historyDisclosed", "expiration", "label"})  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "tenant", "verb", "action", "data", "mentioned"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FIELDS), ODD, min_size=1, max_size=3), st.booleans())
async def test_no_field_of_any_type_is_a_500(edge, changes, is_click):
    url = edge.connector.url
    body = {**(click(url, "status") if is_click else activity(url)), **changes}
    body["serviceUrl"] = url if isinstance(body["serviceUrl"], str) else body["serviceUrl"]
    assert (await edge.post(body))[0] in (200, 400, 501)


@pytest.mark.parametrize("host", ["mailroom.example", "mailroom.example:3978", "169.254.169.254", "[::2]", "x y", ""])
async def test_without_tokens_another_host_s_name_is_403(edge, host):
    assert await raw(edge, POST.replace("127.0.0.1", host) + "\nContent-Length: 2", b"{}") == 403


@pytest.mark.parametrize("host", ["127.0.0.1:3978", "localhost", "LOCALHOST:1", "[::1]:3978", "127.8.9.10"])
async def test_without_tokens_this_machine_s_names_are_let_in(edge, host):
    assert await raw(edge, POST.replace("127.0.0.1", host) + "\nContent-Length: 2", b"{}") == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_without_tokens_a_web_page_is_403(edge, origin):
    status, _ = await edge.post(activity(edge.connector.url), Origin=origin)
    assert status == 403
    assert edge.requests == []


async def test_a_page_of_the_bot_s_own_origin_is_let_in(edge):
    assert (await edge.post(activity(edge.connector.url), Origin=edge.url))[0] == 200


async def test_with_tokens_the_host_is_the_proxy_s_business(secure):
    header = secure.authorization
    assert (await secure.post(activity(secure.connector.url), Host="mailroom.example", Authorization=header))[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": {"id": "a:x", "tenantId": OTHER_TENANT_ID}},
        {"channelData": {"tenant": {"id": TENANT_ID}, "team": {"id": "19:x", "tenantId": OTHER_TENANT_ID}}},
        {"channelData": {"tenant": {"id": [TENANT_ID]}}},
        {"channelData": {"tenant": {"id": 7}}},
        {"from_": {"id": "29:otto", "aadObjectId": "x", "tenantId": {"id": TENANT_ID}}},
    ],
)
async def test_one_tenant_that_is_not_served_is_enough_to_be_refused(edge, change):
    await edge.post(activity(edge.connector.url, **change))
    assert "another organization" in edge.connector.calls[0].body["summary"]
    _, body = await edge.post(click(edge.connector.url, "status", **change))
    assert body["statusCode"] == 403
    assert edge.requests == []


async def test_an_expired_token_is_refused_to_the_second_that_the_leeway_ends(secure):
    url = secure.connector.url
    late = f"Bearer {mint(new_key('k1'), url, exp=int(time.time()) - 310)}"
    assert (await secure.post(activity(url), Authorization=late))[0] == 401
