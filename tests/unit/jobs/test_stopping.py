"""A stop: a round that has begun is finished, and nothing is waited for without end."""

import asyncio
import logging
import threading

import pytest

from jobs.rounds import go_round
from jobs.stopping import in_time
from provisioning.errors import DatabaseUnavailable

log = logging.getLogger(__name__)


class Rounds:
    def __init__(self) -> None:
        self.begun, self.may_end, self.has_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(self) -> float:
        self.begun.set()
        await self.may_end.wait()
        self.has_ended.set()
        return 60.0


async def test_a_round_that_has_begun_is_finished_and_no_other_begins():
    rounds = Rounds()
    loop = asyncio.create_task(go_round(rounds.work, asyncio.Event(), log))
    await rounds.begun.wait()
    loop.cancel()
    await asyncio.sleep(0)
    assert not loop.done()
    rounds.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await loop
    assert rounds.has_ended.is_set()


async def test_a_round_that_hangs_ends_when_told_twice():
    rounds = Rounds()
    loop = asyncio.create_task(go_round(rounds.work, asyncio.Event(), log))
    await rounds.begun.wait()
    loop.cancel()
    await asyncio.sleep(0)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
    assert not rounds.has_ended.is_set()


async def test_a_pause_ends_at_once():
    rounds = Rounds()
    rounds.may_end.set()
    loop = asyncio.create_task(go_round(rounds.work, asyncio.Event(), log))
    await rounds.has_ended.wait()
    await asyncio.sleep(0)  # and the pause has begun
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_what_blocks_is_left_behind_and_what_fails_is_said(caplog: pytest.LogCaptureFixture):
    gone = threading.Event()

    def fail() -> None:
        raise DatabaseUnavailable("The database does not answer.")

    assert await in_time(lambda: None, 5)
    assert not await in_time(gone.wait, 0.01)
    assert not await in_time(fail, 5)
    assert "does not answer" in caplog.text
    gone.set()
