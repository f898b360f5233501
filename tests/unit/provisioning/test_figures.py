"""Percentiles, estimates and reports, held against the standard library."""

import statistics
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from provisioning import figures
from provisioning.figures import BUCKETS, FEWEST, Estimate, Scope, Took

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)  # a Thursday
SECONDS = st.floats(0, 3e5, allow_nan=False)


def took(seconds: float, sku: str = "e3", began: datetime = NOW) -> Took:
    return Took(seconds, sku, began, began + timedelta(seconds=seconds))


@given(st.lists(SECONDS, min_size=2, max_size=200), st.integers(1, 99))
def test_percentiles_are_those_of_the_standard_library(values: list[float], percent: int) -> None:
    expected = statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
    assert abs(figures.percentile(sorted(values), percent) - expected) <= 1e-6 * max(1.0, expected)


@given(SECONDS, st.integers(0, 100))
def test_of_one_value_every_percentile_is_that_value(value: float, percent: int) -> None:
    assert figures.percentile([value], percent) == value


@given(st.lists(SECONDS, max_size=60))
def test_an_estimate_lies_within_what_was_seen_or_says_that_it_knows_too_little(values: list[float]) -> None:
    estimate = figures.estimate([took(value) for value in values], "e3", NOW)
    assert estimate.count == len(values)
    assert (estimate.median is None) == (len(values) < FEWEST)
    if estimate.median is not None and estimate.high is not None:
        least, most = (timedelta(seconds=end(values)) for end in (min, max))
        slack = timedelta(microseconds=1)
        assert least - slack <= estimate.median <= estimate.high <= most + slack


def test_the_narrowest_group_with_enough_cases_is_taken() -> None:
    at_nine = NOW.replace(hour=9)
    same_hour = [took(60)] * FEWEST
    same_license = [took(600, began=at_nine)] * FEWEST
    others = [took(6000, "f3")] * 40
    everything = [*same_hour, *same_license, *others]
    assert figures.estimate(everything, "e3", NOW).scope is Scope.HOUR
    assert figures.estimate(everything, "e3", NOW).median == timedelta(seconds=60)
    assert figures.estimate(everything, "e3", NOW.replace(hour=3)).scope is Scope.LICENSE
    assert figures.estimate(everything, "e3", NOW.replace(hour=3)).count == 2 * FEWEST
    for unknown in ("e5", ""):
        assert figures.estimate(everything, unknown, NOW).scope is Scope.TENANT
    assert figures.estimate(same_hour[1:], "e3", NOW) == Estimate(FEWEST - 1)


def test_a_report_has_every_week_also_those_without_a_mailbox() -> None:
    recent = [took(300), took(900), took(60, began=NOW - timedelta(weeks=2))]
    report = figures.report(recent, NOW, 3)
    assert [week.begins for week in report.weeks] == [date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)]
    assert [week.count for week in report.weeks] == [1, 0, 2]
    assert [week.median for week in report.weeks] == [timedelta(seconds=60), None, timedelta(seconds=600)]
    assert report.count == 3


@given(st.lists(SECONDS, max_size=100))
def test_every_mailbox_is_in_one_bar_of_the_distribution(values: list[float]) -> None:
    report = figures.report([took(value) for value in values], NOW, 1)
    assert sum(report.buckets) == report.count == len(values)
    assert len(report.buckets) == len(BUCKETS)
    under = sum(value < 300 for value in values)
    assert report.buckets[0] == under


def test_a_report_of_nothing_says_so() -> None:
    report = figures.report([], NOW, 4)
    assert (report.count, report.median, report.high) == (0, None, None)
    assert len(report.weeks) == 4
