"""Calls to Teams keep its published limits: in every window, people first, and a 429 closes what it is about."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.connector import Answer
from support.edge import QUICK

from bot.connector import Connector
from bot.limits import APP, HOUR, PUBLISHED, SEVERAL, TeamsPacer, cost_of, limits, thread_of
from bot.outbound import OutboundToken
from provisioning.errors import MessengerUnavailable
from provisioning.pacing import Line
from provisioning.priority import Priority, done_as

CHANNEL, PERSONAL = "19:joiners@thread.tacv2", "a:helga"
ARRIVALS = st.lists(
    st.tuples(st.floats(0, 40), st.sampled_from(list(Priority)), st.sampled_from([CHANNEL, PERSONAL, "a:mona"])),
    max_size=150,
)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def let_go(arrivals):
    """Who went when."""
    line, now, went = Line(PUBLISHED, 0.0), 0.0, []
    coming = sorted(arrivals, key=lambda one: one[0])
    while coming or line.next_at < float("inf"):
        now = max(now, min([one[0] for one in coming[:1]] + [line.next_at]))
        while coming and coming[0][0] <= now:
            _, urgency, thread = coming.pop(0)
            line.join(now, urgency, cost_of(thread))
        for place in line.advance(now):
            line.leave(place)
            went.append((now, place))
    return went


@given(ARRIVALS)
def test_no_window_ever_holds_more_than_teams_allows(arrivals):
    went = let_go(arrivals)
    assert len(went) == len(arrivals)
    for kind, limit in PUBLISHED.items():
        for thread in {name for _, place in went for name in place.cost if name.partition("/")[0] == kind}:
            times = [at for at, place in went if thread in place.cost]
            assert all(sum(start <= at < start + limit.seconds for at in times) <= limit.amount for start in times)


@given(ARRIVALS)
def test_equals_in_a_thread_go_in_their_order(arrivals):
    for urgency in Priority:
        for thread in (CHANNEL, PERSONAL):
            numbers = [place.number for _, place in let_go(arrivals)
                       if place.urgency is urgency and place.cost == cost_of(thread)]  # fmt: skip
            assert numbers == sorted(numbers)


def test_in_the_long_run_a_thread_gets_nearly_all_that_it_may():
    went = let_go([(0.0, Priority.WORK, CHANNEL)] * 300)
    assert 300 / went[-1][0] >= 0.85 * 60 / 30


def test_an_answer_goes_before_a_hundred_cards():
    line = Line(PUBLISHED, 0.0)
    for _ in range(100):
        line.join(0.0, Priority.BACKGROUND, cost_of(CHANNEL))
    line.advance(0.0)
    somebody = line.join(0.0, Priority.INTERACTIVE, cost_of(CHANNEL))
    assert line.advance(0.0) == [somebody]


def test_threads_of_a_channel_share_its_limits_and_only_chats_have_an_hour():
    assert cost_of(thread_of(f"{CHANNEL};messageid=17")) == cost_of(CHANNEL)
    assert {name.partition("/")[0] for name in cost_of(PERSONAL)} - {
        name.partition("/")[0] for name in cost_of(CHANNEL)
    } == {HOUR}
    assert limits(7)[APP].amount == 7


def test_a_429_closes_its_thread_and_no_other_until_several_are_refused():
    pacer = TeamsPacer(clock=Clock())
    pacer.refuse(CHANNEL, 100)
    assert pacer.too_long(cost_of(CHANNEL))
    assert pacer.too_long(cost_of(PERSONAL)) is None
    for number in range(SEVERAL):
        pacer.refuse(f"a:{number}", 100)
    assert pacer.too_long(cost_of(PERSONAL))


def test_a_429_is_not_felt_for_an_hour():
    clock = Clock()
    pacer = TeamsPacer(clock=clock)
    pacer.refuse(PERSONAL, None)
    clock.now = 3.0
    assert pacer._line.delay(3.0, Priority.BACKGROUND, cost_of(PERSONAL)) < 5


async def test_what_teams_takes_between_two_429s_ends_the_row(session, connector):
    clock = Clock()
    pacer = TeamsPacer(clock=clock)
    line = Connector(session, OutboundToken(None), QUICK, pacer=pacer)
    with done_as(Priority.WORK):
        for _ in range(5):
            connector.answer_next(Answer(429))
            with pytest.raises(MessengerUnavailable):
                await line.post(connector.url, CHANNEL, b"{}")
            assert pacer._line.delay(clock.now, Priority.INTERACTIVE, cost_of(CHANNEL)) < 3
            clock.now += 20
            await line.post(connector.url, CHANNEL, b"{}")


@pytest.mark.parametrize("status", [412, 429])
async def test_what_the_outbox_sends_is_tried_once_and_its_row_told_when(session, connector, status):
    connector.answer_next(Answer(status, retry_after="7"))
    line = Connector(session, OutboundToken(None), QUICK)
    with done_as(Priority.WORK), pytest.raises(MessengerUnavailable) as caught:
        await line.post(connector.url, CHANNEL, b"{}")
    assert caught.value.retry_after == 7
    assert len(connector.calls) == 1


async def test_after_a_429_nobody_asks_in_that_thread_until_then(session, connector):
    connector.answer_next(Answer(429, retry_after="100"))
    line = Connector(session, OutboundToken(None), QUICK)
    for _ in range(3):
        with pytest.raises(MessengerUnavailable):
            await line.post(connector.url, f"{CHANNEL};messageid=1", b"{}")
    assert len(connector.calls) == 1
    async with asyncio.timeout(5):
        assert await line.post(connector.url, PERSONAL, b"{}")
