"""Logs for people or for machines: the standard library's loggers, written by structlog, without secrets."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace

SECRET_KEYS = re.compile(r"authorization|password|secret|token|credential|api_?key|cookie", re.IGNORECASE)
_BEARER = re.compile(r"(?i)(bearer\s+)[\w.~+/=-]{8,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LOUD = ("alembic", "aiohttp.access", "azure", "httpx", "httpcore", "dbos", "msrest", "asyncio")

Event = MutableMapping[str, Any]


def set_up(log_format: str, level: int = logging.INFO) -> None:
    """Send every logger to stderr as `console` or `json` lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        add_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    is_json = log_format == "json"
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if is_json else _console()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drop_secrets, escape_lines, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def add_trace(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001 (structlog's signature)
    """The span in which the line was written, where there is one."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"], event["span_id"] = trace.format_trace_id(span.trace_id), trace.format_span_id(span.span_id)
    return event


def drop_secrets(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001 (structlog's signature)
    """Keys that may hold a secret are dropped, bearer tokens in texts are cut."""
    for key in [key for key in event if SECRET_KEYS.search(key)]:
        del event[key]
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _BEARER.sub(r"\1***", value)
    return event


def escape_lines(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001 (structlog's signature)
    """What people type cannot begin a new line of the log, nor turn one around.

    A traceback keeps its lines, since it has ours beside an error's words; indented, none is taken for an event.
    """
    for key, value in event.items():
        if key == "exception" and isinstance(value, str):
            event[key] = "\n".join(f"  {_escaped(line)}" for line in value.splitlines())
        else:
            event[key] = _escaped(value)
    return event


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub(_written_out, value)
    if isinstance(value, dict):
        return {_escaped(key): _escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(item) for item in value]
    return value


def _written_out(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )
