"""Where traces go is read from OpenTelemetry's own variables; only Mailroom's own spans are recorded."""

import builtins
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from bot import telemetry
from bot.settings import SettingsError, read_telemetry


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SDK_DISABLED", "APPLICATIONINSIGHTS_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "is_off"),
    [
        ({}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, False),
        ({"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=1"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, True),
    ],
)
def test_traces_are_on_where_they_have_somewhere_to_go(variables, is_off, monkeypatch: pytest.MonkeyPatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert read_telemetry().is_off is is_off


def test_without_a_place_to_go_nothing_is_set_up():
    assert telemetry.open_tracing(read_telemetry()) is None
    assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def test_a_protocol_that_is_not_spoken_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(SettingsError, match="OTEL_EXPORTER_OTLP_PROTOCOL"):
        read_telemetry()


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    really = builtins.__import__

    def lacking(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("opentelemetry.exporter"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return really(name, *args, **kwargs)

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(SettingsError, match=r"opentelemetry\.exporter.* requirements-telemetry\.txt"):
        telemetry.open_tracing(read_telemetry())


def test_the_libraries_below_record_nothing():
    tracers = telemetry.OwnTracers(TracerProvider())
    assert tracers.get_tracer("mailroom").start_span("ours").is_recording()
    assert not tracers.get_tracer("microsoft.kiota").start_span("theirs").is_recording()
