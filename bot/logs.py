"""Logs for people or for machines: the standard library's loggers, written by structlog, without secrets."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_KEYS = re.compile(r"authorization|password|secret|token|credential|api_?key|cookie", re.IGNORECASE)
_BEARER = re.compile(r"(?i)(bearer\s+)[\w.~+/=-]{8,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LOUD = ("alembic", "aiohttp.access", "azure", "httpx", "httpcore", "dbos", "msrest", "asyncio")

Event = MutableMapping[str, Any]


def set_up(log_format: str, level: int = logging.INFO) -> None:
    """Send every logger to stderr as `console` or `json` lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
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


def drop_secrets(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001 (structlog's signature)
    """Keys that may hold a secret are dropped, bearer tokens in texts are cut."""
    for key in [key for key in event if SECRET_KEYS.search(key)]:
        del event[key]
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _BEARER.sub(r"\1***", value)
    return event


def escape_lines(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001 (structlog's signature)
    """What people type cannot begin a new line of the log; our own tracebacks keep theirs."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", value)
    return event


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )
