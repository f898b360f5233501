"""Lists and figures: what the tables say, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from support.fake_jobs import FixedClock
from support.office import CHAT

from jobs.lines import catch_up
from jobs.migrations import migrate
from jobs.preferences import PreferenceTable
from jobs.records import CaseRecords
from jobs.store import CaseStore
from jobs.tables import case_lines, open_engine
from provisioning.case import Case, CaseState, Explanation, Order, Person, Stage, enter, fail, ready, touch, wait
from provisioning.case import Problem as Trouble
from provisioning.figures import FEWEST, Scope
from provisioning.listing import PAGE, Wanted, line_of

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
HELGA, MONA = Person("H1", "Helga Desk"), Person("M1", "Mona 100% Manager")
E3 = "e3"


@pytest.fixture
def store(database_url: str) -> Iterator[CaseStore]:
    engine = open_engine(database_url)
    migrate(engine)
    yield CaseStore(engine, "p1")
    engine.dispose()


def records_of(store: CaseStore) -> CaseRecords:
    return CaseRecords(store.engine, FixedClock(NOW))


def put(store: CaseStore, number: int, age: timedelta, by: Person = HELGA, state: str = "waiting") -> Case:
    """Stored, and then brought to its state by a change, as the engine does it."""
    began = NOW - age
    order = Order(f"user{number}@contoso.com", f"User {number}", "US", E3, "Office 365 E3")
    case = store.open(Case(f"case-{number}", order, by, began), CHAT)
    transitions = {
        "running": lambda one: enter(one, Stage.LICENSE, "Assigning.", began),
        "waiting": lambda one: wait(enter(one, Stage.MAILBOX, "Preparing.", began), began),
        "failed": lambda one: fail(enter(one, Stage.LICENSE, "Assigning.", began), Trouble("No seats."), NOW),
        "ready": lambda one: ready(replace(wait(one, began), checks=2), NOW),
    }
    return store.change(case.id, transitions[state])


async def test_a_list_is_filtered_counted_and_turned_by_the_database(store: CaseStore) -> None:
    for number in range(PAGE + 3):
        put(store, number, timedelta(minutes=number))
    put(store, 50, timedelta(hours=2), MONA)
    put(store, 51, timedelta(hours=3), MONA, "failed")
    put(store, 52, timedelta(hours=4), MONA, "running")
    records = records_of(store)
    first = await records.cases(Wanted(states=(CaseState.WAITING,)))
    assert [line.id for line in first.lines] == [f"case-{number}" for number in range(PAGE)]
    assert (first.total, first.has_more) == (PAGE + 4, True)
    second = await records.cases(Wanted(states=(CaseState.WAITING,)), 1)
    assert [line.id for line in second.lines] == ["case-8", "case-9", "case-10", "case-50"]
    assert (await records.cases(Wanted(states=(CaseState.WAITING,)), 99)).number == 1
    assert dict(first.counts) == {"open": PAGE + 5, "late": 1, "failed": 1, "running": 1, "waiting": PAGE + 4}


FILTERS: tuple[tuple[Wanted, list[int]], ...] = (
    (Wanted(), [1, 2, 3, 4]),
    (Wanted(states=(CaseState.FAILED, CaseState.READY)), [3, 4]),
    (Wanted(stage=Stage.LICENSE), [3]),
    (Wanted(asker_id="m1"), [2, 4]),
    (Wanted(asker="mona 100%"), [2, 4]),
    (Wanted(asker="_"), []),
    (Wanted(after=NOW - timedelta(hours=1)), [1]),
    (Wanted(before=NOW - timedelta(hours=2, minutes=30)), [3, 4]),
    (Wanted(late_before=NOW - timedelta(minutes=30)), [2]),
)


async def test_each_filter_finds_its_cases(store: CaseStore) -> None:
    made = [
        put(store, 1, timedelta(minutes=5)),
        put(store, 2, timedelta(hours=2), MONA),
        put(store, 3, timedelta(hours=3), HELGA, "failed"),
        put(store, 4, timedelta(hours=4), MONA, "ready"),
    ]
    for wanted, found in FILTERS:
        page = await records_of(store).cases(wanted)
        assert [line.id for line in page.lines] == [f"case-{number}" for number in found], wanted
    assert (await records_of(store).cases(Wanted())).lines == tuple(map(line_of, made))


async def test_what_an_older_version_wrote_is_caught_up_with(store: CaseStore) -> None:
    put(store, 1, timedelta(hours=3), HELGA, "failed")
    put(store, 2, timedelta(hours=3))
    put(store, 3, timedelta(hours=1))
    with store.engine.begin() as connection:  # as it left them: no line, and one that is behind
        connection.execute(case_lines.delete().where(case_lines.c.id == "case-1"))
        connection.execute(case_lines.update().where(case_lines.c.id == "case-2").values(state="running"))
    assert catch_up(store.engine) == 2
    assert catch_up(store.engine) == 0
    lines = (await records_of(store).cases(Wanted())).lines
    assert [(line.id, line.state.value) for line in lines] == [
        ("case-3", "waiting"),
        ("case-1", "failed"),
        ("case-2", "waiting"),
    ]


async def test_the_estimate_comes_from_finished_cases_and_is_remembered_for_a_while(store: CaseStore) -> None:
    clock = FixedClock(NOW)
    records = CaseRecords(store.engine, clock)
    for number in range(FEWEST - 1):
        put(store, number, timedelta(minutes=10 + number), state="ready")
    assert (await records.estimate(E3, NOW)).median is None
    put(store, 90, timedelta(minutes=19), state="ready")
    assert (await records.estimate(E3, NOW)).count == FEWEST - 1  # as read before
    clock.moment += timedelta(minutes=5)
    estimate = await records.estimate(E3, NOW)
    assert (estimate.count, estimate.median, estimate.scope) == (FEWEST, timedelta(minutes=14.5), Scope.LICENSE)


async def test_a_report_counts_ends_and_causes_of_its_weeks(store: CaseStore) -> None:
    put(store, 1, timedelta(minutes=20), state="ready")
    failed = put(store, 2, timedelta(hours=1), state="failed")
    store.change(failed.id, lambda one: touch(one, NOW, explanation=Explanation("C12", "No seats.", False, NOW)))
    put(store, 3, timedelta(minutes=1))
    report = await records_of(store).report(2)
    assert (report.count, report.median) == (1, timedelta(minutes=20))
    assert dict(report.ends) == {"ready": 1, "failed": 1}
    assert report.causes == (("C12", 1),)


async def test_who_ordered_again_since_does_not_wait_for_a_seat(store: CaseStore) -> None:
    explanation = Explanation("C12", "No seats.", False, NOW)
    for number in (1, 2):
        failed = put(store, number, timedelta(hours=1), state="failed")
        store.change(failed.id, lambda one: touch(one, NOW, explanation=explanation))
    again = Order("user1@contoso.com", "User 1", "US", E3, "Office 365 E3")
    store.open(Case("again", again, HELGA, NOW), CHAT)
    assert [line.id for line in await records_of(store).waiting_for_seats()] == ["case-2"]


async def test_a_preference_is_kept_until_it_is_taken_back(store: CaseStore) -> None:
    preferences = PreferenceTable(store.engine)
    assert await preferences.get("seats-warning") == ""
    await preferences.set("seats-warning", "10")
    await preferences.set("seats-warning", "12")
    assert await PreferenceTable(store.engine).get("seats-warning") == "12"
    await preferences.set("seats-warning", "")
    assert await preferences.get("seats-warning") == ""


def test_lists_go_by_an_index(store: CaseStore) -> None:
    """No list may read the documents of all cases, nor sort them."""
    if store.engine.dialect.name != "sqlite":
        pytest.skip("SQLite says its plan in a line")
    for condition in ("state = 'waiting'", "created_at > 5", "ended_at > 5"):
        order = "ended_at" if "ended" in condition else "created_at"
        query = f"EXPLAIN QUERY PLAN SELECT * FROM case_lines WHERE {condition} ORDER BY {order} DESC LIMIT 8"
        with store.engine.connect() as connection:
            plan = " ".join(str(row) for row in connection.execute(sa.text(query)))
        assert "USING INDEX" in plan
        assert "TEMP B-TREE" not in plan
