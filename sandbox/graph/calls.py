"""One Graph request and its answer, free of HTTP, and the table of routes that the modules beside this one fill."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.failures import GraphFailure
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.permissions import Permissions
from sandbox.requestlog import RequestLog
from sandbox.tenant.state import Tenant

Json = dict[str, Any]


@dataclass(frozen=True)
class Services:
    """What every answer works with."""

    tenant: Tenant
    faults: Faults
    requests: RequestLog
    permissions: Permissions
    limits: Limits


@dataclass(frozen=True)
class Call:
    """A request as it came, directly or inside a `$batch`. `path` is unquoted and starts after /v1.0.

    `body` is bytes over HTTP, already parsed JSON in a batch, None without one. `params` are the route's.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | Json | None
    base_url: str
    services: Services
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def tenant(self) -> Tenant:
        return self.services.tenant

    def option(self, name: str) -> str:
        """An OData option by its name without the $, which Graph lets one leave out."""
        for key, value in self.query.items():
            if key.lower().removeprefix("$") == name:
                return value
        return ""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")

    @property
    def is_advanced(self) -> bool:
        """An advanced query: learn.microsoft.com/graph/aad-advanced-queries."""
        return self.header("ConsistencyLevel").lower() == "eventual"

    def json(self) -> Json:
        """The body as an object, or Graph's 400 or 415."""
        if isinstance(self.body, dict):
            return self.body
        if not self.body:
            raise GraphFailure(400, "BadRequest", "Empty Payload. JSON content expected.")
        content_type = self.header("Content-Type").partition(";")[0].strip().lower()
        if content_type != "application/json":
            message = f"Invalid content type '{content_type}'. The request body must be application/json."
            raise GraphFailure(415, "UnsupportedMediaType", message)
        return _parse(self.body)


@dataclass(frozen=True)
class Answer:
    """`body` None is an empty answer (204, 202); a str is plain text. With `cut` only half of the body is sent."""

    status: int = 200
    body: Json | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: Literal["", "half", "broken off"] = ""


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    segments: tuple[str, ...]
    handler: Handler


_ROUTES: dict[int, list[Route]] = {}


def route(method: str, template: str) -> Callable[[Handler], Handler]:
    """Register a handler for e.g. GET users/{user}/mailboxSettings."""

    def register(handler: Handler) -> Handler:
        segments = tuple(template.split("/"))
        _ROUTES.setdefault(len(segments), []).append(Route(method, "/" + template, segments, handler))
        return handler

    return register


def split(path: str) -> tuple[str, ...]:
    """Segments in one spelling: keys in parentheses become segments, type casts lose "microsoft."."""
    segments: list[str] = []
    for segment in path.split("/"):
        keyed = re.fullmatch(r"(\w+)\('(.*)'\)", segment)
        if keyed:
            segments += [keyed[1], keyed[2].replace("''", "'")]
        elif segment:
            segments.append(re.sub(r"^microsoft\.(?=graph\.)", "", segment.removesuffix("()"), flags=re.IGNORECASE))
    return tuple(segments)


def find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route and its parameters; Graph's 400 for an unknown path, 405 for a wrong method."""
    segments = split(path)
    best: list[tuple[Route, dict[str, str]]] = []
    for candidate in _ROUTES.get(len(segments), ()):
        params = _match(candidate.segments, segments)
        if params is not None:
            best.append((candidate, params))
    # A literal segment beats a parameter: /users/delta before /users/{user}.
    best.sort(key=lambda match: len(match[1]))
    for match in best:
        if match[0].method == method and len(match[1]) == len(best[0][1]):
            return match
    if best:
        raise GraphFailure(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    raise GraphFailure(400, "BadRequest", f"Resource not found for the segment '{_unknown(segments)}'.")


def _match(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    params = {}
    for wanted, given in zip(template, segments, strict=True):
        if wanted.startswith("{"):
            params[wanted[1:-1]] = given
        elif wanted.lower() != given.lower():
            return None
    return params


def _unknown(segments: tuple[str, ...]) -> str:
    """The first segment that no route has at its place."""
    for index, segment in enumerate(segments):
        known = any(
            len(candidate.segments) > index
            and _match(candidate.segments[: index + 1], segments[: index + 1]) is not None
            for routes in _ROUTES.values()
            for candidate in routes
        )
        if not known:
            return segment
    return segments[-1] if segments else ""


def _parse(body: bytes) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        message = (
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid "
            "JSON format."
        )
        raise GraphFailure(400, "BadRequest", message)
    return parsed
