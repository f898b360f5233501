"""What a process left goes on in the next one, or ends and says so."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa
from support.office import CHAT, HELGA, JANE, Office, eventually

from jobs import engine as engine_module
from jobs import presence
from jobs.tables import open_engine, takeovers
from jobs.workflows import FAULT
from provisioning.case import Case, CaseState


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "STOP_SECONDS", 0)


async def leave_at_work(office: Office) -> Case:
    """The process ends while a write of the case is on its way, and never hears how it went."""
    create, is_asked, never = office.directory.create_account, asyncio.Event(), asyncio.Event()

    async def create_and_hang(*args: object) -> None:
        await create(*args)  # type: ignore[arg-type]
        is_asked.set()
        await never.wait()

    office.directory.create_account = create_and_hang  # type: ignore[method-assign, assignment]
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await is_asked.wait()
    await office.jobs.close()
    office.directory.create_account = create  # type: ignore[method-assign]
    return case


async def test_the_next_process_goes_on_and_does_nothing_twice(office: Office) -> None:
    case = await leave_at_work(office)
    await office.open()
    await office.until_state(case, CaseState.WAITING)
    assert office.directory.count("create_account") == 1
    assert office.directory.count("assign_license") == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_workflow_whose_processes_keep_dying_ends_its_case(office: Office) -> None:
    case = await leave_at_work(office)
    engine = open_engine(office.url)
    with engine.begin() as connection:
        connection.execute(takeovers.insert().values(workflow_id=case.id, times=presence.TAKEOVERS))
    engine.dispose()
    await office.open()
    failed = await office.until_state(case, CaseState.FAILED)
    assert failed.problem is not None
    assert failed.problem.sentence == FAULT


async def test_a_case_stored_by_a_process_that_died_before_its_workflow_began_is_begun(office: Office) -> None:
    case = Case("c1", replace(JANE, upn="ann@contoso.com"), HELGA, office.clock.now())
    await asyncio.to_thread(office.jobs._store.open, case, CHAT)
    await office.jobs.close()
    await office.open()
    await office.until_state(case, CaseState.WAITING)


async def test_a_case_whose_workflow_broke_off_ends_at_the_next_start(office: Office) -> None:
    """Its own fault could not be noted, since the database was gone just then."""
    case = await leave_at_work(office)
    engine = open_engine(office.url)
    table = "workflow_status" if engine.dialect.name == "sqlite" else "dbos.workflow_status"
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {table} SET status = 'ERROR' WHERE workflow_uuid = :id"), {"id": case.id})
    engine.dispose()
    await office.open()
    assert (await office.until_state(case, CaseState.FAILED)).problem is not None

    async def told() -> bool:
        return "posted" in office.messenger.kinds()

    await eventually(told)
