"""What Prometheus may know: counts and times, no names of people. docs/metrics.md says what each is good for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from handlers.requests import Request
from jobs.depth import Depth
from provisioning.errors import DatabaseUnavailable
from provisioning.priority import Priority
from provisioning.tally import Tally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
MINUTE, HOUR = 60, 3600
WAITS = (*(n * MINUTE for n in (1, 2, 5, 10, 15, 30)), *(n * HOUR for n in (1, 2, 4, 8, 12, 24)))
DEPTH_SECONDS = 5.0  # for the database to say how much there is to do
NO_STAGE = "none"

Measure = Callable[[], Awaitable[Depth]]

log = logging.getLogger(__name__)


class _Depth(Collector):
    """How much there was to do when Prometheus asked last; nothing of it while the database does not say."""

    def __init__(self) -> None:
        self.now: Depth | None = None

    @override
    def collect(self) -> list[Metric]:
        up = GaugeMetricFamily(
            "mailroom_database_up", "Whether the database answered.", value=int(self.now is not None)
        )
        if self.now is None:
            return [up]
        cases = GaugeMetricFamily("mailroom_cases", "Cases by state and stage.", labels=["state", "stage"])
        for (state, stage), number in self.now.cases.items():
            cases.add_metric([state, stage or NO_STAGE], number)
        gauges = {
            "mailroom_messages_due": ("Messages owed to conversations.", self.now.messages),
            "mailroom_messages_oldest_seconds": ("Age of the oldest of them.", self.now.message_age),
            "mailroom_looks_overdue": ("Mailboxes that should have been looked at by now.", self.now.looks),
            "mailroom_looks_oldest_seconds": ("How late the latest of them is.", self.now.look_age),
            "mailroom_workflows_queued": ("Workflows that have not begun.", self.now.workflows),
        }
        return [up, cases, *(GaugeMetricFamily(name, text, value=value) for name, (text, value) in gauges.items())]


class Metrics(Tally):
    """One registry an application, so that tests do not share counts."""

    def __init__(self, commands: Collection[str] = ()) -> None:
        self._commands = frozenset(commands)
        self.registry = CollectorRegistry()
        self._depth = _Depth()
        self._measure: Measure | None = None
        self._turns = self._counter("turns", "Turns by command.", "command", "outcome")
        self._turn_seconds = self._histogram("turn_seconds", "Seconds in a handler.", SECONDS)
        self._calls = self._counter("connector_requests", "Calls to Teams.", "operation", "outcome")
        self._refused = self._counter("refused_requests", "Requests that were answered 4xx or 5xx.", "status")
        self._graph = self._counter(
            "graph_requests", "Requests to Microsoft Graph, those in a $batch singly.", "method", "path", "outcome"
        )
        self._held = self._counter(
            "graph_wait_seconds", "Seconds held back to keep Graph's limits.", "limit", "priority"
        )
        self._ready = self._histogram("time_to_ready_seconds", "From the order to the mailbox that answers.", WAITS)
        self._cards = self._counter("card_updates", "Messages posted, updated, or made needless.", "kind", "outcome")
        self._repairs = self._counter("repairs", "Fixes that came to an end.", "fix", "outcome")
        self._audited = self._counter("audit_records", "Entries for the audit trail.", "kind", "outcome")

    def watch(self, measure: Measure) -> None:
        self._measure = measure
        self.registry.register(self._depth)

    def turn(self, request: Request, outcome: str, seconds: float) -> None:
        self._turns.labels(self.command(request), outcome).inc()
        self._turn_seconds.observe(seconds)

    def connector(self, operation: str, outcome: str) -> None:
        self._calls.labels(operation, outcome).inc()

    def answered(self, status: int) -> None:
        """An answer to POST /api/messages. What has no good token is counted here and audited nowhere."""
        if status >= HTTPStatus.BAD_REQUEST:
            self._refused.labels(str(status)).inc()

    @override
    def graph_answered(self, method: str, path: str, outcome: str) -> None:
        self._graph.labels(method, path, outcome).inc()

    @override
    def graph_waited(self, limit: str, urgency: Priority, seconds: float) -> None:
        self._held.labels(limit, urgency.name.lower()).inc(seconds)

    @override
    def case_ready(self, seconds: float) -> None:
        self._ready.observe(seconds)

    @override
    def card_sent(self, kind: str, *, is_update: bool, merged: int) -> None:
        self._cards.labels(kind, "updated" if is_update else "posted").inc()
        if merged:
            self._cards.labels(kind, "coalesced").inc(merged)

    @override
    def repair_ended(self, fix: str, outcome: str) -> None:
        self._repairs.labels(fix, outcome).inc()

    @override
    def audited(self, kind: str, *, is_written: bool) -> None:
        self._audited.labels(kind, "written" if is_written else "failed").inc()

    async def text(self) -> bytes:
        """What /metrics answers, with the database or without."""
        if self._measure is not None:
            self._depth.now = await _measured(self._measure)
        return generate_latest(self.registry)

    def command(self, request: Request) -> str:
        """A known command or verb; a label that people can choose would grow without bound."""
        words = request.text.split(maxsplit=1)
        named = request.verb or (words[0].lower() if words else "")
        return named if named in self._commands else "other"

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"mailroom_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"mailroom_{name}", text, registry=self.registry, buckets=buckets)


async def _measured(measure: Measure) -> Depth | None:
    try:
        async with asyncio.timeout(DEPTH_SECONDS):
            return await measure()
    except (TimeoutError, DatabaseUnavailable) as error:
        log.warning("how much there is to do is not known: %s", type(error).__name__)
        return None
