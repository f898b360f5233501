"""What Graph was asked: counts by method and path template, and the most recent requests. Never bodies."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import timestamp

RECENT = 500


@dataclass(frozen=True)
class LoggedRequest:
    """One request, or one member of a `$batch`. `template` is e.g. /users/{id}/mailboxSettings."""

    number: int
    at: str
    method: str
    path: str
    template: str
    status: int
    code: str
    request_id: str
    in_batch: bool
    units: float = 0.0


class RequestLog:
    """Counts for ever, remembers the last few hundred. `units` and `writes` are what Graph's limits count."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.recent: deque[LoggedRequest] = deque(maxlen=RECENT)
        self.clear()

    def add(
        self,
        at: datetime,
        method: str,
        path: str,
        template: str,
        status: int,
        code: str = "",
        request_id: str = "",
        in_batch: bool = False,
        units: float = 0.0,
        writes: float = 0.0,
    ) -> LoggedRequest:
        self.total += 1
        self.throttled += status == 429
        self.units += units
        self.writes += writes
        self.counts[(method, template)] += 1
        entry = LoggedRequest(
            self.total, timestamp(at), method, path, template, status, code, request_id, in_batch, units
        )
        self.recent.append(entry)
        return entry

    def clear(self) -> None:
        self.total = 0
        self.throttled = 0
        self.units = 0.0
        self.writes = 0.0
        self.counts.clear()
        self.recent.clear()

    def as_json(self, limit: int = 100) -> dict[str, Any]:
        """Newest first."""
        counts = [{"method": m, "template": t, "count": n} for (m, t), n in self.counts.most_common()]
        recent = [asdict(entry) for entry in list(self.recent)[::-1][:limit]]
        sums = {"total": self.total, "throttled": self.throttled, "units": self.units, "writes": self.writes}
        return {**sums, "counts": counts, "recent": recent}
