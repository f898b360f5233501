"""The simulated clock: starts at the real time and runs `speed` times as fast. It can be moved forward."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Simulated time. `monotonic` is replaceable so that tests need not wait."""

    def __init__(
        self,
        speed: float = 60.0,
        start: datetime | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._base = start or datetime.now(UTC)
        self._mark = monotonic()
        self._moved = asyncio.Event()
        self.speed = speed

    def now(self) -> datetime:
        """Timezone-aware UTC."""
        return self._base + timedelta(seconds=(self._monotonic() - self._mark) * self.speed)

    def advance(self, seconds: float) -> None:
        """Jump forward; time never runs backwards."""
        if seconds < 0:
            raise ValueError("the clock cannot be moved back")
        self._rebase(self.now() + timedelta(seconds=seconds))

    def set_speed(self, speed: float) -> None:
        if speed < 0:
            raise ValueError("speed must not be negative")
        self._rebase(self.now())
        self.speed = speed

    async def sleep_until(self, when: datetime) -> None:
        """Wait for the simulated moment; notices when the clock is moved or its speed changed."""
        while (left := (when - self.now()).total_seconds()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), left / self.speed if self.speed else None)
            except TimeoutError:
                continue

    def _rebase(self, now: datetime) -> None:
        self._base, self._mark = now, self._monotonic()
        self._moved.set()
        self._moved = asyncio.Event()


def timestamp(moment: datetime) -> str:
    """As Graph writes a DateTimeOffset: ISO 8601, UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
