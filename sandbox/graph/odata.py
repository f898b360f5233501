"""Query options that several answers share: $select, $filter, $top with paging, $count, $orderby."""

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from sandbox.failures import GraphFailure
from sandbox.graph.calls import Call, Json
from sandbox.graph.filters import Filter, parse

T = TypeVar("T")

PAGE = 100
MAX_TOP = 999


def selected(call: Call, canonical: dict[str, str], defaults: Sequence[str], type_name: str) -> tuple[str, ...]:
    """The properties to answer; `id` only if asked for, as Graph does it for $select."""
    option = call.option("select")
    if not option.strip():
        return tuple(defaults)
    names = []
    for part in option.split(","):
        name = canonical.get(part.strip().lower())
        if name is None:
            raise _select_failure(part.strip(), type_name)
        if name not in names:
            names.append(name)
    return tuple(names)


def filtered(call: Call, canonical: dict[str, str], type_name: str) -> Filter | None:
    """The parsed $filter, refused where only an advanced query could answer it."""
    option = call.option("filter")
    if not option.strip():
        return None
    parsed = parse(option)
    for path in parsed.properties:
        if path.partition("/")[0].lower() not in canonical:
            message = f"Could not find a property named '{path}' on type 'microsoft.graph.{type_name}'."
            raise GraphFailure(400, "BadRequest", f"Invalid filter clause: {message}")
    operator = parsed.needs_advanced
    if operator and not (call.is_advanced and call.option("count").lower() == "true"):
        message = (
            f"Operator '{operator}' is not supported because the 'ConsistencyLevel:eventual' header is missing. "
            "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
        )
        raise GraphFailure(400, "Request_UnsupportedQuery", message)
    return parsed


def page(call: Call, items: Sequence[T], render: Callable[[T], Json], context: str) -> Json:
    """One page as Graph's collection envelope, with @odata.count and @odata.nextLink."""
    top = _top(call)
    start = _skip(call)
    body: Json = {"@odata.context": f"{call.base_url}/$metadata#{context}"}
    if call.is_advanced and call.option("count").lower() == "true":
        body["@odata.count"] = len(items)
    if start + top < len(items):
        body["@odata.nextLink"] = _next_link(call, start + top)
    body["value"] = [render(item) for item in items[start : start + top]]
    return body


def ordered(call: Call, items: Iterable[Any], read: Callable[[Any, str], Any], allowed: dict[str, str]) -> list[Any]:
    option = call.option("orderby").strip()
    if not option:
        return list(items)
    name, _, direction = option.partition(" ")
    canonical = allowed.get(name.lower())
    if canonical is None or direction.strip().lower() not in ("", "asc", "desc"):
        raise GraphFailure(400, "Request_UnsupportedQuery", "Unsupported sort property or direction.")
    descending = direction.strip().lower() == "desc"
    return sorted(items, key=lambda item: str(read(item, canonical) or "").lower(), reverse=descending)


def context(call: Call, collection: str, names: Sequence[str] | None = None) -> str:
    """The @odata.context of a single object."""
    chosen = f"({','.join(names)})" if names else ""
    return f"{call.base_url}/$metadata#{collection}{chosen}/$entity"


def _top(call: Call) -> int:
    option = call.option("top")
    if not option:
        return PAGE
    if not option.isdigit() or not 1 <= int(option) <= MAX_TOP:
        message = f"Invalid page size specified: '{option}'. Must be between 1 and {MAX_TOP} inclusive."
        raise GraphFailure(400, "Request_UnsupportedQuery", message)
    return int(option)


def _skip(call: Call) -> int:
    token = call.option("skiptoken")
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token.encode()).decode())
    except ValueError as error:
        raise GraphFailure(400, "Directory_ExpiredPageToken", "The specified page token value has expired.") from error


def _next_link(call: Call, start: int) -> str:
    kept = {key: value for key, value in call.query.items() if key.lower().removeprefix("$") != "skiptoken"}
    kept["$skiptoken"] = base64.urlsafe_b64encode(str(start).encode()).decode()
    return f"{call.base_url}{call.path}?{urlencode(kept, safe='$,')}"


def _select_failure(name: str, type_name: str) -> GraphFailure:
    message = (
        "Parsing OData Select and Expand failed: "
        f"Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
    )
    return GraphFailure(400, "BadRequest", message)
