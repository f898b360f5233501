"""Whose trace something is part of: the order's while it is early, one of its own with a link later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.office import HELGA, JANE, ShiftedClock

from jobs import tracing
from provisioning.case import Case

NOW = ShiftedClock().now()


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("mailroom"))
    yield exporter
    provider.shutdown()


@pytest.fixture
def case(spans: InMemorySpanExporter) -> Case:
    """Ordered in a turn."""
    with tracing.doing("turn"):
        return Case("c1", JANE, HELGA, NOW, trace=tracing.traceparent())


def test_what_is_done_within_the_hour_is_part_of_the_orders_trace(case: Case, spans: InMemorySpanExporter) -> None:
    with tracing.working_on("finish", case, NOW + timedelta(minutes=59)), tracing.doing("step"):
        assert structlog.contextvars.get_contextvars() == {"case": "c1"}
    turn, step, finish = spans.get_finished_spans()
    assert turn.context.trace_id == finish.context.trace_id == step.context.trace_id
    assert (finish.parent.span_id, step.parent.span_id) == (turn.context.span_id, finish.context.span_id)
    assert finish.attributes == {"mailroom.case": "c1"}


def test_what_comes_later_has_a_trace_of_its_own_that_links_to_it(case: Case, spans: InMemorySpanExporter) -> None:
    with tracing.doing("another turn"), tracing.working_on("finish", case, NOW + timedelta(hours=9)):
        pass
    turn, finish, _ = spans.get_finished_spans()
    assert finish.parent is None
    assert [link.context.trace_id for link in finish.links] == [turn.context.trace_id]


def test_a_look_at_many_links_to_each_that_has_a_trace(case: Case, spans: InMemorySpanExporter) -> None:
    old = replace(case, id="c0", trace="")  # of a version before
    broken = replace(case, id="c2", trace="not a traceparent")
    with tracing.working_on_all("look", [case, old, broken]):
        pass
    turn, look = spans.get_finished_spans()
    assert [link.context.trace_id for link in look.links] == [turn.context.trace_id]


def test_what_an_error_says_stays_out(case: Case, spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="jane"), tracing.working_on("finish", case, NOW):
        raise ValueError("jane@contoso.com is not there")
    failed = spans.get_finished_spans()[-1]
    assert not failed.status.is_ok
    assert "jane" not in failed.to_json()


def test_nothing_is_kept_where_nothing_is_traced() -> None:
    with tracing.doing("turn"):
        assert tracing.traceparent() == ""
    assert not tracing.is_tracing()
