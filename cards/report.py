"""How long mailboxes took in the last weeks, how cases ended, and what held them up: figures and charts."""

from collections.abc import Sequence
from datetime import date, timedelta

from cards import parts
from cards.charts import Chart, Series, bars, columns
from cards.elements import Element
from cards.estimates import rounded
from cards.parts import Card
from provisioning.case import CaseState
from provisioning.causes import CAUSES
from provisioning.figures import BUCKETS, FEWEST, Report

MOST_CAUSES = 8
MOST_WEEKS = 12  # in the chart by week: more bars than that cannot be told apart on a phone
OFFERED = (4, 12, 26)

_ENDS = (
    ("Ready", CaseState.READY),
    ("Failed", CaseState.FAILED),
    ("Given up", CaseState.GIVEN_UP),
    ("Cancelled", CaseState.CANCELLED),
)


def report_card(report: Report) -> Card:
    weeks = len(report.weeks)
    title = "Mailboxes this week" if weeks == 1 else f"Mailboxes in the last {weeks} weeks"
    says = _says(report)
    body: list[Element] = [
        parts.header(title, says),
        parts.facts([(name, f"{dict(report.ends).get(state, 0):,}") for name, state in _ENDS]),
        *_times(report),
        *_causes(report.causes),
        _offers(weeks),
        parts.small(
            "Measured from the license to the mailbox, where Mailroom waited for it; weeks begin on Monday, UTC.",
            spacing="Medium",
        ),
    ]
    return parts.card(body, f"{title}. {says}.", wide=True)


def _says(report: Report) -> str:
    if report.median is None or report.high is None:
        return "Nobody was waited for until the mailbox was ready"
    few = f", from only {report.count}" if report.count < FEWEST else ""
    return f"Half were ready within {rounded(report.median)}, 9 in 10 within {rounded(report.high)}{few}"


def _times(report: Report) -> list[Element]:
    if not report.count:
        return []
    counts = tuple(float(count) for count in report.buckets)
    spread = columns(
        "Mailboxes by time to ready", [name for _, name in BUCKETS], [Series("mailboxes", counts, "categoricalBlue")]
    )
    return [_spaced(spread), *_by_week(report)]


def _by_week(report: Report) -> list[Element]:
    weeks = report.weeks[-MOST_WEEKS:]
    if len(weeks) < 2:
        return []
    series = [
        Series("half within", tuple(_minutes(week.median) for week in weeks), "categoricalBlue"),
        Series("9 in 10 within", tuple(_minutes(week.high) for week in weeks), "categoricalLavender"),
    ]
    return [_spaced(columns("Minutes to ready, by week", [_day(week.begins) for week in weeks], series))]


def _causes(causes: Sequence[tuple[str, int]]) -> list[Element]:
    if not causes:
        return []
    shown = causes[:MOST_CAUSES]
    names = [_name(cause) for cause, _ in shown]
    series = [Series("cases", tuple(float(count) for _, count in shown), "warning")]
    return [_spaced(bars("What held cases up", names, series))]


def _name(cause: str) -> str:
    """C12: No seats."""
    known = CAUSES.get(cause)
    words = known.slug.replace("-", " ") if known else cause
    return words[:1].upper() + words[1:]


def _offers(weeks: int) -> Element:
    other = [number for number in OFFERED if number != weeks]
    return parts.buttons(
        [parts.button(f"{number} weeks", "run", {"text": f"report weeks={number}"}) for number in other]
    )


def _spaced(chart: Chart) -> Chart:
    chart.spacing = "Medium"
    return chart


def _minutes(span: timedelta | None) -> float:
    """Whole ones from ten on."""
    minutes = span / timedelta(minutes=1) if span else 0.0
    return round(minutes) if minutes >= 10 else round(minutes, 1)


def _day(day: date) -> str:
    """As in Nov 23: the year is clear."""
    return f"{day:%b} {day.day}"
