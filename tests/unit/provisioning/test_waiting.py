"""Waiting for the mailbox: how often to look, what a look means, when to stop."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.case import Case, CaseState, Order, Person, Stage, touch, wait
from provisioning.directory import Probe, ProbeResult
from provisioning.errors import GraphTrace
from provisioning.waiting import GIVE_UP, JITTER, lateness, observe, spacing, worth_showing

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOT_YET = Probe(ProbeResult.NOT_READY, GraphTrace(404, "MailboxNotEnabledForRESTAPI"))


def waiting() -> Case:
    case = Case("c1", Order("jane@contoso.com", "Jane", "US"), Person("p", "Helga"), START)
    return wait(case, START)


@given(st.floats(1, 600), st.timedeltas(timedelta(0), GIVE_UP), st.timedeltas(timedelta(0), GIVE_UP))
def test_looks_never_come_closer_with_age(shortest: float, one: timedelta, other: timedelta) -> None:
    younger, older = sorted((one, other))
    assert timedelta(seconds=shortest) <= spacing(younger, shortest) <= spacing(older, shortest)


@given(st.timedeltas(timedelta(0), GIVE_UP), st.uuids())
def test_a_case_adds_its_own_share_of_up_to_a_quarter(age: timedelta, case_id: UUID) -> None:
    own = spacing(age, 30, case_id.hex[:12])
    assert spacing(age, 30) <= own <= spacing(age, 30) * (1 + JITTER)
    assert own == spacing(age, 30, case_id.hex[:12])


def test_cases_that_start_together_soon_come_due_evenly() -> None:
    """Of 1,000 cases, after ten minutes, no second of the next half minute has more than three times its share."""
    due: Counter[int] = Counter()
    for number in range(1_000):
        case_id = hashlib.sha256(str(number).encode()).hexdigest()[:12]
        age = timedelta(0)
        while age < timedelta(minutes=10):
            age += spacing(age, 30, case_id)
        due[int(age.total_seconds())] += 1
    assert max(due.values()) < 3 * 1_000 / 30


@given(st.timedeltas(timedelta(0), GIVE_UP - timedelta(seconds=1)))
def test_a_look_leads_to_a_next_look_until_three_days_are_over(age: timedelta) -> None:
    now = START + age
    seen = observe(waiting(), NOT_YET, now, 30)
    assert seen.state is CaseState.WAITING
    assert seen.next_check_at is not None
    assert seen.next_check_at > now
    assert seen.checks == 1


def test_what_the_card_says_changes_at_30_minutes_24_hours_and_72_hours() -> None:
    case = waiting()
    notes = [
        observe(case, NOT_YET, START + age, 30).stage(Stage.MAILBOX).note
        for age in (timedelta(minutes=29), timedelta(minutes=30), timedelta(hours=24))
    ]
    assert "Preparing a mailbox" in notes[0]
    assert "after 30 minutes" in notes[1]
    assert "contact Microsoft Support" in notes[2]
    ended = observe(case, NOT_YET, START + GIVE_UP, 30)
    assert ended.state is CaseState.GIVEN_UP
    assert ended.next_check_at is None


def test_a_look_that_could_not_be_made_is_shown_and_forgotten_by_the_next() -> None:
    denied = Probe(ProbeResult.UNKNOWN, GraphTrace(403, "ErrorAccessDenied"))
    seen = observe(waiting(), denied, START, 30)
    assert seen.problem is not None
    assert "403 ErrorAccessDenied" in seen.problem.sentence
    assert observe(seen, NOT_YET, START, 30).problem is None


def test_frequent_looks_redraw_the_card_every_half_minute() -> None:
    shown = []
    case = waiting()
    for second in range(0, 121, 2):
        seen = observe(case, NOT_YET, START + timedelta(seconds=second), 2)
        shown.append(worth_showing(case, seen))
        case = seen
    assert shown[0]
    assert 4 <= sum(shown) <= 6


def test_an_old_wait_redraws_its_card_seldom() -> None:
    early = observe(waiting(), NOT_YET, START + timedelta(minutes=1), 30)
    assert worth_showing(waiting(), early)
    late = observe(touch(early, START, checks=41), NOT_YET, START + timedelta(minutes=20), 30)
    assert not worth_showing(early, late)
    tenth = observe(touch(early, START, checks=49), NOT_YET, START + timedelta(minutes=20), 30)
    assert worth_showing(early, tenth)


def test_a_wait_of_hours_redraws_its_card_every_two() -> None:
    age = timedelta(hours=5)
    shown = 0
    for checks in range(100, 124):
        before = observe(touch(waiting(), START, checks=checks), NOT_YET, START + age, 30)
        shown += worth_showing(before, observe(before, NOT_YET, START + age + timedelta(minutes=5), 30))
    assert shown == 1


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        (0.4, ""),
        (0.5, "after 0.5 hours"),
        (1.9, "after 0.5 hours"),
        (2, "after 2 hours"),
        (23, "after 8 hours"),
        (24, "after 24 hours"),
        (71, "after 48 hours"),
    ],
)
def test_a_late_case_wants_an_explanation_at_each_threshold(hours: float, reason: str) -> None:
    assert lateness(waiting(), START + timedelta(hours=hours)) == reason


@pytest.mark.parametrize(("age", "factor"), [(timedelta(0), 1), (timedelta(hours=1), 4), (timedelta(hours=5), 10)])
def test_the_looks_a_minute_are_those_of_the_formula_in_docs_load_md(age: timedelta, factor: int) -> None:
    ids = [hashlib.sha256(str(number).encode()).hexdigest()[:12] for number in range(1_000)]
    looks = sum(60 / spacing(age, 30, case_id).total_seconds() for case_id in ids)
    assert looks == pytest.approx(60 / (1.125 * 30) * 1_000 / factor, rel=0.02)
