"""The pace at which Graph is asked: inside its published limits, the most urgent first, slower before Graph says so.

`Line` is the queue, pure: places, buckets and a clock that the caller reads. `Pacer` lets coroutines wait in it.
Nothing runs in the background: whoever comes or goes moves the line on, and a timer does when only time is missing.
Two processes of one app share its limits without knowing of each other; from 80 % on Graph says so (see Line.hear).
"""

import asyncio
import bisect
import itertools
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from graph.answers import Answer
from graph.buckets import Bucket
from graph.errors import retry_after_of
from graph.limits import BATCHES, MAILBOX, PUBLISHED, UNITS, WRITES, Cost, Limit
from provisioning.priority import Priority, priority
from provisioning.tally import NOBODY, Tally

# Seconds that a request may be held back; where it would be more, it is told at once instead.
PATIENCE = {Priority.INTERACTIVE: 5.0, Priority.WORK: 60.0, Priority.BACKGROUND: 60.0}
# Background work goes before other work that came so many seconds later: it waits long, never for ever.
HEAD_START = 20.0
MOST_MAILBOXES = 1_000  # before those that rest are forgotten
WARNED_AT = 0.8  # from here on Graph says how much of a limit is used
_INFORMATION = {"WriteLimitExceeded": WRITES, "ResourceUnitLimitExceeded": UNITS}
_SCOPES = {"Write": WRITES, "Read": UNITS, "ReadWrite": UNITS}
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
        self._buckets = {name: Bucket(limit, now) for name, limit in limits.items() if name != MAILBOX}
        self._waiting: list[Place] = []
        self._numbers = itertools.count()
        self._most = MOST_MAILBOXES
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

    def hear(self, now: float, names: Iterable[str], used: float) -> None:
        """So much is used of one of these limits. What we did not spend ourselves, others did; it is left to them."""
        buckets = [bucket for name in names if (bucket := self._bucket(name, now)) is not None]
        others = used - max((bucket.own_share(now) for bucket in buckets), default=0.0)
        if others > TOLERANCE:
            for bucket in buckets:
                bucket.leave_to_others(now, others)

    def _bucket(self, name: str, now: float) -> Bucket | None:
        """None for what is not limited. Each mailbox has a bucket while it is in use."""
        bucket = self._buckets.get(name)
        if bucket is not None or not name.startswith(MAILBOX) or MAILBOX not in self._limits:
            return bucket
        return self._buckets.setdefault(name, Bucket(self._limits[MAILBOX], now))

    def _forget_resting(self, now: float) -> None:
        wanted = {name for place in self._waiting for name in place.cost}
        resting = [name for name, bucket in self._buckets.items() if name.startswith(MAILBOX) and bucket.is_idle(now)]
        for name in resting:
            if name not in wanted:
                del self._buckets[name]
        self._most = max(MOST_MAILBOXES, 2 * len(self._buckets))  # so that looking for them stays rare


class Pacer:
    """What GraphClient asks before each request, and tells the answers. One for all that one app asks of a tenant.

    The priority is that of provisioning.priority. Waiting ends by itself: a bucket that is closed opens again.
    Without `limits` it still obeys what Graph answers.
    """

    def __init__(
        self,
        limits: Mapping[str, Limit] = PUBLISHED,
        clock: Callable[[], float] = time.monotonic,
        tally: Tally = NOBODY,
    ) -> None:
        self._clock = clock
        self._tally = tally
        self._line = Line(limits, clock())
        self._asleep: dict[Place, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def too_long(self, cost: Cost) -> float | None:
        """Seconds to wait for what `cost` takes, where they are more than this work may be held back."""
        delay = self._line.delay(self._clock(), priority(), cost)
        return delay if delay > PATIENCE[priority()] else None

    @asynccontextmanager
    async def turn(self, cost: Cost) -> AsyncIterator[None]:
        """Wait until it is this request's turn; it is under way until the block ends."""
        place = await self._enter(cost)
        try:
            yield
        finally:
            self._line.leave(place)
            self._advance()

    def hear(self, cost: Cost, answer: Answer) -> None:
        """Read Graph's own account of the limits from an answer to a request of that cost."""
        if answer.status == 429:
            self._line.close(self._clock(), _blamed(cost, answer), retry_after_of(answer.headers))
            return
        used = _number(answer.headers.get("x-ms-throttle-limit-percentage", ""))
        if used >= WARNED_AT:
            self._line.hear(self._clock(), cost, used)

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
        self._tally.graph_waited(_kind(self._line.held(place)), place.urgency, self._clock() - came)
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


def _kind(name: str) -> str:
    """The name of a limit without whose mailbox or which path it is of."""
    kind = name.partition("/")[0]
    return kind if kind in PUBLISHED else "path"


def _blamed(cost: Cost, answer: Answer) -> Iterable[str]:
    """Which limit a 429 is about. The directory names it; if not, it is one that is not published, of this path alone.

    x-ms-throttle-information and -scope: learn.microsoft.com/graph/throttling-limits, "Additional headers".
    """
    said = answer.headers.get("x-ms-throttle-information", "")
    kind = answer.headers.get("x-ms-throttle-scope", "").split("/")[1:2]
    named = _INFORMATION.get(said) or _SCOPES.get("".join(kind))
    if named is not None:
        return [named]
    return [BATCHES] if BATCHES in cost else [name for name in cost if name not in (UNITS, WRITES)]


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
