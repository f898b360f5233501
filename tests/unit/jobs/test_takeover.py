"""What a process left goes on in the next one, or ends and says so."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
from support.office import CHAT, HELGA, JANE, Office, eventually

from jobs import presence, queueing
from jobs.tables import open_engine, processes, takeovers
from jobs.workflows import FAULT, QUEUE, provision
from provisioning.case import Case, CaseState


async def leave_at_work(office: Office, *, times: int = 0) -> Case:
    """A case and its workflow as a process leaves them that is killed before the first step, others `times` before."""

    async def begin_never(case_id: str) -> None:
        with SetWorkflowID(case_id), SetEnqueueOptions(delay_seconds=3600):
            await DBOS.enqueue_workflow_async(QUEUE, provision, case_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queueing, "begin_provision", begin_never)
        case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.jobs.close()
    with database(office) as connection:
        dead = presence.ONLY_ONE if connection.dialect.name == "sqlite" else "dead"
        set_workflow(connection, case, status="PENDING", executor_id=dead)
        if dead != presence.ONLY_ONE:
            connection.execute(processes.insert().values(id=dead, seen_at=0.0))
        if times:
            connection.execute(takeovers.insert().values(workflow_id=case.id, times=times))
    return case


@contextmanager
def database(office: Office) -> Iterator[sa.Connection]:
    engine = open_engine(office.url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def set_workflow(connection: sa.Connection, case: Case, **values: str) -> None:
    schema = None if connection.dialect.name == "sqlite" else "dbos"
    columns = [sa.column(name) for name in ("workflow_uuid", "status", "executor_id")]
    workflows = sa.table("workflow_status", *columns, schema=schema)
    connection.execute(sa.update(workflows).where(workflows.c.workflow_uuid == case.id).values(**values))


async def test_what_a_dead_process_was_at_work_on_goes_on_in_the_next(office: Office) -> None:
    case = await leave_at_work(office)
    await office.open()
    await office.until_state(case, CaseState.WAITING)
    assert office.directory.count("create_account") == 1
    assert office.directory.count("assign_license") == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_workflow_whose_processes_keep_dying_ends_its_case(office: Office) -> None:
    case = await leave_at_work(office, times=presence.TAKEOVERS)
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
    with database(office) as connection:
        set_workflow(connection, case, status="ERROR")
    await office.open()
    assert (await office.until_state(case, CaseState.FAILED)).problem is not None

    async def told() -> bool:
        return "posted" in office.messenger.kinds()

    await eventually(told)
