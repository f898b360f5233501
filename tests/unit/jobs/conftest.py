"""Every test of the jobs gets an `office`, and waits for milliseconds where the product waits for minutes."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.office import Office
from support.postgres import Cluster

from jobs import following_up, joining, outbox, repairing, steps


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PAUSES", (0.01,) * 3)
    monkeypatch.setattr(steps, "REPLICATION_PAUSES", (0.01,) * 3)
    monkeypatch.setattr(steps, "GROUP_PAUSES", (0.01,) * 3)
    monkeypatch.setattr(joining, "PAUSES", (0.01,) * 2)
    monkeypatch.setattr(following_up, "PAUSES", (0.01,) * 3)
    monkeypatch.setattr(following_up, "SEEN_WITHIN", timedelta(seconds=0.1))
    monkeypatch.setattr(following_up, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(repairing, "PAUSES", (0.01,) * 3)
    monkeypatch.setattr(repairing, "VERDICT_PAUSES", (0.01,) * 2)
    monkeypatch.setattr(repairing, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(outbox, "SPACING_SECONDS", 0.01)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/mailroom.db"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    office = Office(database_url)
    await office.open()
    yield office
    with contextlib.suppress(AttributeError):
        await office.jobs.close()
