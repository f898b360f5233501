"""The loops of this process that never end by themselves, each a task with a name: begun, looked at and stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any

ROUND_SECONDS = 1.5  # for the rounds that are under way when it stops


class Loops:
    """In the order in which they began."""

    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.create_task(loop, name=name))

    def check(self) -> None:
        """Raises RuntimeError with the names of those that have ended."""
        ended = [task.get_name() for task in self.tasks if task.done()]
        if ended:
            raise RuntimeError(f"a loop has stopped: {', '.join(ended)}")

    async def stop(self) -> None:
        """Each finishes its round, so that what was sent is noted as sent."""
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=ROUND_SECONDS)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
