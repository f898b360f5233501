"""A loop that never ends by itself: rounds of work, each followed by a pause that a wake-up cuts short."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from provisioning.errors import DatabaseUnavailable

PAUSE_AFTER_FAILURE = 5.0

Round = Callable[[], Awaitable[float]]  # answers how many seconds to pause


async def go_round(work: Round, wake: asyncio.Event, log: logging.Logger) -> None:
    """Until cancelled; a round that has begun is finished then, unless it is cancelled a second time."""
    while True:
        wake.clear()
        one_round = asyncio.create_task(_one_round(work, log))
        try:
            pause = await asyncio.shield(one_round)
        except asyncio.CancelledError:
            await one_round
            raise
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):  # not wait_for: before Python 3.12 it can swallow a cancellation
                await wake.wait()


async def _one_round(work: Round, log: logging.Logger) -> float:
    """A failed round is logged and the next one tries again: a loop that stops is a silent bot."""
    try:
        return await work()
    except DatabaseUnavailable as error:
        log.warning("the round failed: %s", error.sentence)
    except Exception:
        log.exception("the round failed")
    return PAUSE_AFTER_FAILURE
