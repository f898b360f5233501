"""How long mailboxes took in the last weeks, how cases ended, and what held them up: figures and charts."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_skeleton

from cards import parts
from cards.cause_names import NAMES
from cards.charts import Chart, Series, bars, columns
from cards.elements import Element
from cards.estimates import rounded
from cards.language import counted, marked, number, say, spoken, told
from cards.parts import Card
from provisioning.case import CaseState
from provisioning.figures import BUCKETS, FEWEST, Report

MOST_CAUSES = 8
MOST_WEEKS = 12  # in the chart by week: more bars than that cannot be told apart on a phone
OFFERED = (4, 12, 26)

_ENDS = (
    (marked("Ready"), CaseState.READY),
    (marked("Failed"), CaseState.FAILED),
    (marked("Given up"), CaseState.GIVEN_UP),
    (marked("Cancelled"), CaseState.CANCELLED),
)


def report_card(report: Report) -> Card:
    weeks = len(report.weeks)
    title = counted("Mailboxes this week", "Mailboxes in the last {n} weeks", weeks)
    says = _says(report)
    how = say("Measured from the license to the mailbox, where Mailroom waited for it; weeks begin on Monday, UTC.")
    body: list[Element] = [
        parts.header(title, says),
        parts.facts([(told(name), number(dict(report.ends).get(state, 0))) for name, state in _ENDS]),
        *_times(report),
        *_causes(report.causes),
        _offers(weeks),
        parts.small(how, spacing="Medium"),
    ]
    return parts.card(body, f"{title}. {says}.", wide=True)


def _says(report: Report) -> str:
    if report.median is None or report.high is None:
        return say("Nobody was waited for until the mailbox was ready")
    half, high = rounded(report.median), rounded(report.high)
    if report.count >= FEWEST:
        return say("Half were ready within {half}, 9 in 10 within {high}", half=half, high=high)
    few = report.count
    return say(
        "Half were ready within {half}, 9 in 10 within {high}, from only {count}", half=half, high=high, count=few
    )


def _times(report: Report) -> list[Element]:
    if not report.count:
        return []
    counts = tuple(float(count) for count in report.buckets)
    one = Series(say("mailboxes"), counts, "categoricalBlue")
    spread = columns(say("Mailboxes by time to ready"), [name for _, name in BUCKETS], [one])
    return [_spaced(spread), *_by_week(report)]


def _by_week(report: Report) -> list[Element]:
    weeks = report.weeks[-MOST_WEEKS:]
    if len(weeks) < 2:
        return []
    series = [
        Series(say("half within"), tuple(_minutes(week.median) for week in weeks), "categoricalBlue"),
        Series(say("9 in 10 within"), tuple(_minutes(week.high) for week in weeks), "categoricalLavender"),
    ]
    return [_spaced(columns(say("Minutes to ready, by week"), [_day(week.begins) for week in weeks], series))]


def _causes(causes: Sequence[tuple[str, int]]) -> list[Element]:
    if not causes:
        return []
    shown = causes[:MOST_CAUSES]
    names = [told(NAMES.get(cause, cause)) for cause, _ in shown]
    series = [Series(say("cases"), tuple(float(count) for _, count in shown), "warning")]
    return [_spaced(bars(say("What held cases up"), names, series))]


def _offers(weeks: int) -> Element:
    other = [many for many in OFFERED if many != weeks]
    return parts.buttons(
        [parts.button(say("{count} weeks", count=many), "run", {"text": f"report weeks={many}"}) for many in other]
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
    return format_skeleton("MMMd", day, locale=spoken())
