"""The one place that decides whether a read is tried again, and when. Writes are never repeated here.

Bounded twice: by the number of tries and by the time that a person may be kept waiting.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from provisioning.errors import GraphError, GraphThrottled, GraphUnavailable

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Policy:
    """`budget` counts from the first try, the tries themselves included."""

    tries: int = 3
    budget: float = 12.0
    first_wait: float = 0.5


ONCE = Policy(tries=1)


class Patience:
    """The waits of one read. `wait_after(error)` is the next one, or None when it is time to give up."""

    def __init__(
        self,
        policy: Policy,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._jitter = jitter
        self._started = clock()
        self._tried = 0

    def wait_after(self, error: GraphError) -> float | None:
        self._tried += 1
        if not isinstance(error, GraphUnavailable) or self._tried >= self._policy.tries:
            return None
        asked = error.retry_after if isinstance(error, GraphThrottled) else None
        wait = self._backoff() if asked is None else asked
        left = self._policy.budget - (self._clock() - self._started)
        return wait if wait <= left else None

    def _backoff(self) -> float:
        """Doubling, with a random half so that many callers do not come back together."""
        longest = self._policy.first_wait * 2 ** (self._tried - 1)
        return float(longest * (0.5 + 0.5 * self._jitter()))
