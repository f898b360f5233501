"""OpenTelemetry: traces go where the standard OTEL_… variables say, or to Azure Monitor; else they cost nothing.

The libraries below Mailroom trace as well, and put URLs with people's names into it. So only Mailroom's own spans,
which hold none, get a tracer that records.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import NoOpTracer, SpanKind, Tracer
from structlog.contextvars import bound_contextvars

from bot.activity import Activity
from bot.settings import SettingsError, TelemetrySettings
from handlers.requests import Request

if TYPE_CHECKING:  # takes half a second to import, and is for traces alone
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

OURS = "mailroom"
ID_LENGTH = 100  # of what comes from outside

tracer = trace.get_tracer(OURS)


class OwnTracers(trace.TracerProvider):
    """`provider`'s tracers for Mailroom's own code, silent ones for everybody else's."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self.resource = provider.resource  # Azure's exporter asks for it here

    def get_tracer(self, instrumenting_module_name: str, *args: Any, **kwargs: Any) -> Tracer:
        if instrumenting_module_name == OURS:
            return self._provider.get_tracer(instrumenting_module_name, *args, **kwargs)
        return NoOpTracer()


def open_tracing(settings: TelemetrySettings) -> Callable[[], None] | None:
    """Begin to trace where that is asked for; what is answered sends the last spans. Raises SettingsError."""
    if settings.is_off:
        return None
    try:
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = _exporter(settings)
    except ImportError as error:
        raise SettingsError(
            f"Traces are asked for, but {error.name} is not installed: pip install -r requirements-telemetry.txt"
        ) from error
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: settings.otel_service_name}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(OwnTracers(provider))
    return provider.shutdown


def _exporter(settings: TelemetrySettings) -> "SpanExporter":
    """Azure Monitor's by itself, not its distribution: that would instrument every library."""
    azure = settings.applicationinsights_connection_string.get_secret_value()
    if azure:
        from azure.monitor.opentelemetry.exporter import AzureMonitorTraceExporter

        made: SpanExporter = AzureMonitorTraceExporter(connection_string=azure, disable_offline_storage=True)
        return made
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()  # it reads the rest of the OTEL_EXPORTER_OTLP_… variables


@contextmanager
def turn(activity: Activity) -> Iterator[None]:
    """One activity of Teams. A conversation's id may say who is in it, so a hash of it stands for it."""
    ids = {
        "activity": activity.id[:ID_LENGTH],
        "conversation": hashlib.sha256(activity.conversation.id.encode()).hexdigest()[:12],
    }
    with bound_contextvars(**ids), _span(f"turn {activity.type}"[:ID_LENGTH], ids, SpanKind.SERVER):
        yield


@contextmanager
def handling(command: str) -> Iterator[None]:
    """What its handler does. `command` is a known one."""
    with _span(f"handle {command}", {"command": command}, SpanKind.INTERNAL):
        yield


@contextmanager
def about(request: Request) -> Iterator[None]:
    """The case or repair that a button names; its seal was checked."""
    ids = {key: str(request.data[key])[:ID_LENGTH] for key in ("case", "repair") if key in request.data}
    trace.get_current_span().set_attributes(_named(ids))
    with bound_contextvars(**ids):
        yield


@contextmanager
def _span(name: str, ids: dict[str, str], kind: SpanKind) -> Iterator[None]:
    """Without what an exception says: that may name somebody."""
    with tracer.start_as_current_span(
        name, kind=kind, attributes=_named(ids), record_exception=False, set_status_on_exception=False
    ):
        yield


def _named(ids: dict[str, str]) -> dict[str, str]:
    return {f"{OURS}.{key}": value for key, value in ids.items()}
