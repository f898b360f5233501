"""Values out of Graph's JSON: null, missing and odd ones pass. Pure.

Ids are lower-cased, since Graph does not promise their case and they are compared with constants.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from graph.answers import Json

T = TypeVar("T")

FRACTION = re.compile(r"\.(\d{1,6})\d*")


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def ident(value: object) -> str:
    return text(value).lower()


def idents(value: object) -> tuple[str, ...]:
    return tuple(ident(item) for item in items(value) if isinstance(item, str))


def texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in items(value) if isinstance(item, str))


def count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: object) -> Iterable[Json]:
    return (item for item in items(value) if isinstance(item, dict))


def each(value: object, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    return tuple(read(item) for item in objects(value))


def moment(value: object) -> datetime | None:
    """Graph's date and time in UTC. It writes up to 7 decimals, sometimes no zone, and year 1 for "never"."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(FRACTION.sub(r".\1", value.strip(), count=1))
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware if aware.year > 1 else None
