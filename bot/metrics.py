"""What Prometheus may know: counts and times, no names of people."""

from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from handlers.requests import Request

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

Counts = Callable[[], Mapping[str, int]]


class _Cases(Collector):
    """Cases by state, asked for when Prometheus asks."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> list[Metric]:
        gauge = GaugeMetricFamily("mailroom_cases", "Cases by state.", labels=["state"])
        for state, number in self._counts().items():
            gauge.add_metric([state], number)
        return [gauge]


class Metrics:
    """One registry an application, so that tests do not share counts."""

    def __init__(self, commands: Collection[str] = ()) -> None:
        self._commands = frozenset(commands)
        self._registry = CollectorRegistry()
        labels = ["command", "outcome"]
        self._turns = Counter("mailroom_turns", "Turns by command.", labels, registry=self._registry)
        self._seconds = Histogram(
            "mailroom_turn_seconds", "Seconds in a handler.", registry=self._registry, buckets=SECONDS
        )
        self._calls = Counter(
            "mailroom_connector_requests", "Calls to Teams.", ["operation", "outcome"], registry=self._registry
        )

        self._refused = Counter(
            "mailroom_refused_requests", "Requests that were answered 4xx or 5xx.", ["status"], registry=self._registry
        )

    def watch_cases(self, counts: Counts) -> None:
        self._registry.register(_Cases(counts))

    def turn(self, request: Request, outcome: str, seconds: float) -> None:
        self._turns.labels(self._command(request), outcome).inc()
        self._seconds.observe(seconds)

    def connector(self, operation: str, outcome: str) -> None:
        self._calls.labels(operation, outcome).inc()

    def answered(self, status: int) -> None:
        """An answer to POST /api/messages. What has no good token is counted here and audited nowhere."""
        if status >= HTTPStatus.BAD_REQUEST:
            self._refused.labels(str(status)).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def _command(self, request: Request) -> str:
        """A known command or verb; a label that people can choose would grow without bound."""
        words = request.text.split(maxsplit=1)
        named = request.verb or (words[0].lower() if words else "")
        return named if named in self._commands else "other"
