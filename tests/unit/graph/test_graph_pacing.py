"""The pace: inside the limits in every window, the urgent first, nobody for ever."""

import asyncio
import math
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers import Answer, Call
from graph.limits import BATCHES, MAILBOX, PUBLISHED, REPORTS, UNITS, WRITES, mailbox, scaled
from graph.pacing import PATIENCE, Pacer
from provisioning.buckets import LONGEST_BACKOFF, Bucket, Limit
from provisioning.pacing import HEAD_START, Line, Place
from provisioning.priority import Priority, as_priority, done_as, priority

# As many as come in these tests, so that the windows fill.
SMALL = {
    UNITS: Limit(40, 10),
    WRITES: Limit(20, 15),
    REPORTS: Limit(5, 10),
    BATCHES: Limit(at_once=4),
    MAILBOX: PUBLISHED[MAILBOX],
}
COSTS = (
    {UNITS: 1},
    {UNITS: 2},
    {UNITS: 1, WRITES: 1},
    {UNITS: 2, REPORTS: 1, BATCHES: 1},
    {BATCHES: 1, mailbox("jane"): 1, mailbox("mona"): 1},
    {mailbox("jane"): 1},
)
ARRIVALS = st.lists(
    st.tuples(st.floats(0, 30), st.sampled_from(list(Priority)), st.sampled_from(COSTS), st.floats(0, 2)), max_size=60
)
ANSWER = Call("GET", "/users/{user-id}")


def simulate(arrivals, limits=SMALL):
    """Everybody's place with the time it was let go; each takes its seconds to be answered."""
    line, now = Line(limits, 0.0), 0.0
    coming = sorted(arrivals, key=lambda one: one[0])
    leaving: list[tuple[float, int, Place]] = []
    seconds: dict[Place, float] = {}
    went: dict[Place, float] = {}
    while coming or leaving or line.next_at < math.inf:
        now = max(now, min([one[0] for one in coming[:1]] + [one[0] for one in leaving] + [line.next_at]))
        while coming and coming[0][0] <= now:
            _, urgency, cost, lasts = coming.pop(0)
            seconds[line.join(now, urgency, cost)] = lasts
        for left in [one for one in leaving if one[0] <= now]:
            line.leave(left[2])
            leaving.remove(left)
        for place in line.advance(now):
            went[place] = now
            leaving.append((now + seconds[place], place.number, place))
    assert len(went) == len(seconds), "somebody waits for ever"
    return went


@given(ARRIVALS)
def test_no_window_ever_holds_more_than_the_limit(arrivals):
    taken = defaultdict(list)
    for place, at in simulate(arrivals).items():
        for name, amount in place.cost.items():
            taken[name].append((at, amount))
    for name, limit in SMALL.items():
        for start, _ in taken[name] if limit.amount else ():
            assert sum(amount for at, amount in taken[name] if start <= at < start + limit.seconds) <= limit.amount


@given(ARRIVALS)
def test_everybody_comes_to_go_and_equals_in_their_order(arrivals):
    went = simulate(arrivals)
    for urgency in Priority:
        for cost in COSTS:
            same = [place for place in went if place.urgency is urgency and place.cost == cost]
            assert sorted(same, key=lambda place: place.number) == sorted(
                same, key=lambda place: (went[place], place.number)
            )


@given(ARRIVALS)
def test_nobody_overtakes_somebody_more_urgent_who_wants_the_same(arrivals):
    went = simulate(arrivals)
    for place, at in went.items():
        for other, other_at in went.items():
            is_urgent = place.urgency is Priority.INTERACTIVE and other.urgency is not Priority.INTERACTIVE
            if is_urgent and place.cost == other.cost and place.due < other_at:
                assert at <= other_at


def test_a_bulk_leaves_the_last_share_to_people():
    line = Line(PUBLISHED, 0.0)
    for _ in range(500):
        line.join(0.0, Priority.WORK, {WRITES: 1})
    line.advance(0.0)
    somebody = line.join(0.0, Priority.INTERACTIVE, {WRITES: 1})
    assert line.advance(0.0) == [somebody]


def test_background_waits_long_but_not_for_ever():
    line, now, went = Line({UNITS: Limit(100, 10)}, 0.0), 0.0, None
    patient = line.join(0.0, Priority.BACKGROUND, {UNITS: 3})
    while went is None and now < 100:
        for _ in range(2):
            line.join(now, Priority.WORK, {UNITS: 1})  # twice of what is allowed, all the time
        if patient in line.advance(now):
            went = now
        now += 0.1
    assert went is None or went < HEAD_START + 30
    assert went is not None


def test_bulk_reaches_nine_tenths_of_the_limit():
    line, now, done = Line(PUBLISHED, 0.0), 0.0, 0
    for _ in range(3_000):
        line.join(now, Priority.WORK, {UNITS: 1, WRITES: 1})
    while done < 3_000:
        done += len(line.advance(now))
        now = line.next_at if done < 3_000 else now
    assert 3_000 / now >= 0.9 * PUBLISHED[WRITES].amount / PUBLISHED[WRITES].seconds


def test_what_is_not_scarce_passes_what_is():
    line = Line(PUBLISHED, 0.0)
    line.close(0.0, [WRITES], 30)
    line.join(0.0, Priority.INTERACTIVE, {UNITS: 1, WRITES: 1})
    reader = line.join(0.0, Priority.BACKGROUND, {UNITS: 1})
    assert line.advance(0.0) == [reader]
    assert line.next_at > 30


def test_four_at_once_in_a_mailbox():
    line = Line(PUBLISHED, 0.0)
    places = [line.join(0.0, Priority.INTERACTIVE, {mailbox("jane"): 1}) for _ in range(5)]
    assert line.advance(0.0) == places[:4]
    line.leave(places[0])
    assert line.advance(0.0) == places[4:]


def test_mailboxes_at_rest_are_forgotten():
    line = Line(PUBLISHED, 0.0)
    for number in range(5_000):
        line.join(number, Priority.BACKGROUND, {mailbox(str(number)): 1})
        for place in line.advance(number):
            line.leave(place)
    assert len(line._buckets) < 1_100


def test_a_batch_keeps_its_mailboxes_while_others_are_forgotten():
    line, places = Line(PUBLISHED, 0.0), []
    for number in range(0, 4_000, 20):
        cost = {BATCHES: 1, **{mailbox(str(number + one)): 1 for one in range(20)}}
        places.append(line.join(0.0, Priority.BACKGROUND, cost))
    went = 0
    for place in places:
        went += len(line.advance(0.0))
        line.leave(place)
    assert went == len(places)


def test_after_a_429_nothing_goes_until_then_and_little_after():
    bucket = Bucket(PUBLISHED[UNITS], 0.0)
    bucket.close(10.0, 20.0)
    assert bucket.wait(10.0, 1, Priority.INTERACTIVE) > 20
    assert bucket.wait(30.0, 100, Priority.INTERACTIVE) == pytest.approx(100 / (0.5 * 276.5))
    assert bucket.wait(60.0, 100, Priority.INTERACTIVE) == 0


def test_a_429_without_a_time_backs_off_longer_each_time_but_not_endlessly():
    bucket, now, waits = Bucket(Limit(), 0.0), 0.0, []
    for _ in range(9):
        bucket.close(now, None)
        waits.append(bucket.wait(now, 1, Priority.INTERACTIVE))
        now += waits[-1]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_BACKOFF
    bucket.close(now + 1000, None)
    assert bucket.wait(now + 1000, 1, Priority.INTERACTIVE) == 1


def test_refusals_are_in_a_row_only_while_nothing_is_let_through():
    """Or a bad day with a 429 here and there would end with a request or two a minute."""
    bucket, now, waits = Bucket(PUBLISHED[UNITS], 0.0), 0.0, []
    for _ in range(9):
        bucket.close(now, None)
        bucket.accept(now)  # on its way when it was refused: no sign
        waits.append(bucket._closed_until - now)
        now = bucket._closed_until + 0.1
        if len(waits) > 3:
            bucket.accept(now)
    assert waits == pytest.approx([1, 2, 4, 8, 1, 1, 1, 1, 1])


def test_what_others_use_is_left_to_them_for_a_while():
    line = Line(PUBLISHED, 0.0)
    line.hear(0.0, [UNITS], 0.9)
    bucket = line._buckets[UNITS]
    bucket.take(0.0, bucket.burst)
    assert bucket.wait(0.0, 27.65, Priority.INTERACTIVE) == pytest.approx(1.0)
    assert bucket.wait(10.0, 27.65, Priority.INTERACTIVE) == 0


def test_what_we_used_ourselves_is_no_reason_to_slow_down():
    line = Line(PUBLISHED, 0.0)
    bucket = line._buckets[UNITS]
    for second in range(10):
        bucket.take(second, 300)
    line.hear(9.0, [UNITS], 0.87)
    assert bucket._share == 1
    line.hear(9.0, [UNITS], 0.97)
    assert bucket._share < 1


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.8, 1.8), st.floats(0, 40) | st.none()), max_size=20))
def test_whatever_graph_says_it_opens_again(said):
    line, now = Line(PUBLISHED, 0.0), 0.0
    for after, used, closed in said:
        now += after
        line.hear(now, [UNITS], used)
        line.close(now, [UNITS], closed)
    assert line.delay(now, Priority.BACKGROUND, {UNITS: 20}) < 60 + LONGEST_BACKOFF


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


async def test_what_may_go_does_not_even_yield():
    pacer = Pacer()
    turn = pacer.turn({UNITS: 1})
    with pytest.raises(StopIteration):
        turn.__aenter__().send(None)
    await turn.__aexit__(None, None, None)


async def test_somebody_waiting_overtakes_a_bulk():
    pacer, went = Pacer({UNITS: Limit(500, 1)}), []

    async def ask(urgency):
        with done_as(urgency):
            async with pacer.turn({UNITS: 5}):
                went.append(urgency)

    tasks = [asyncio.create_task(ask(Priority.BACKGROUND)) for _ in range(20)]
    tasks += [asyncio.create_task(ask(Priority.WORK)) for _ in range(20)]
    tasks += [asyncio.create_task(ask(Priority.INTERACTIVE)) for _ in range(3)]
    await asyncio.gather(*tasks)
    assert len(went) == 43
    assert went.index(Priority.INTERACTIVE) < 8
    assert max(index for index, one in enumerate(went) if one is Priority.WORK) < 38


async def test_who_is_cancelled_blocks_nobody_and_takes_nothing():
    pacer = Pacer({BATCHES: Limit(at_once=1)})
    entered = asyncio.Event()

    async def hold():
        async with pacer.turn({BATCHES: 1}):
            entered.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    await entered.wait()
    entered.clear()
    given_up, next_one = asyncio.create_task(hold()), asyncio.create_task(hold())
    await asyncio.sleep(0)
    given_up.cancel()
    holder.cancel()
    await entered.wait()
    next_one.cancel()
    results = await asyncio.gather(holder, given_up, next_one, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in results)
    async with asyncio.timeout(5), pacer.turn({BATCHES: 1}):
        pass


async def test_cancelled_in_the_moment_of_being_let_go_gives_back():
    pacer = Pacer({BATCHES: Limit(at_once=1)})

    async def pass_through():
        async with pacer.turn({BATCHES: 1}):
            pass

    async with pacer.turn({BATCHES: 1}):
        waiting = asyncio.create_task(pass_through())
        await asyncio.sleep(0)
    waiting.cancel()  # its place is granted, but it has not run since
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(5):
        await pass_through()


@pytest.mark.parametrize(
    ("headers", "closed"),
    [
        ({"x-ms-throttle-information": "WriteLimitExceeded"}, {WRITES}),
        ({"x-ms-throttle-information": "ResourceUnitLimitExceeded"}, {UNITS}),
        ({"x-ms-throttle-scope": "Tenant_Application/Write/a/t"}, {WRITES}),
        ({"x-ms-throttle-scope": "Tenant_Application/ReadWrite/a/t"}, {UNITS}),
        ({}, {"POST /users"}),
    ],
)
def test_a_429_closes_what_it_is_about(headers, closed):
    pacer = Pacer(clock=Clock())
    cost = {UNITS: 1.0, WRITES: 1.0, "POST /users": 1.0}
    pacer.hear(cost, Answer(ANSWER, 429, {"retry-after": "30", **headers}))
    assert {name for name in cost if pacer.too_long({name: 1})} == closed


@pytest.mark.parametrize(
    ("between", "wait"),
    [
        (None, 8),
        (({"GET /users": 1.0}, 200), None),
        (({"GET /users": 1.0}, 404), None),
        (({"GET /users": 1.0}, 503), 8),
        (({BATCHES: 1.0, "GET /users": 1.0}, 200), 8),  # of a `$batch` each member is heard by itself
    ],
)
def test_what_is_let_through_between_refusals(between, wait):
    clock = Clock()
    pacer = Pacer(clock=clock)
    for pause in (1, 2, 4):
        pacer.hear({"GET /users": 1.0}, Answer(ANSWER, 429, {}))
        clock.now += pause
        if between:
            cost, status = between
            pacer.hear(cost, Answer(ANSWER, status, {}))
    pacer.hear({"GET /users": 1.0}, Answer(ANSWER, 429, {}))
    assert pacer.too_long({"GET /users": 1}) == wait


def test_a_429_of_one_mailbox_is_not_about_another():
    pacer = Pacer(clock=Clock())
    pacer.hear({mailbox("jane"): 1}, Answer(ANSWER, 429, {"retry-after": "30"}))
    assert pacer.too_long({mailbox("jane"): 1})
    assert pacer.too_long({mailbox("mona"): 1}) is None


def test_who_works_by_itself_waits_longer_than_a_person_would():
    pacer = Pacer(clock=Clock())
    pacer.hear({"GET /domains": 1}, Answer(ANSWER, 429, {"retry-after": "30"}))
    assert pacer.too_long({"GET /domains": 1}) == 30
    with done_as(Priority.WORK):
        assert pacer.too_long({"GET /domains": 1}) is None
    assert PATIENCE[Priority.INTERACTIVE] < 30 < PATIENCE[Priority.WORK]


@pytest.mark.parametrize("said", ["", "much", "nan", "inf", "0.79", "-1"])
def test_a_percentage_that_says_nothing_changes_nothing(said):
    pacer = Pacer(scaled(1), Clock())
    pacer.hear({UNITS: 1}, Answer(ANSWER, 200, {"x-ms-throttle-limit-percentage": said}))
    assert pacer._line._buckets[UNITS]._share == 1


async def test_a_priority_holds_for_a_whole_function():
    @as_priority(Priority.WORK)
    async def work():
        await asyncio.sleep(0)
        return priority()

    assert await work() is Priority.WORK
    assert priority() is Priority.INTERACTIVE
