"""The gate: how fast, whose buttons, and that a refusal costs nothing behind it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import HELGA, MONA, PERSONAL

from bot import gate as gate_module
from bot import pace
from bot.gate import Gate
from bot.pace import Pace
from bot.seals import Seals
from handlers.requests import Reply, Request
from provisioning.errors import NotAllowed

CARD = {"type": "AdaptiveCard", "actions": [{"type": "Action.Execute", "verb": "status", "data": {"case": "c1"}}]}
MESSAGE = Request(HELGA, PERSONAL, "help")


class Watch:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Behind:
    """The handlers and the audit trail: keeps what comes through, and who was refused."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.refusals: list[NotAllowed] = []

    async def refused(self, error: NotAllowed, request: Request) -> None:
        self.refusals.append(error)

    async def __call__(self, request: Request) -> Reply:
        self.requests.append(request)
        return Reply(card=CARD)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def watch(monkeypatch) -> Watch:
    """The gate's time, which stands still."""
    stopped = Watch()
    monkeypatch.setattr(gate_module, "Pace", lambda per_minute: Pace(per_minute, stopped))
    return stopped


@pytest.fixture
def gate(behind, watch) -> Gate:
    return Gate(behind, Seals(b"k" * 32, {}), rate_limit=3, refused=behind.refused)


def click(data, **changes) -> Request:
    return Request(HELGA, PERSONAL, verb="status", data=data, **changes)


async def sealed(gate: Gate) -> dict:
    reply = await gate(replace(MESSAGE, person=MONA))
    return reply.card["actions"][0]["data"]


async def test_a_card_goes_out_sealed_and_its_button_comes_in(gate, behind):
    assert (await gate(click(await sealed(gate)))).card
    [_, clicked] = behind.requests
    assert dict(clicked.data) == {"case": "c1"}
    assert clicked.click_id


async def test_the_same_click_has_the_same_id(gate, behind):
    data = await sealed(gate)
    for who in (HELGA, HELGA, MONA):
        await gate(replace(click(data), person=who))
    assert len({request.click_id for request in behind.requests[1:]}) == 1


async def test_a_forged_click_is_a_line_and_reaches_nobody(gate, behind):
    reply = await gate(click({"case": "c2"}))
    assert reply.card is None
    assert "not made by Mailroom" in reply.text
    assert await gate(click({"case": "c2"}, is_refresh=True)) is None
    assert behind.requests == []
    assert [error.sentence for error in behind.refusals] == [reply.text] * 2


async def test_too_many_messages_are_told_how_long_to_wait(gate, behind, watch):
    for _ in range(3):
        assert (await gate(MESSAGE)).card
    assert "Wait 20 seconds" in (await gate(MESSAGE)).text
    assert (await gate(replace(MESSAGE, person=MONA))).card, "others are not concerned"
    watch.seconds = 19.5
    assert "Wait 1 second and" in (await gate(MESSAGE)).text
    watch.seconds = 20.0
    assert (await gate(MESSAGE)).card
    assert len(behind.requests) == 5


async def test_what_clients_ask_for_by_themselves_has_a_measure_of_its_own(gate, behind):
    data = await sealed(gate)
    replies = [await gate(click(data, is_refresh=True)) for _ in range(8)]
    assert [reply is None for reply in replies] == [False] * 6 + [True] * 2
    assert (await gate(MESSAGE)).card


async def test_forged_clicks_count_as_well(gate):
    for _ in range(3):
        await gate(click({}))
    assert "too fast" in (await gate(MESSAGE)).text


@given(st.lists(st.floats(0, 200), max_size=60), st.integers(1, 40))
def test_nobody_gets_more_than_their_measure(pauses, per_minute):
    watch = Watch()
    measure = Pace(per_minute, watch)
    gone: list[float] = []
    for pause in pauses:
        watch.seconds += pause
        wait = measure.wait("x")
        if wait:
            watch.seconds += wait + 1e-6
            assert measure.wait("x") == 0.0, "after the wait that was named, one may go"
        gone.append(watch.seconds)
    for index, moment in enumerate(gone):
        assert sum(moment - 60 < other <= moment for other in gone[: index + 1]) <= 2 * per_minute


def test_those_who_were_here_long_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr(pace, "PEOPLE", 2)
    measure = Pace(1, Watch())
    assert [measure.wait(who) for who in "abab"] == [0.0, 0.0, 60.0, 60.0]
    assert measure.wait("c") == 0.0
    assert measure.wait("a") == 0.0
    assert len(measure._buckets) == 2
