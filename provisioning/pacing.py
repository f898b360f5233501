"""The pace at which others are asked: inside their published limits, the most urgent first, nobody for ever.

`Line` is the queue, pure: places, buckets and a clock that the caller reads. `Pacer` lets coroutines wait in it.
Nothing runs in the background: whoever comes or goes moves the line on, and a timer does when only time is missing.
Graph's limits and words are graph/'s, those of Teams bot/'s. Two processes of one app share them without knowing of
each other: what is closed or said to be used is how they notice.
"""

import asyncio
import bisect
import itertools
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from provisioning.buckets import Bucket, Limit
from provisioning.priority import Priority, priority

Cost = Mapping[str, float]  # what a request takes, by the name of the limit
Patience = Mapping[Priority, float]  # seconds that a request may be held back; where it would be more, that is told
Waited = Callable[[str, Priority, float], None]  # told of a limit that held a request back, and for how long

# Background work goes before other work that came so many seconds later: it waits long, never for ever.
HEAD_START = 20.0
MOST_BUCKETS = 1_000  # before those that rest are forgotten
TOLERANCE = 0.05  # its count and ours differ by what is on the way


@dataclass(frozen=True, eq=False)
class Place:
    """One request, or one `$batch`, in the line."""

    urgency: Priority
    due: float
    number: int
    cost: Cost

    @property
    def order(self) -> tuple[bool, float, int]:
        """Somebody who waits comes first; else by arrival, with the head start."""
        return (self.urgency > Priority.INTERACTIVE, self.due, self.number)


class Line:
    """Who may go, and when the next one may. Fair: nobody overtakes where both want what is scarce."""

    def __init__(self, limits: Mapping[str, Limit], now: float) -> None:
        self._limits = limits
        self._buckets = {name: Bucket(limit, now) for name, limit in limits.items() if not limit.each}
        self._waiting: list[Place] = []
        self._numbers = itertools.count()
        self._most = MOST_BUCKETS
        self._held: dict[Place, str] = {}  # what those who wait wait for
        self.next_at = math.inf

    def join(self, now: float, urgency: Priority, cost: Cost) -> Place:
        if len(self._buckets) > self._most:
            self._forget_resting(now)  # before this place has buckets: from then on they are wanted
        due = now + (HEAD_START if urgency is Priority.BACKGROUND else 0.0)
        limited = {name: amount for name, amount in cost.items() if self._bucket(name, now) is not None}
        place = Place(urgency, due, next(self._numbers), limited)
        bisect.insort(self._waiting, place, key=lambda other: other.order)
        return place

    def advance(self, now: float) -> list[Place]:
        """Those who may go now; `next_at` is when to look again. What one waits for, nobody behind it takes."""
        scarce: set[str] = set()
        ready: list[Place] = []
        self.next_at = math.inf
        for place in self._waiting:
            if not scarce.isdisjoint(place.cost):
                self._held[place] = next(name for name in place.cost if name in scarce)
                continue
            waits = {name: self._buckets[name].wait(now, amount, place.urgency) for name, amount in place.cost.items()}
            longest = max(waits.values(), default=0.0)
            if longest > 0:
                scarce.update(name for name, wait in waits.items() if wait > 0)
                self._held[place] = max(waits, key=waits.__getitem__)
                self.next_at = min(self.next_at, now + longest)
                continue
            for name, amount in place.cost.items():
                self._buckets[name].take(now, amount)
            ready.append(place)
        if ready:
            gone = set(ready)
            self._waiting = [place for place in self._waiting if place not in gone]
        return ready

    def delay(self, now: float, urgency: Priority, cost: Cost) -> float:
        """Seconds until somebody new with this cost may go, as far as one can tell."""
        new = Place(urgency, now, -1, cost)
        ahead = [place.cost for place in self._waiting if place.order < new.order]
        delays = [0.0]
        for name, amount in cost.items():
            bucket = self._bucket(name, now)
            if bucket is not None:
                queued = sum(other.get(name, 0.0) for other in ahead)
                delays.append(bucket.delay(now, min(amount, bucket.burst) + queued, urgency))
        return max(delays)

    def held(self, place: Place) -> str:
        """The limit that it waited for last; "" if it did not wait. To be asked once."""
        return self._held.pop(place, "")

    def leave(self, place: Place) -> None:
        """It was let go, and is answered."""
        for name in place.cost:
            self._buckets[name].leave()

    def withdraw(self, now: float, place: Place) -> None:
        """It is not sent after all, whether it waited still or had just been let go."""
        self._held.pop(place, None)
        if place in self._waiting:
            self._waiting.remove(place)
            return
        for name, amount in place.cost.items():
            self._buckets[name].give_back(now, amount)

    def close(self, now: float, names: Iterable[str], seconds: float | None) -> None:
        """Nothing of these for so long. What was not limited so far, such as a single path, is from now on."""
        for name in names:
            bucket = self._bucket(name, now) or self._buckets.setdefault(name, Bucket(Limit(), now))
            bucket.close(now, seconds)

    def accept(self, now: float, names: Iterable[str]) -> None:
        """What took of these limits was not refused."""
        for name in names:
            if name in self._buckets:
                self._buckets[name].accept(now)

    def hear(self, now: float, names: Iterable[str], used: float) -> None:
        """So much is used of one of these limits. What we did not spend ourselves, others did; it is left to them."""
        buckets = [bucket for name in names if (bucket := self._bucket(name, now)) is not None]
        others = used - max((bucket.own_share(now) for bucket in buckets), default=0.0)
        if others > TOLERANCE:
            for bucket in buckets:
                bucket.leave_to_others(now, others)

    def _bucket(self, name: str, now: float) -> Bucket | None:
        """None for what is not limited. Where each has a limit of its own, it has a bucket while it is in use."""
        bucket = self._buckets.get(name)
        limit = None if bucket else self._limit_of_each(name)
        return bucket if limit is None else self._buckets.setdefault(name, Bucket(limit, now))

    def _limit_of_each(self, name: str) -> Limit | None:
        limit = self._limits.get(name.partition("/")[0])
        return limit if limit is not None and limit.each else None

    def _forget_resting(self, now: float) -> None:
        wanted = {name for place in self._waiting for name in place.cost}
        resting = [name for name, bucket in self._buckets.items() if self._limit_of_each(name) and bucket.is_idle(now)]
        for name in resting:
            if name not in wanted:
                del self._buckets[name]
        self._most = max(MOST_BUCKETS, 2 * len(self._buckets))  # so that looking for them stays rare


class Pacer:
    """What is asked before each request, and told the answers. One for all that one app asks of a tenant.

    The priority is that of provisioning.priority. Waiting ends by itself: a bucket that is closed opens again.
    Without `limits` it still obeys when it is closed.
    """

    def __init__(
        self,
        limits: Mapping[str, Limit],
        patience: Patience,
        clock: Callable[[], float] = time.monotonic,
        waited: Waited = lambda _name, _urgency, _seconds: None,
    ) -> None:
        self._clock = clock
        self._waited = waited
        self._patience = patience
        self._line = Line(limits, clock())
        self._asleep: dict[Place, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def too_long(self, cost: Cost) -> float | None:
        """Seconds to wait for what `cost` takes, where they are more than this work may be held back."""
        delay = self._line.delay(self._clock(), priority(), cost)
        return delay if delay > self._patience[priority()] else None

    @asynccontextmanager
    async def turn(self, cost: Cost) -> AsyncIterator[None]:
        """Wait until it is this request's turn; it is under way until the block ends."""
        place = await self._enter(cost)
        try:
            yield
        finally:
            self._line.leave(place)
            self._advance()

    def close(self, names: Iterable[str], seconds: float | None) -> None:
        """Refused: nothing of these for so long, by anybody. None: nobody said how long."""
        self._line.close(self._clock(), names, seconds)

    def accept(self, names: Iterable[str]) -> None:
        """What took of these limits was not refused."""
        self._line.accept(self._clock(), names)

    def leave_to_others(self, names: Iterable[str], used: float) -> None:
        """So much of a limit is used, says who keeps it; what of that is not ours is left to them."""
        self._line.hear(self._clock(), names, used)

    async def _enter(self, cost: Cost) -> Place:
        came = self._clock()
        place = self._line.join(came, priority(), cost)
        woken = asyncio.get_running_loop().create_future()
        self._asleep[place] = woken
        self._advance()
        if woken.done():  # most of the time: nothing was scarce
            return place
        try:
            await woken
        except asyncio.CancelledError:
            self._asleep.pop(place, None)
            self._line.withdraw(self._clock(), place)
            self._advance()
            raise
        self._waited(self._line.held(place), place.urgency, self._clock() - came)
        return place

    def _advance(self) -> None:
        now = self._clock()
        for place in self._line.advance(now):
            woken = self._asleep.pop(place)
            if not woken.done():  # cancelled in this very moment: it withdraws by itself
                woken.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._line.next_at < math.inf:
            self._timer = asyncio.get_running_loop().call_later(self._line.next_at - now, self._advance)
