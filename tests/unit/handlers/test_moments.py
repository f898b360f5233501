"""“at 08:00 tomorrow” and its kin."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.clauses import as_words, clauses_of
from handlers.grammar import parse
from handlers.moments import DAYS, FURTHEST, moment_of
from provisioning.errors import BadOrder
from provisioning.scheduled import zone_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Berlin
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "is_in_berlin"),
    [
        ("at 08:00 tomorrow", "2026-11-24 08:00"),
        ("tomorrow at 08:00", "2026-11-24 08:00"),
        ("tomorrow", "2026-11-24 08:00"),
        ("at 2026-12-01 08:00", "2026-12-01 08:00"),
        ("on 2026-12-01 at 08:30", "2026-12-01 08:30"),
        ("2026-12-01T17:45", "2026-12-01 17:45"),
        ("on monday", "2026-11-30 08:00"),
        ("on Friday at 3 pm", "2026-11-27 15:00"),
        ("at 12am tuesday", "2026-11-24 00:00"),
        ("at 14:00", "2026-11-23 14:00"),
        ("today at 18", "2026-11-23 18:00"),
        ("at 8 tomorrow", "2026-11-24 08:00"),
    ],
)
def test_the_grammar(text, is_in_berlin):
    moment = moment_of(text.split(), NOW, BERLIN)
    assert moment.tzinfo is UTC
    assert f"{moment.astimezone(zone_of(BERLIN)):%Y-%m-%d %H:%M}" == is_in_berlin


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("at 08:00", "Monday, 23 November 2026, 08:00 (Europe/Berlin) has passed already. Say at 08:00 tomorrow."),
        ("at 2026-11-22 08:00", "has passed already."),
        ("at 2028-01-01", "more than a year away"),
        ("on monday on tuesday", "names two days"),
        ("at 08:00 at 09:00", "names two times"),
        ("at 25:00", "There is no time 25:00"),
        ("at 13pm", "There is no time 13pm"),
        ("at 2026-02-30", "There is no day 2026-02-30"),
        ("at tea time", "I do not understand “tea” as a time"),
        ("tomorrow 8", "I do not understand “8” as a time"),
        ("tomorrow at", "A time is missing at the end"),
        ("at 2027-03-28 02:30", "There is no 02:30 on 2027-03-28 in Europe/Berlin: the clocks go forward then."),
        ("at 0000-00-00", "There is no day"),
    ],
)
def test_what_is_no_time_is_told(text, says):
    with pytest.raises(BadOrder) as caught:
        moment_of(text.split(), NOW, BERLIN)
    assert says in caught.value.sentence


def test_an_hour_that_comes_twice_is_the_first():
    autumn = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert moment_of(["at", "02:30", "tomorrow"], autumn, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "\0"])
def test_a_zone_that_nobody_knows_is_utc(zone):
    assert moment_of(["at", "12:00"], NOW, zone) == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


WORDS = st.sampled_from(["at", "on", "today", "tomorrow", *DAYS, "2026-12-01", "08:00", "8", "8am", "3", "pm", "x"])


@given(st.lists(WORDS | st.text(max_size=12), min_size=1, max_size=6))
def test_whatever_is_typed_is_a_moment_to_come_or_a_sentence(words):
    told = "."
    moment = NOW + FURTHEST
    try:
        moment = moment_of(words, NOW, BERLIN)
    except BadOrder as error:
        told = error.sentence
    assert told.endswith(".")
    assert timedelta() < moment - NOW <= FURTHEST


@given(
    st.datetimes(datetime(2026, 11, 24), datetime(2027, 11, 1)),
    st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]),
)
def test_what_is_shown_as_a_command_means_the_same_moment(wall, zone):
    moment = wall.replace(second=0, microsecond=0, tzinfo=UTC)
    typed = parse(" ".join(["provision jane@contoso.com", *as_words("sales", moment, zone)]))
    local = moment.astimezone(zone_of(zone))
    _, said = clauses_of(typed, NOW, zone)
    assert (said.profile, said.zone) == ("sales", zone)
    assert said.starts_at in (moment, local.replace(fold=0).astimezone(UTC))  # of an hour that comes twice, the first


def test_clauses_stand_behind_the_address_in_any_order_with_options():
    typed = parse('provision "Jane Doe" <jane@contoso.com> license=E3 as Sales department=Sales at 08:00 tomorrow')
    bare, said = clauses_of(typed, NOW, BERLIN)
    assert (bare.args, bare.label, said.profile) == (("jane@contoso.com",), "Jane Doe", "Sales")
    assert said.starts_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["as", "as sales as field"])
def test_a_profile_is_named_once(text):
    with pytest.raises(BadOrder):
        clauses_of(parse(f"provision jane@contoso.com {text}"), NOW, BERLIN)
