"""One published limit as a token bucket that stays inside it: pure, all times are seconds of the caller's clock.

A bucket that holds B and is filled with R a second lets at most B + R x W through in any W seconds. Both are chosen so
that this stays 1 % below the limit, for requests arrive a little later or sooner than they were sent.
"""

import math
from collections import deque
from dataclasses import dataclass

from provisioning.priority import Priority

RATE = 0.95  # of what the limit allows a second, in the long run
SMALLEST_BURST = 3.0  # where the share would be less than a request
SAFE = 0.99
# What only more urgent requests may take of a full bucket, so that bulk never takes the last share.
RESERVED = {Priority.INTERACTIVE: 0.0, Priority.WORK: 0.3, Priority.BACKGROUND: 0.5}
LEAST = 0.1  # of the rate, however much others use
GENTLE = 0.5  # of the rate, for a while after a 429
LONGEST_BACKOFF = 60.0  # after a 429 that names no time
_NEARLY = 1e-9


@dataclass(frozen=True)
class Limit:
    """`amount` in any `seconds`, and `at_once` under way at the same moment. None: not limited in this way.

    `burst` is the share of the amount that we use at once after a rest; what it takes is missing in the long run.
    `each`: not one limit but one for each that is named after its name and a slash, such as each mailbox.
    """

    amount: float | None = None
    seconds: float = 1.0
    at_once: int | None = None
    burst: float = 0.04
    each: bool = False


class Bucket:
    """What is left of one limit: `wait` asks, `take` and `leave` record, `close` and `leave_to_others` learn."""

    def __init__(self, limit: Limit, now: float) -> None:
        amount = math.inf if limit.amount is None else limit.amount
        self.limit = limit
        self.burst = max(limit.burst * amount, min(SMALLEST_BURST, 0.6 * amount))
        self._full_rate = math.inf if limit.amount is None else min(RATE * amount, SAFE * amount - self.burst)
        self._full_rate /= limit.seconds
        self._level = self.burst
        self._filled_at = now
        self._share = 1.0
        self._share_until = now
        self._closed_until = now
        self._refusals = 0
        self._under_way = 0
        self._spent: deque[tuple[float, float]] = deque()
        self._spent_sum = 0.0

    def wait(self, now: float, amount: float, urgency: Priority) -> float:
        """Seconds until `amount` may be taken, 0 for now; infinite while too many are under way."""
        if self.limit.at_once is not None and self._under_way >= self.limit.at_once - (urgency > Priority.INTERACTIVE):
            return math.inf
        needed = min(amount + RESERVED[urgency] * self.burst, self.burst)  # more than it can hold goes when it is full
        return self._until(now, needed)

    def delay(self, now: float, amount: float, urgency: Priority) -> float:
        """The same for any amount, such as that of a whole queue, and without regard to what is under way."""
        return self._until(now, amount + RESERVED[urgency] * self.burst)

    def take(self, now: float, amount: float) -> None:
        self._fill(now)
        self._under_way += 1
        if self.limit.amount is None:
            return
        self._level -= amount
        self._spent.append((now, amount))
        self._spent_sum += amount

    def leave(self) -> None:
        """What was taken last, or before, is answered."""
        self._under_way -= 1

    def give_back(self, now: float, amount: float) -> None:
        """What was taken is not sent after all."""
        self._fill(now)
        self._under_way -= 1
        self._level = min(self.burst, self._level + amount)

    def close(self, now: float, seconds: float | None) -> None:
        """A 429: nothing for `seconds`, then gently from nothing. None backs off, longer each time in a row."""
        self._fill(now)
        if now >= self._closed_until:
            is_old = now - self._closed_until > self.limit.seconds
            self._refusals = 1 if is_old else self._refusals + 1
        backoff = min(LONGEST_BACKOFF, 2.0 ** (self._refusals - 1))
        self._closed_until = max(self._closed_until, now + (backoff if seconds is None else seconds))
        if self.limit.amount is not None:
            self._level = min(self._level, 0.0)
            self._filled_at = self._closed_until
            self._slow(GENTLE, self._closed_until + self.limit.seconds)

    def accept(self, now: float) -> None:
        """Something was let through since it opened again, so the next refusal is no longer one of a row.

        What was sent before a refusal and comes back while it is closed says nothing about that.
        """
        if now >= self._closed_until:
            self._refusals = 0

    def own_share(self, now: float) -> float:
        """What we spent of the limit in the last `seconds`, 1 for all of it."""
        self._fill(now)
        return 0.0 if self.limit.amount is None else self._spent_sum / self.limit.amount

    def leave_to_others(self, now: float, share: float) -> None:
        """Other processes use so much of the limit: ours is the rest, for one window."""
        if self.limit.amount is not None:
            self._fill(now)
            self._slow(max(LEAST, 1 - share), now + self.limit.seconds)

    def is_idle(self, now: float) -> bool:
        """As good as new."""
        self._fill(now)
        is_full = self._level >= self.burst - _NEARLY
        return is_full and not self._under_way and now >= max(self._closed_until, self._share_until)

    @property
    def _rate(self) -> float:
        return self._full_rate * self._share

    def _until(self, now: float, needed: float) -> float:
        self._fill(now)
        closed = max(0.0, self._closed_until - now)
        missing = needed - self._level
        if missing <= _NEARLY or self.limit.amount is None:
            return closed
        slow = max(0.0, self._share_until - self._filled_at)
        while_slow = missing / self._rate
        if while_slow <= slow or self._share == 1.0:
            return max(0.0, self._filled_at - now) + while_slow
        return max(0.0, self._filled_at - now) + slow + (missing - slow * self._rate) / self._full_rate

    def _slow(self, share: float, until: float) -> None:
        self._share = min(self._share, share)
        self._share_until = max(self._share_until, until)

    def _fill(self, now: float) -> None:
        while self._spent and self._spent[0][0] <= now - self.limit.seconds:
            self._spent_sum -= self._spent.popleft()[1]
        if self.limit.amount is None or now <= self._filled_at:
            return
        slow_until = min(now, max(self._filled_at, self._share_until))
        gained = (slow_until - self._filled_at) * self._rate + (now - slow_until) * self._full_rate
        self._level = min(self.burst, self._level + gained)
        self._filled_at = now
        if now >= self._share_until:
            self._share = 1.0
