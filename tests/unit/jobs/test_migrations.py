"""The tables of earlier versions become this one's, and what was in them goes on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from support import version_0_1_0
from support.fake_directory import FakeDirectory
from support.office import Office, eventually

from jobs import migrations
from jobs.migrations import HEAD, migrate
from jobs.tables import metadata, open_engine
from provisioning.case import Stage, StageState


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def differences(engine: sa.Engine) -> list[Any]:
    """Between the tables as they are and as the code has them."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
        return list(compare_metadata(context, metadata))


def is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """On SQLite the engine's tables lie beside ours."""
    return kind != "table" or name in metadata.tables


def test_a_new_database_gets_the_tables_that_the_code_has(engine: sa.Engine) -> None:
    migrate(engine)
    assert differences(engine) == []


def test_the_tables_of_version_0_1_0_become_those_that_the_code_has(engine: sa.Engine) -> None:
    version_0_1_0.metadata.create_all(engine)
    migrate(engine)
    assert differences(engine) == []


def test_the_steps_are_one_line_that_ends_at_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    steps = ScriptDirectory.from_config(config)
    assert steps.get_heads() == [HEAD]
    assert [step.revision for step in steps.walk_revisions()] == sorted(
        (f"{number:04}" for number in range(1, int(HEAD) + 1)), reverse=True
    )


def test_a_second_time_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine)
    migrate(engine)
    assert differences(engine) == []


def test_processes_that_start_at_once_migrate_once(engine: sa.Engine) -> None:
    version_0_1_0.metadata.create_all(engine)
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(migrate, [engine] * 6))
    assert differences(engine) == []


def test_the_tables_of_a_newer_version_are_left_alone(engine: sa.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    migrate(engine)


def test_version_0_1_0_can_still_write_beside_this_one(engine: sa.Engine) -> None:
    """In a rolling upgrade its processes go on for a while: a new column must have a default of the database's."""
    migrate(engine)
    fill(engine)


async def test_what_version_0_1_0_left_goes_on(database_url: str) -> None:
    engine = open_engine(database_url)
    version_0_1_0.metadata.create_all(engine)
    fill(engine)
    engine.dispose()
    office = Office(database_url)
    add_jane(office.directory)
    await office.open()
    try:
        case = await office.jobs.find("jane@contoso.com")
        assert case is not None
        await office.until(case, lambda now: now.stage(Stage.NOTIFICATION).state is StageState.DONE)

        async def repair_ended() -> bool:
            repair = await office.jobs.get_repair("r1")
            return repair is not None and not repair.is_open

        await eventually(repair_ended)
        assert office.messenger.kinds().count("posted") == 0  # the card that stood there is updated
        assert office.messenger.kinds().count("ready") == 1
    finally:
        await office.jobs.close()


def add_jane(directory: FakeDirectory) -> None:
    """As version 0.1.0 made her; her mailbox came while nobody looked."""
    someone = next(iter(directory.accounts.values()))
    jane = replace(someone, id=version_0_1_0.ACCOUNT_ID, upn="jane@contoso.com", display_name="Jane Doe")
    directory.accounts[jane.id] = jane
    directory.make_ready(jane.id)


def fill(engine: sa.Engine) -> None:
    """Rows as version 0.1.0 wrote them."""
    with engine.begin() as connection:
        for table, values in version_0_1_0.ROWS:
            connection.execute(table.insert().values(**values))
