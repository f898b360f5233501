"""What the bot asked of the connector, and what was brought to the bot: for tests, benches and the curious."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

RECENT = 2000


@dataclass(frozen=True)
class Received:
    """One request of the bot. `notified` says whether people were alerted: a new message alerts, an edit does not."""

    number: int
    at: str
    method: str
    operation: str
    conversation: str
    id: str
    type: str
    text: str
    notified: bool
    status: int
    fault: str
    bytes: int


@dataclass(frozen=True)
class Delivered:
    """One activity brought to the bot, and its answer; status 0 when there was none."""

    number: int
    at: str
    type: str
    name: str
    conversation: str
    sender: str
    status: int
    milliseconds: int


class ConnectorLog:
    """Counts for ever, remembers the last two thousand."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._number = 0
        self._counts: Counter[str] = Counter()
        self._received: deque[Received] = deque(maxlen=RECENT)
        self._delivered: deque[Delivered] = deque(maxlen=RECENT)

    def receive(self, **values: Any) -> None:
        entry = Received(number=self._next(), **values)
        self._received.append(entry)
        self._counts["requests"] += 1
        self._counts[f"{entry.operation} {entry.status}"] += 1
        self._counts["notified"] += entry.notified

    def deliver(self, **values: Any) -> None:
        entry = Delivered(number=self._next(), **values)
        self._delivered.append(entry)
        self._counts["delivered"] += 1

    def as_json(self, after: int = 0) -> dict[str, Any]:
        """Oldest first; those with a number above `after`."""
        return {
            "counters": dict(self._counts),
            "received": [asdict(entry) for entry in self._received if entry.number > after],
            "delivered": [asdict(entry) for entry in self._delivered if entry.number > after],
        }

    def _next(self) -> int:
        self._number += 1
        return self._number
