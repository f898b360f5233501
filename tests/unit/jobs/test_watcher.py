"""The watcher over many waiting cases: what it asks, and how it notes what it saw."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from support.fake_directory import FakeDirectory
from support.fake_messenger import FakeMessenger
from support.office import CHAT, HELGA, JANE, ShiftedClock, eventually

from jobs import watcher
from jobs.audit import AuditLog, open_audit
from jobs.cases import Cases
from jobs.courier import Courier
from jobs.outbox import Outbox
from jobs.store import CaseStore, Due
from jobs.watcher import AT_MOST, BATCH, Watcher
from provisioning.case import Case, CaseState, cancel, touch, wait
from provisioning.waiting import GIVE_UP

NOW = datetime.now(UTC)
POLL_SECONDS = 30.0


@pytest.fixture
def audit(database_url: str) -> Iterator[AuditLog]:
    audit = open_audit(database_url, ShiftedClock())
    audit.prepare()
    yield audit
    audit.close()


class Desk:
    """A watcher over a database, with whatever it hands over."""

    def __init__(self, audit: AuditLog) -> None:
        self.directory = FakeDirectory()
        self.store = CaseStore(audit.engine, "p1")
        clock = ShiftedClock()
        cases = Cases(self.store, Courier(Outbox(audit.engine, "p1"), FakeMessenger(), clock), clock)
        self.finished: list[str] = []
        self.explained: list[tuple[str, str]] = []
        self.watcher = Watcher(self.directory, cases, self._finish, self._explain, POLL_SECONDS)

    def put(self, number: int, age: timedelta = timedelta(hours=5)) -> Due:
        """A case that was looked at a while ago, and is due."""
        order = replace(JANE, upn=f"person{number}@contoso.com")
        case = Case(f"c{number}", order, HELGA, NOW - age, account_id=f"a{number}")
        self.store.open(case, CHAT)
        last = NOW - min(age, timedelta(minutes=5))

        def begin(case: Case) -> Case:
            return touch(wait(case, NOW - age), last, last_check_at=last, checks=3)

        self.store.change(case.id, begin)
        return Due(case.id, case.account_id)

    def case(self, due: Due) -> Case:
        found = self.store.get(due.id)
        assert found is not None
        return found

    async def _finish(self, case_id: str) -> None:
        self.finished.append(case_id)

    async def _explain(self, case_id: str, reason: str) -> None:
        self.explained.append((case_id, reason))


@pytest.fixture
def desk(audit: AuditLog) -> Desk:
    return Desk(audit)


async def test_the_looks_of_a_batch_are_noted_in_one_transaction(desk: Desk) -> None:
    due = [desk.put(number) for number in range(2 * BATCH + 5)]
    commits = []
    sa.event.listen(desk.store.engine, "commit", commits.append)
    await desk.watcher.look(due)
    assert len(commits) == 3
    assert {desk.case(one).checks for one in due} == {4}
    assert desk.directory.count("probe_mailboxes") == 3


async def test_one_that_cannot_be_noted_leaves_the_others_of_its_transaction_as_they_were(desk: Desk) -> None:
    due = [desk.put(number) for number in range(3)]

    def transition(case: Case) -> Case:
        if case.id == due[2].id:
            raise RuntimeError("no")
        return touch(case, NOW, checks=99)

    with pytest.raises(RuntimeError):
        desk.store.change_all([one.id for one in due], transition)
    assert {desk.case(one).checks for one in due} == {3}


async def test_in_one_batch_each_case_gets_what_is_its_own(desk: Desk, audit: AuditLog) -> None:
    plain, arrived, cancelled, late, over = (
        desk.put(number, age)
        for number, age in enumerate([timedelta(hours=5)] * 3 + [timedelta(hours=8, minutes=1), GIVE_UP])
    )
    desk.directory.probes[arrived.account_id] = next(iter(desk.directory.probes.values()))  # somebody's who is well
    desk.store.change(cancelled.id, lambda case: cancel(case, "Helga", NOW))
    await desk.watcher.look([plain, arrived, cancelled, late, over])
    assert desk.finished == [arrived.id]
    assert (desk.case(arrived).checks, desk.case(plain).checks) == (3, 4)
    assert desk.case(cancelled).state is CaseState.CANCELLED
    assert desk.explained[0] == (late.id, "after 8 hours")
    assert desk.case(over).state is CaseState.GIVEN_UP
    assert (await audit.history(desk.case(over).order.upn))[0].kind == "ended"


async def test_what_is_overdue_after_a_downtime_is_not_asked_all_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "AT_MOST", 2 * BATCH)
    for number in range(3 * BATCH):
        desk.put(number)
    watching = asyncio.create_task(desk.watcher.run())

    async def first_round_is_over() -> bool:
        return sum(desk.case(Due(f"c{number}", "")).checks == 4 for number in range(3 * BATCH)) == 2 * BATCH

    await eventually(first_round_is_over)
    assert desk.directory.count("probe_mailboxes") == 2
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching


async def test_a_round_claims_no_more_than_it_says(desk: Desk) -> None:
    due = [desk.put(number) for number in range(3)]
    claimed = desk.store.claim_due(datetime.now(UTC), 60, 2, farthest=3600)
    assert len(claimed) == 2
    assert set(claimed) <= set(due)
    assert len(desk.store.claim_due(datetime.now(UTC), 60, AT_MOST, farthest=3600)) == 1


async def test_the_open_cases_are_found_and_counted_without_reading_all(desk: Desk) -> None:
    if desk.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by statistics, which a small table does not have")
    asked: list[tuple[str, Any]] = []
    desk.put(1)
    sa.event.listen(
        desk.store.engine, "before_cursor_execute", lambda _c, _cur, text, values, *_: asked.append((text, values))
    )
    assert [case.id for case in desk.store.open_cases(20)] == ["c1"]
    assert desk.store.count_open() == 1
    with desk.store.engine.connect() as connection:
        listing, counting = (
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()) for text, values in tuple(asked)
        )
    assert "INDEX cases_open" in listing
    assert "TEMP B-TREE" not in listing
    assert "COVERING INDEX" in counting
