"""Calls to the Bot Connector: what is tried again, what never is, and which error comes out."""

import asyncio
import json

import pytest
from support.connector import DROP, Answer
from support.edge import QUICK, single_tenant

from bot.connector import Connector, Patience
from bot.limits import TeamsPacer
from bot.outbound import OutboundToken, outbound_token
from provisioning.errors import ConversationGone, MailroomError, MessageGone, MessageRefused, MessengerUnavailable

CHAT = "19:joiners@thread.tacv2;messageid=17"
BODY = json.dumps({"type": "message", "text": "hi"}).encode()


@pytest.fixture
def counts() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def line(session, counts) -> Connector:
    count = lambda *outcome: counts.append(outcome)  # noqa: E731
    return Connector(session, OutboundToken(None), QUICK, count, TeamsPacer({}))


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_a_passing_refusal_is_tried_again(line, connector, counts, status):
    connector.answer_next(Answer(status, retry_after="0"), Answer(status))
    assert await line.post(connector.url, CHAT, BODY) == "m1"
    assert len(connector.calls) == 3
    assert counts == [("post", "retried"), ("post", "retried"), ("post", "ok")]


async def test_patience_ends(line, connector):
    connector.answer_next(*[Answer(503)] * 9)
    with pytest.raises(MessengerUnavailable):
        await line.post(connector.url, CHAT, BODY)
    assert len(connector.calls) == QUICK.attempts


async def test_a_long_wait_is_left_to_the_caller(line, connector):
    connector.answer_next(Answer(429, "Throttled", retry_after="120"))
    with pytest.raises(MessengerUnavailable) as caught:
        await line.post(connector.url, CHAT, BODY)
    assert 119 < caught.value.retry_after <= 144  # a little more, so that not every process comes back at once
    assert len(connector.calls) == 1


def test_waits_are_as_asked_or_grow_up_to_a_limit():
    patience = Patience(attempts=9, first_wait=1, longest_wait=10)
    assert patience.wait_after(1, 3) == 3
    waits = [patience.wait_after(attempt, None) or 0 for attempt in range(1, 9)]
    assert all(0.5 <= wait <= 10 for wait in waits)
    assert patience.wait_after(9, None) is None


async def test_a_post_whose_outcome_is_unknown_is_never_repeated(line, connector):
    connector.answer_next(DROP)
    with pytest.raises(MessengerUnavailable):
        await line.post(connector.url, CHAT, BODY)
    assert len(connector.calls) == 1


async def test_an_update_whose_outcome_is_unknown_is_repeated(line, connector):
    connector.answer_next(DROP, DROP)
    await line.update(connector.url, CHAT, "m1", BODY)
    assert len(connector.calls) == 3


async def test_nobody_listens(line, free_port):
    with pytest.raises(MessengerUnavailable):
        await line.post(f"http://127.0.0.1:{free_port()}", CHAT, BODY)


@pytest.mark.parametrize(
    ("method", "status", "code", "error"),
    [
        ("update", 404, "ActivityNotFoundInConversation", MessageGone),
        ("update", 400, "ActivityNotFoundInConversation", MessageGone),
        ("update", 404, "", MessageGone),
        ("update", 404, "ConversationNotFound", ConversationGone),
        ("update", 403, "BotNotInConversationRoster", ConversationGone),
        ("post", 403, "MessageWritesBlocked", ConversationGone),
        ("post", 404, "ConversationNotFound", ConversationGone),
        ("post", 413, "MessageSizeTooBig", MessageRefused),
        ("post", 400, "BadSyntax", MessageRefused),
        ("post", 500, "ServiceError", MessengerUnavailable),
        ("post", 401, "", MessengerUnavailable),
    ],
)
async def test_refusals_become_our_errors_without_a_second_try(line, connector, counts, method, status, code, error):
    connector.answer_next(Answer(status, code))
    place = (connector.url, CHAT, "m1") if method == "update" else (connector.url, CHAT)
    with pytest.raises(MailroomError) as caught:
        await getattr(line, method)(*place, BODY)
    assert type(caught.value) is error
    assert len(connector.calls) == 1
    assert counts == [(method, error.__name__)]


async def test_ids_are_quoted_in_paths(line, connector):
    await line.update(connector.url + "/", "a/b?c#d %", "e/f", BODY)
    await line.delete(connector.url, CHAT, "m 1")
    assert [call.path for call in connector.calls] == [
        ("a/b?c#d %", "activities", "e/f"),
        (CHAT, "activities", "m 1"),
    ]


@pytest.fixture
async def signed_in(session, connector, tokens):
    token = outbound_token(single_tenant(tokens), session)
    yield Connector(session, token, QUICK, pacer=TeamsPacer({}))
    await token.close()


async def test_one_token_for_everything_even_when_all_ask_at_once(signed_in, connector, tokens):
    await asyncio.gather(*(signed_in.post(connector.url, CHAT, BODY) for _ in range(10)))
    assert {call.authorization for call in connector.calls} == {"Bearer outbound-1"}
    assert tokens.counts["token"] == 1


async def test_a_revoked_token_is_replaced_once(signed_in, connector, tokens):
    connector.valid_tokens = {"Bearer outbound-2"}
    await signed_in.post(connector.url, CHAT, BODY)
    assert [call.authorization for call in connector.calls] == ["Bearer outbound-1", "Bearer outbound-2"]
    connector.valid_tokens = set()
    with pytest.raises(MessengerUnavailable):
        await signed_in.post(connector.url, CHAT, BODY)
    assert tokens.counts["token"] == 3


async def test_no_token_to_be_had(signed_in, connector, tokens):
    tokens.is_down = True
    with pytest.raises(MessengerUnavailable, match="sign in"):
        await signed_in.post(connector.url, CHAT, BODY)
    assert connector.calls == []
    tokens.is_down = False
    await signed_in.post(connector.url, CHAT, BODY)


async def test_entras_reason_is_named_without_the_secret(session, connector, tokens):
    token = outbound_token(single_tenant(tokens, app_password="wrong-and-secret"), session)
    with pytest.raises(MessengerUnavailable) as caught:
        await Connector(session, token, QUICK).post(connector.url, CHAT, BODY)
    assert "invalid_client AADSTS7000215" in caught.value.sentence
    assert "wrong-and-secret" not in caught.value.sentence


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_token_is_renewed_before_it_ends_without_anybody_waiting():
    time, release, number = Time(), asyncio.Event(), 0

    async def fetch() -> tuple[str, float]:
        nonlocal number
        number += 1
        if number == 2:
            await release.wait()
        return f"t{number}", 3600

    token = OutboundToken(fetch, time)
    assert await token.bearer() == "t1"
    time.now = 3500
    assert await token.bearer() == "t1"
    release.set()
    time.now = 3601
    assert await token.bearer() == "t2"
    await token.close()
