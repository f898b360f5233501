"""Quiet hours, and which change of a case somebody has to act on."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.card_samples import NOW, failed, given_up, late, overdue, ready, waiting

from provisioning.errors import BadOrder
from provisioning.manners import QuietHours, parse_hours, trouble

BERLIN = "Europe/Berlin"
NIGHT = QuietHours(time(18), time(7), BERLIN)


@pytest.mark.parametrize("typed", ["18:00-07:00", "18-7", "18.00 – 7.00", "18:00 to 07:00", "18 bis 7"])
def test_hours_are_read_as_people_write_them(typed):
    assert parse_hours(typed, BERLIN) == NIGHT


@pytest.mark.parametrize(
    ("typed", "zone", "said"),
    [
        ("tonight", BERLIN, "quiet 18:00-07:00"),
        ("18:00-18:00", BERLIN, "no length"),
        ("18:61-07:00", BERLIN, "24 hours"),
        ("31-7", BERLIN, "24 hours"),
        ("18-7", "", "time zone"),
        ("18-7", "../../etc/passwd", "time zone"),
        ("18-7", "Nowhere/Land", "time zone"),
    ],
)
def test_what_are_no_hours_is_told(typed, zone, said):
    with pytest.raises(BadOrder, match=said):
        parse_hours(typed, zone)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 23, 16, 59, tzinfo=UTC), None),  # 17:59 in Berlin
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 5, 59, tzinfo=UTC), datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), None),
        (datetime(2027, 3, 27, 23, 0, tzinfo=UTC), datetime(2027, 3, 28, 5, 0, tzinfo=UTC)),  # the night of summer time
    ],
)
def test_quiet_ends_by_the_persons_clock(now, end):
    assert NIGHT.end_after(now) == end


def test_hours_within_a_day_are_quiet_at_noon_only():
    noon = QuietHours(time(12), time(13), "UTC")
    assert noon.end_after(datetime(2026, 11, 23, 12, 30, tzinfo=UTC)) == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert noon.end_after(datetime(2026, 11, 23, 18, tzinfo=UTC)) is None


@given(st.times(), st.times(), st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1)))
def test_the_end_is_always_ahead_and_no_more_than_a_day(starts, ends, now):
    if starts == ends:
        return
    end = QuietHours(starts, ends, "UTC").end_after(now)
    assert end is None or now < end <= now + timedelta(days=1)


def test_only_what_somebody_must_decide_is_trouble():
    assert trouble(waiting(), failed(), NOW) == "failed"
    assert trouble(overdue(), given_up(), NOW) == "failed"
    assert trouble(late(), overdue(), NOW) == "overdue"
    assert trouble(overdue(), overdue(), NOW) == ""
    assert trouble(waiting(), late(), NOW) == ""
    assert trouble(waiting(), ready(), NOW) == ""


def test_whoever_has_just_ordered_sees_it_on_the_card():
    fresh = replace(failed(), created_at=NOW - timedelta(seconds=30))
    assert trouble(waiting(), fresh, NOW) == ""
