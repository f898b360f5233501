"""When a read is tried again, and when patience ends."""

from hypothesis import given
from hypothesis import strategies as st

from graph.retry import ONCE, Patience, Policy
from provisioning.errors import GraphNotFound, GraphThrottled, GraphUnavailable


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


DOWN = GraphUnavailable("down")


def patience(policy, clock=None, jitter=1.0):
    return Patience(policy, clock or Clock(), lambda: jitter)


def test_waits_double_and_end():
    waiting = patience(Policy(tries=4, budget=100, first_wait=0.5))
    assert [waiting.wait_after(DOWN) for _ in range(4)] == [0.5, 1.0, 2.0, None]


def test_jitter_takes_up_to_half():
    assert patience(Policy(first_wait=1.0), jitter=0.0).wait_after(DOWN) == 0.5


def test_what_cannot_get_better_is_not_tried_again():
    assert patience(Policy()).wait_after(GraphNotFound("no")) is None


def test_writes_are_sent_once():
    assert patience(ONCE).wait_after(DOWN) is None


def test_retry_after_is_kept():
    assert patience(Policy(budget=10)).wait_after(GraphThrottled("busy", retry_after=7)) == 7


def test_retry_after_beyond_the_budget_ends_it():
    assert patience(Policy(budget=10)).wait_after(GraphThrottled("busy", retry_after=11)) is None


def test_the_tries_themselves_use_up_the_budget():
    clock = Clock()
    waiting = patience(Policy(budget=10), clock)
    clock.now += 20
    assert waiting.wait_after(DOWN) is None


ERRORS = st.one_of(
    st.just(DOWN),
    st.builds(GraphThrottled, st.just("busy"), retry_after=st.none() | st.floats(0, 100)),
)


@given(st.integers(1, 6), st.floats(0, 30), st.floats(0, 1), st.lists(ERRORS, min_size=8, max_size=8), st.floats(0, 5))
def test_never_more_tries_nor_time_than_allowed(tries, budget, jitter, failures, duration):
    clock = Clock()
    waiting = patience(Policy(tries, budget), clock, jitter)
    tried = 0
    for failure in failures:
        tried += 1
        clock.now += duration
        wait = waiting.wait_after(failure)
        if wait is None:
            break
        assert wait >= 0
        clock.now += wait
        assert clock.now - 100.0 <= budget + 1e-6
    assert tried <= tries
