"""How long mailboxes take in this tenant: percentiles, the estimate for whoever waits, the weeks of a report. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from provisioning.words import say

FEWEST = 10  # finished cases, below which a figure of our own says nothing
MEDIAN, HIGH = 50, 90  # the percentiles that are shown

# Upper ends of the distribution's bars, and their names.
BUCKETS: tuple[tuple[timedelta, str], ...] = (
    (timedelta(minutes=5), "< 5 min"),
    (timedelta(minutes=10), "5–10 min"),
    (timedelta(minutes=20), "10–20 min"),
    (timedelta(minutes=30), "20–30 min"),
    (timedelta(hours=1), "30–60 min"),
    (timedelta(hours=4), "1–4 h"),
    (timedelta(hours=24), "4–24 h"),
    (timedelta.max, "> 24 h"),
)


@dataclass(frozen=True)
class Took:
    """One mailbox that Mailroom waited for until it was ready. `license` is a SKU id."""

    seconds: float
    license: str
    began_at: datetime
    ended_at: datetime


class Scope(StrEnum):
    """Which cases an estimate is made from, the narrowest first."""

    HOUR = say("with this license at this hour")
    LICENSE = say("with this license")
    TENANT = say("in this tenant")


@dataclass(frozen=True)
class Estimate:
    """From `count` finished cases; without figures where those are fewer than FEWEST."""

    count: int
    median: timedelta | None = None
    high: timedelta | None = None
    scope: Scope = Scope.TENANT


@dataclass(frozen=True)
class Week:
    """A week that begins on a Monday, UTC; its figures are None where no mailbox became ready."""

    begins: date
    count: int
    median: timedelta | None = None
    high: timedelta | None = None


@dataclass(frozen=True)
class Report:
    """`ends`: cases by the state that they ended in; `causes`: by id, what was found for the late and failed.

    `buckets` are in the order of BUCKETS.
    """

    weeks: tuple[Week, ...]
    buckets: tuple[int, ...]
    median: timedelta | None
    high: timedelta | None
    ends: tuple[tuple[str, int], ...] = ()
    causes: tuple[tuple[str, int], ...] = ()

    @property
    def count(self) -> int:
        """Mailboxes that were waited for and became ready."""
        return sum(self.buckets)


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Of at least one value in ascending order, between the two nearest: statistics.quantiles' "inclusive" method."""
    whole, part = divmod((len(ordered) - 1) * percent, 100)
    if not part:
        return ordered[whole]
    return (ordered[whole] * (100 - part) + ordered[whole + 1] * part) / 100


def estimate(took: Sequence[Took], license: str, began_at: datetime) -> Estimate:  # noqa: A002
    """The range for a wait that began then, from the narrowest of the scopes that has enough cases."""
    same_license = [one for one in took if license and one.license == license]
    same_hour = [one for one in same_license if one.began_at.hour == began_at.hour]
    for scope, cases in ((Scope.HOUR, same_hour), (Scope.LICENSE, same_license), (Scope.TENANT, took)):
        if len(cases) >= FEWEST:
            return Estimate(len(cases), *_range(cases), scope)
    return Estimate(len(took))


def report(
    took: Sequence[Took],
    now: datetime,
    weeks: int,
    ends: Iterable[tuple[str, int]] = (),
    causes: Iterable[tuple[str, int]] = (),
) -> Report:
    """The last `weeks` weeks, the one that runs included; `took` are those that ended since `first_day`."""
    by_week: dict[date, list[Took]] = {first_day(now, weeks) + timedelta(weeks=number): [] for number in range(weeks)}
    for one in took:
        by_week.setdefault(monday(one.ended_at), []).append(one)
    return Report(
        weeks=tuple(Week(begins, len(cases), *_range(cases)) for begins, cases in sorted(by_week.items())),
        buckets=_distribution(took),
        median=_range(took)[0],
        high=_range(took)[1],
        ends=tuple(ends),
        causes=tuple(causes),
    )


def first_day(now: datetime, weeks: int) -> date:
    """The Monday on which a report of so many weeks begins."""
    return monday(now) - timedelta(weeks=weeks - 1)


def monday(moment: datetime) -> date:
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _range(cases: Sequence[Took]) -> tuple[timedelta | None, timedelta | None]:
    ordered = sorted(one.seconds for one in cases)
    if not ordered:
        return None, None
    return timedelta(seconds=percentile(ordered, MEDIAN)), timedelta(seconds=percentile(ordered, HIGH))


def _distribution(took: Iterable[Took]) -> tuple[int, ...]:
    counts = [0] * len(BUCKETS)
    for one in took:
        counts[next(number for number, (end, _) in enumerate(BUCKETS) if one.seconds < end.total_seconds())] += 1
    return tuple(counts)
