"""Which order something is done for, as seen from outside: a span of its trace, and its id on every log line.

The W3C traceparent of the click that began an order is kept with its case (or repair), so that its trace goes on
across the queue, a restart and another machine. What happens within CONTINUES of the order is part of that trace;
later work, such as the finish of a mailbox that took a day, begins a trace of its own that links to it: backends
close a trace that is silent, and a day-long one shows nothing. `mailroom.case` finds them all.

The engine's own spans stay off ("enable_otlp" in jobs/engine.py): they need the exporter at every start, and put the
words of errors, which may name people, into spans.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bound_contextvars

from provisioning.case import Case
from provisioning.repair import Repair

CONTINUES = timedelta(hours=1)
TRACEPARENT = "traceparent"

tracer = trace.get_tracer("mailroom")
_w3c = TraceContextTextMapPropagator()


def traceparent() -> str:
    """Of what is being done just now; "" where nothing is traced."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    return carrier.get(TRACEPARENT, "")


def is_tracing() -> bool:
    """Whether spans go anywhere."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


@contextmanager
def working_on(name: str, subject: Case | Repair, now: datetime) -> Iterator[Span]:
    """What is done inside is done for `subject`."""
    key = "repair" if isinstance(subject, Repair) else "case"
    origin = _origin(subject)
    named = {key: subject.id}
    is_early = now - subject.created_at < CONTINUES
    context, links = (origin, []) if is_early else (Context(), _links([origin]))
    with bound_contextvars(**named), _span(name, context, links, **named) as span:
        yield span


@contextmanager
def working_on_all(name: str, subjects: Sequence[Case]) -> Iterator[Span]:
    """What is done for many at once has a trace of its own, with links to theirs."""
    with _span(name, Context(), _links([_origin(subject) for subject in subjects]), count=len(subjects)) as span:
        yield span


@contextmanager
def doing(name: str) -> Iterator[Span]:
    """A part of what is being done."""
    with _span(name, None, []) as span:
        yield span


@contextmanager
def _span(name: str, context: Context | None, links: list[Link], **attributes: str | int) -> Iterator[Span]:
    """Without what an exception says: that may name somebody."""
    named = {f"mailroom.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(
        name, context, links=links, attributes=named, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception:
            span.set_status(StatusCode.ERROR)
            raise


def _origin(subject: Case | Repair) -> Context:
    return _w3c.extract({TRACEPARENT: subject.trace} if subject.trace else {}, Context())


def _links(contexts: Sequence[Context]) -> list[Link]:
    found = [trace.get_current_span(context).get_span_context() for context in contexts]
    return [Link(one) for one in found if one.is_valid]
