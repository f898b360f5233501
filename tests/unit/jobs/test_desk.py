"""Orders from the terminal: rows that a process writes which carries nothing out, and a bot takes up."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support.office import HELGA, JANE, Office, ShiftedClock, eventually

from jobs.audit_reading import open_trail
from jobs.desk import Desk, open_desk
from jobs.migrations import migrate
from jobs.tables import NoDatabase, open_engine, processes
from provisioning.bulk import Bulk, BulkLine, BulkState, BulkSummary
from provisioning.case import NOWHERE, CaseState, Person
from provisioning.orders import OrderRequest
from provisioning.placing import Terms
from provisioning.scheduled import Scheduled

TINA = Person("terminal:tina", "tina at the terminal of host")
REQUEST = OrderRequest(JANE.upn, JANE.display_name, "US", license=JANE.license)
LIST = Bulk("list", "From the terminal", TINA, ShiftedClock().now(), 1)


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    desk = open_desk(office.url, office.clock)
    yield desk
    desk.audit.close()


async def ended(desk: Desk) -> BulkSummary:
    async def look() -> BulkSummary | None:
        summary = await desk.bulks.summary("list")
        return summary if summary and summary.bulk.state is BulkState.ENDED else None

    return await eventually(look)


async def test_a_bot_carries_it_out_once_and_writes_to_nobody(office: Office, desk: Desk) -> None:
    await desk.bulks.draft(LIST, [BulkLine(1, JANE.upn, REQUEST, JANE)])
    for _ in range(2):
        await desk.bulks.start("list", TINA, NOWHERE)
    case = await eventually(lambda: desk.find(JANE.upn))
    await office.until_state(case, CaseState.WAITING)
    office.directory.make_ready(JANE.upn)
    assert (await ended(desk)).counts == {"ready": 1}
    assert office.directory.count("create_account") == 1
    assert office.messenger.sent == []
    with open_trail(desk.audit.engine.url.render_as_string(hide_password=False)) as trail:
        ordered = [entry for entry in trail.entries() if entry.kind == "order"]
    assert {entry.actor_name for entry in ordered} == {TINA.name}
    assert [entry.case for entry in ordered] == ["list", case.id]


async def test_the_details_are_for_whoever_ordered_there_and_once(office: Office, desk: Desk) -> None:
    await desk.bulks.draft(LIST, [BulkLine(1, JANE.upn, REQUEST, JANE)])
    await desk.bulks.start("list", TINA, NOWHERE)
    case = await eventually(lambda: desk.find(JANE.upn))
    await office.until_state(case, CaseState.WAITING)
    assert not await desk.claim_credential(case.id, HELGA)
    assert await desk.claim_credential(case.id, TINA)
    assert not await desk.claim_credential(case.id, TINA)
    await desk.release_credential(case.id)
    assert await office.jobs.claim_credential(case.id, TINA)


async def test_an_order_for_later_begins_then_and_writes_to_nobody(office: Office, desk: Desk) -> None:
    now = office.clock.now()
    one = Scheduled("later", REQUEST, TINA, NOWHERE, now + timedelta(hours=1), now)
    assert await desk.schedules(office.directory, Terms()).add(one) is one
    office.clock.shift = timedelta(hours=1, seconds=1)
    case = await eventually(lambda: desk.find(JANE.upn))
    assert (case.id, case.requester) == ("later", TINA)
    await office.until_state(case, CaseState.WAITING)
    office.directory.make_ready(JANE.upn)
    await office.until_state(case, CaseState.READY)
    assert office.messenger.sent == []


async def test_whether_a_bot_lives_is_seen(office: Office, desk: Desk) -> None:
    assert await desk.has_bot()
    await office.jobs.close()
    assert not await desk.has_bot()


async def test_neither_the_first_migration_nor_a_killed_bot_is_one(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    desk = open_desk(database_url, ShiftedClock())
    assert not await desk.has_bot()
    with engine.begin() as connection:
        long_ago = ShiftedClock().now().timestamp() - 20
        connection.execute(processes.update().values(seen_at=long_ago))
        assert connection.execute(sa.select(processes.c.id)).first()
    assert not await desk.has_bot()
    desk.audit.close()
    engine.dispose()


def test_no_database_is_made_and_no_older_one_altered(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="Start the bot once"):
        open_desk(f"sqlite:///{tmp_path}/wrong.db", ShiftedClock())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with pytest.raises(NoDatabase, match="Start the bot once"):
        open_desk(f"sqlite:///{tmp_path}/empty.db", ShiftedClock())
