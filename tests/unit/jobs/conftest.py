"""Every test of the jobs gets an `office`, and waits for milliseconds where the product waits for minutes."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.office import Office

from jobs import outbox, repairing, steps


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PAUSES", (0.01,) * 3)
    monkeypatch.setattr(steps, "REPLICATION_PAUSES", (0.01,) * 3)
    monkeypatch.setattr(repairing, "PAUSES", (0.01,) * 3)
    monkeypatch.setattr(repairing, "VERDICT_PAUSES", (0.01,) * 2)
    monkeypatch.setattr(repairing, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(outbox, "SPACING_SECONDS", 0.01)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(tmp_path)
    await office.open()
    yield office
    with contextlib.suppress(AttributeError):
        await office.jobs.close()
