"""Whether the bot can do its work now: what /readyz says."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from graph.granted import Missing
from provisioning.errors import GraphError

log = logging.getLogger(__name__)

CACHE_SECONDS = 5.0
CHECK_SECONDS = 10.0

Check = Callable[[], Awaitable[None]]
Off = Callable[[], Awaitable[Sequence[Missing]]]


@dataclass(frozen=True)
class Health:
    """`parts` has "ok", or what is wrong, for each. `off`: for want of a permission; it makes nothing unready."""

    parts: Mapping[str, str]
    off: Sequence[Missing] = ()

    @property
    def is_ready(self) -> bool:
        return all(state == "ok" for state in self.parts.values())


class HealthCheck:
    """Asks every part at once, and at most every few seconds however often it is asked itself."""

    def __init__(
        self, checks: Mapping[str, Check], now: Callable[[], float] = time.monotonic, off: Off | None = None
    ) -> None:
        self._checks = checks
        self._now = now
        self._off = off
        self._asked_at = float("-inf")
        self._health = Health({})
        self._asking = asyncio.Lock()
        self._is_stopping = False

    def stop(self) -> None:
        """From now on not ready, so that a load balancer turns to others."""
        self._is_stopping = True

    async def ask(self) -> Health:
        if self._is_stopping:
            return Health({"bot": "stopping"})
        async with self._asking:
            if self._now() - self._asked_at > CACHE_SECONDS or not self._health.is_ready:
                states = await asyncio.gather(*map(_state, self._checks.items()))
                off = await what_is_off(self._off) if self._off else ()
                self._health = Health(dict(zip(self._checks, states, strict=True)), off)
                self._asked_at = self._now()
            return self._health


async def what_is_off(ask: Off) -> Sequence[Missing]:
    """Nothing where it cannot be known now: the part that is in trouble says so itself."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await ask()
    except (TimeoutError, GraphError) as error:
        log.warning("which permissions are granted is not known: %s", type(error).__name__)
        return ()


async def _state(check: tuple[str, Check]) -> str:
    name, ask = check
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await ask()
    except TimeoutError:
        return "no answer"
    except Exception as error:  # whatever is wrong with a part is what is asked for
        log.warning("not ready: %s: %s", name, error)
        return type(error).__name__
    return "ok"
