"""Lists and figures from the narrow table of cases (jobs/lines.py): pages and counts by SQL, ranges remembered a while.

Implements provisioning.ports.Records.
"""

import asyncio
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from jobs.lines import line_in
from jobs.tables import case_lines as lines
from jobs.tables import cases, reading
from provisioning import figures
from provisioning.case import OPEN_STATES, CaseState
from provisioning.figures import Estimate, Report, Took
from provisioning.listing import PAGE, CaseLine, CasePage, Wanted
from provisioning.ports import Clock
from provisioning.waiting import USUAL

REMEMBERED = timedelta(minutes=5)
LOOKS_BACK = timedelta(days=90)  # what an estimate is made from
MOST = 2_000  # finished cases of one estimate, the newest
MOST_OF_REPORT = 50_000
NO_SEATS = "C12"  # provisioning/causes.py
SEATS_ASKED = timedelta(days=30)
MOST_WAITING = 50


class CaseRecords:
    """Reads only. Raises DatabaseUnavailable."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._took: list[Took] = []
        self._estimates: dict[tuple[str, int], Estimate] = {}

    async def estimate(self, license: str, began_at: datetime) -> Estimate:  # noqa: A002
        now = self._clock.now()
        if abs(now - self._read_at) >= REMEMBERED:
            self._took = await asyncio.to_thread(self._finished, now - LOOKS_BACK, MOST)
            self._estimates = {}
            self._read_at = now
        began_at = began_at.astimezone(UTC)
        key = (license, began_at.hour)
        if key not in self._estimates:
            self._estimates[key] = figures.estimate(self._took, license, began_at)
        return self._estimates[key]

    async def report(self, weeks: int) -> Report:
        return await asyncio.to_thread(self._report, weeks)

    async def cases(self, wanted: Wanted, number: int = 0, size: int = PAGE) -> CasePage:
        return await asyncio.to_thread(self._page, wanted, number, size)

    async def waiting_for_seats(self) -> tuple[CaseLine, ...]:
        return await asyncio.to_thread(self._without_seat)

    def _report(self, weeks: int) -> Report:
        now = self._clock.now()
        since = datetime.combine(figures.first_day(now, weeks), time(), UTC)
        is_recent = sa.or_(lines.c.ended_at >= since.timestamp(), lines.c.ended_at.is_(None))
        ends = sa.select(lines.c.state, sa.func.count()).where(lines.c.ended_at >= since.timestamp())
        causes = sa.select(lines.c.cause, sa.func.count().label("n")).where(is_recent, lines.c.cause != "")
        with reading(self._engine) as connection:
            by_state = connection.execute(ends.group_by(lines.c.state)).all()
            by_cause = connection.execute(causes.group_by(lines.c.cause).order_by(sa.desc("n"), lines.c.cause)).all()
        took = self._finished(since, MOST_OF_REPORT)
        return figures.report(
            took, now, weeks, [(state, n) for state, n in by_state], [(cause, n) for cause, n in by_cause]
        )

    def _finished(self, since: datetime, most: int) -> list[Took]:
        """What was waited for and became ready, the newest first."""
        query = (
            sa.select(lines.c.ready_seconds, lines.c.license, lines.c.waiting_since, lines.c.ended_at)
            .where(lines.c.ended_at >= since.timestamp(), lines.c.ready_seconds.is_not(None))
            .order_by(lines.c.ended_at.desc())
            .limit(most)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        moment = datetime.fromtimestamp
        return [Took(seconds, sku, moment(began, UTC), moment(ended, UTC)) for seconds, sku, began, ended in rows]

    def _page(self, wanted: Wanted, number: int, size: int) -> CasePage:
        conditions = _conditions(wanted)
        page = sa.select(lines).where(*conditions).order_by(lines.c.created_at.desc(), lines.c.id)
        with reading(self._engine) as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(lines).where(*conditions)).scalar_one()
            number = max(0, min(number, (total - 1) // size))  # the list may have become shorter
            rows = connection.execute(page.limit(size).offset(number * size)).all()
            counts = self._counts(connection)
        return CasePage(tuple(line_in(row) for row in rows), total, number, counts, size)

    def _counts(self, connection: sa.Connection) -> tuple[tuple[str, int], ...]:
        """By state, and of those that wait for long."""
        rows = connection.execute(sa.select(lines.c.state, sa.func.count().label("n")).group_by(lines.c.state))
        by_state = {row.state: row.n for row in rows}
        late = _conditions(Wanted(late_before=self._clock.now() - USUAL))
        is_late = connection.execute(sa.select(sa.func.count()).select_from(lines).where(*late)).scalar_one()
        is_open = sum(by_state.get(state.value, 0) for state in OPEN_STATES)
        return (("open", is_open), ("late", is_late), *sorted(by_state.items()))

    def _without_seat(self) -> tuple[CaseLine, ...]:
        """Whose newest case lacked a seat when it was looked into, and has not become ready since."""
        is_newest = ~sa.exists().where(cases.c.upn == lines.c.upn, cases.c.created_at > lines.c.created_at)
        lacking = (CaseState.RUNNING, CaseState.WAITING, CaseState.FAILED, CaseState.GIVEN_UP)
        query = sa.select(lines).where(
            lines.c.state.in_([state.value for state in lacking]),
            lines.c.created_at >= (self._clock.now() - SEATS_ASKED).timestamp(),
            lines.c.cause == NO_SEATS,
            is_newest,
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(lines.c.created_at).limit(MOST_WAITING)).all()
        return tuple(line_in(row) for row in rows)


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.states:
        found.append(lines.c.state.in_([state.value for state in wanted.states]))
    if wanted.stage:
        found.append(lines.c.stage == wanted.stage.value)
    if wanted.asker_id:
        found.append(lines.c.asker_id == wanted.asker_id.lower())
    if wanted.asker:
        found.append(lines.c.asker_name.icontains(wanted.asker, autoescape=True))
    if wanted.after:
        found.append(lines.c.created_at >= wanted.after.timestamp())
    if wanted.before:
        found.append(lines.c.created_at <= wanted.before.timestamp())
    if wanted.late_before:
        found.append(lines.c.state == CaseState.WAITING.value)
        found.append(lines.c.waiting_since <= wanted.late_before.timestamp())
    return found
