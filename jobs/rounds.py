"""A loop that never ends by itself: rounds of work, each followed by a pause that a wake-up cuts short."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from provisioning.errors import DatabaseUnavailable

PAUSE_AFTER_FAILURE = 5.0

Round = Callable[[], Awaitable[float]]  # answers how many seconds to pause


async def go_round(work: Round, wake: asyncio.Event, log: logging.Logger) -> None:
    """Until cancelled. A failed round is logged and the next one tries again: a loop that stops is a silent bot."""
    while True:
        wake.clear()
        try:
            pause = await work()
        except DatabaseUnavailable as error:
            log.warning("the round failed: %s", error.sentence)
            pause = PAUSE_AFTER_FAILURE
        except Exception:
            log.exception("the round failed")
            pause = PAUSE_AFTER_FAILURE
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):  # not wait_for: before Python 3.12 it can swallow a cancellation
                await wake.wait()
