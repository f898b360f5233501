"""Calls that may block without end, such as those to a database that is gone, in a thread that nobody waits for."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


async def in_time(call: Callable[[], object], seconds: float) -> bool:
    """Whether `call` did it. A thread of a pool would be waited for at the end of the program, this one is not."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def tell(is_done: bool) -> None:
        if not done.done():
            done.set_result(is_done)

    def run() -> None:
        is_done = False
        try:
            call()
            is_done = True
        except Exception as error:  # whatever it is: the program ends
            log.warning("while stopping: %s", error)
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waited
            loop.call_soon_threadsafe(tell, is_done)

    threading.Thread(target=run, daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await done
    except TimeoutError:
        return False
