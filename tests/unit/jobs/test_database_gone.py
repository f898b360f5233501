"""A database that does not answer, or has no room: one clear sentence, nothing lost, and on it goes afterwards."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from support.office import CHAT, HELGA, JANE, Office, eventually
from support.postgres import Cluster

from jobs import rounds, workflows
from jobs.tables import open_engine
from jobs.watcher import LEASE_SECONDS
from provisioning.case import CaseState, Conversation
from provisioning.errors import DatabaseUnavailable

ANN = replace(JANE, upn="ann@contoso.com")
HUGE = 2**30  # pages


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PAUSE_AFTER_FAILURE", 0.05)
    monkeypatch.setattr(workflows, "DATABASE_PAUSE", 0.05)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_postgresql_that_is_gone_is_told_and_waited_out(office: Office, postgres: Cluster) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    await office.jobs.check()

    await asyncio.to_thread(postgres.stop)
    try:
        for ask in (office.jobs.check(), office.jobs.start(ANN, HELGA, CHAT), office.jobs.find(ANN.upn)):
            with pytest.raises(DatabaseUnavailable, match="does not answer, so nothing was saved"):
                await ask
    finally:
        await asyncio.to_thread(postgres.start)

    await office.jobs.check()
    office.directory.make_ready(waiting.account_id)
    office.clock.shift = timedelta(seconds=LEASE_SECONDS + 1)  # a look may have been on its way
    await office.until_state(case, CaseState.READY)
    await office.until_state(await office.jobs.start(ANN, HELGA, CHAT), CaseState.WAITING)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_postgresql_that_goes_in_the_middle_of_a_step_loses_nothing(office: Office, postgres: Cluster) -> None:
    create = office.directory.create_account

    async def create_and_lose_the_database(*args: object) -> Any:
        made = await create(*args)  # type: ignore[arg-type]
        await asyncio.to_thread(postgres.stop)
        return made

    office.directory.create_account = create_and_lose_the_database  # type: ignore[method-assign]
    case = await office.jobs.start(JANE, HELGA, CHAT)

    async def is_gone() -> bool:
        try:
            await office.jobs.check()
        except DatabaseUnavailable:
            return True
        return False

    await eventually(is_gone)
    await asyncio.to_thread(postgres.start)
    await office.until_state(case, CaseState.WAITING)
    assert office.directory.count("create_account") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_is_told_and_waited_out(office: Office) -> None:
    engine = office.jobs._engine
    pages = [1]  # less than there are: not one more may be added

    @event.listens_for(engine, "checkout")
    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    async def fill_up() -> None:
        for number in range(1000):
            await office.jobs.start(
                replace(JANE, upn=f"p{number}@contoso.com"), HELGA, Conversation("c" * 3000, "", "")
            )

    with pytest.raises(DatabaseUnavailable, match="disk of Mailroom's database is full"):
        await fill_up()
    pages[0] = HUGE
    await office.until_state(await office.jobs.start(ANN, HELGA, CHAT), CaseState.WAITING)
    first = await office.jobs.find("p0@contoso.com")
    if first is not None:
        await office.until_state(first, CaseState.WAITING)


def test_the_url_may_say_how_the_connection_is_made() -> None:
    url = "postgresql://u:p@db.example/mailroom?sslmode=verify-full&connect_timeout=3"
    engine = open_engine(url)
    arguments = engine.dialect.create_connect_args(engine.url)[1]
    assert {name: value for name, value in arguments.items() if name != "context"} == {
        "host": "db.example",
        "dbname": "mailroom",
        "user": "u",
        "password": "p",
        "sslmode": "verify-full",
        "connect_timeout": "3",
        "keepalives_idle": "15",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "30000",
        "options": "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
    }
