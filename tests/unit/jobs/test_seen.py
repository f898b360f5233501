"""What jobs tell of themselves: each thing once, and numbers that come from the database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from support.office import CHAT, HELGA, JANE, Office, eventually

from jobs import outbox
from jobs.finishing import FinishSteps
from provisioning.case import Case, CaseState, Stage, StageState, touch
from provisioning.tally import Tally


class Counted(Tally):
    def __init__(self) -> None:
        self.ready: list[float] = []
        self.cards: Counter[tuple[str, str]] = Counter()

    def case_ready(self, seconds: float) -> None:
        self.ready.append(seconds)

    def card_sent(self, kind: str, *, is_update: bool, merged: int) -> None:
        self.cards[kind, "updated" if is_update else "posted"] += 1
        self.cards[kind, "coalesced"] += merged


@pytest.fixture
async def seen(database_url: str) -> AsyncIterator[tuple[Office, Counted]]:
    office, tally = Office(database_url), Counted()
    await office.open(tally)
    yield office, tally
    await office.jobs.close()


async def test_time_to_ready_is_told_once_however_often_the_step_is_repeated(seen: tuple[Office, Counted]) -> None:
    office, tally = seen
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    office.clock.shift = timedelta(minutes=10)
    office.directory.make_ready(waiting.account_id)
    await office.until_state(case, CaseState.READY)
    finishing: FinishSteps = office.jobs._parts.finish_steps
    await finishing.run(case.id)
    [seconds] = tally.ready
    assert 600 <= seconds < 700
    await office.until(case, lambda c: c.stage(Stage.NOTIFICATION).state is StageState.DONE)
    assert tally.cards["ready", "posted"] == 1


async def test_changes_that_a_later_one_made_needless_are_counted(
    seen: tuple[Office, Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, tally = seen
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)

    async def is_at_rest() -> bool:
        return (await office.jobs.depth()).messages == 0

    await eventually(is_at_rest)
    courier = office.jobs._loops.tasks[0]
    courier.cancel()  # nothing is sent meanwhile
    await asyncio.gather(courier, return_exceptions=True)  # a message is counted a moment after it is noted as shown
    store, before = office.jobs._store, tally.cards["live", "coalesced"]
    monkeypatch.setattr(outbox, "SPACING_SECONDS", 0)

    def changed(current: Case) -> Case:
        return touch(current, office.clock.now())

    for _ in range(3):
        store.change(case.id, changed)
    depth = await office.jobs.depth()
    assert depth.messages == 1
    assert depth.cases == {("waiting", "mailbox"): 1}
    assert 0 <= depth.message_age < 30
    await eventually(lambda: _round(office, tally, before))


async def _round(office: Office, tally: Counted, before: int) -> bool:
    await office.jobs._courier._round()
    return tally.cards["live", "coalesced"] >= before + 2  # a look may have changed the card as well


async def test_looks_that_are_late_are_counted(seen: tuple[Office, Counted]) -> None:
    office, _ = seen
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    for task in office.jobs._loops.tasks:
        task.cancel()
    office.clock.shift = timedelta(hours=30)
    depth = await office.jobs.depth()
    assert depth.looks == 1
    assert depth.look_age > 3600
    assert depth.workflows == 0
