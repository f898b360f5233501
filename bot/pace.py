"""How fast a person may go: a bucket of tokens for each, refilled steadily, in bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable

PEOPLE = 10_000  # who was here longest ago is forgotten first, and so has a full bucket again


class Pace:
    """`per_minute` is both what may come in a minute and what may come at once."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._per_second = per_minute / 60
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when

    def wait(self, who: str) -> float:
        """0.0: go on, it is counted. Otherwise the seconds until the next may come."""
        now = self._now()
        tokens, then = self._buckets.pop(who, (self._size, now))
        tokens = min(self._size, tokens + (now - then) * self._per_second)
        may_go = tokens >= 1.0
        self._buckets[who] = (tokens - 1.0 if may_go else tokens, now)
        if len(self._buckets) > PEOPLE:
            self._buckets.popitem(last=False)
        return 0.0 if may_go else (1.0 - tokens) / self._per_second
