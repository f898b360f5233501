"""Faults of the Bot Connector on demand: throttling, errors, slowness, lost answers.

    POST /sandbox/connector/faults
    {"faults": [{"kind": "status", "status": 429, "retryAfter": 2, "times": 3, "methods": ["POST", "PUT"]},
                {"kind": "delay", "seconds": 1.5, "conversation": "a:helga-personal"},
                {"kind": "drop", "after": true}]}

replaces the list (an empty one clears it). A fault hits `times` requests (default 1) that match its methods and
conversation (default: all), after letting `skip` of them pass. With `after` the request is carried out first and only
its answer is a fault, which is how a bot comes to repeat what was already done. What no fault of the list matches is
left to the plan (sandbox.faultplan). `html` answers as a gateway does, `truncate` cuts the real answer in half.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from aiohttp import web

from sandbox.connector.state import split_thread
from sandbox.failures import HTML_GATEWAY
from sandbox.faultplan import CONNECTOR, FaultPlan, Mishap

Kind = Literal["status", "delay", "drop", "html", "truncate"]
KINDS: tuple[Kind, ...] = ("status", "delay", "drop", "html", "truncate")


@dataclass(frozen=True)
class Fault:
    """`times` and `skip` count down as requests match."""

    kind: Kind
    status: int = 503
    retry_after: float = 0
    seconds: float = 0
    times: int = 1
    skip: int = 0
    methods: tuple[str, ...] = ()
    conversation: str = ""
    after: bool = False

    def matches(self, method: str, conversation: str) -> bool:
        if self.methods and method not in self.methods:
            return False
        return not self.conversation or split_thread(conversation)[0] == split_thread(self.conversation)[0]


class Faults:
    """The list that is left to happen, and the connector's part of the plan."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self._plan = plan or FaultPlan()
        self._faults: list[Fault] = []

    def set(self, faults: list[Fault]) -> None:
        self._faults = faults

    def take(self, method: str, conversation: str) -> Fault | None:
        """The fault for this request, if any; counts it."""
        for place, fault in enumerate(self._faults):
            if not fault.matches(method, conversation):
                continue
            if fault.skip:
                self._faults[place] = replace(fault, skip=fault.skip - 1)
                continue
            self._faults[place : place + 1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
            return fault
        mishap = self._plan.draw("connector", CONNECTOR, f"{method} {conversation}")
        return None if mishap is None else _fault_of(mishap, self._plan)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]


def _fault_of(mishap: Mishap, plan: FaultPlan) -> Fault:
    match mishap.kind:
        case "throttled":
            return Fault("status", 429, retry_after=1 + round(4 * mishap.fraction))
        case "throttled_bare":
            return Fault("status", 429)
        case "precondition":
            return Fault("status", 412)
        case "reset":
            return Fault("drop", after=mishap.after)
        case "stall":
            return Fault("delay", seconds=plan.terms.stall_seconds, after=mishap.after)
        case "truncated":
            return Fault("truncate", after=True)
        case "html":
            return Fault("html", 502, after=mishap.after)
    return Fault("status", mishap.status, after=mishap.after)


def parse_fault(source: object) -> Fault:
    """Raises ValueError with a sentence when the fault makes no sense."""
    if not isinstance(source, Mapping) or source.get("kind") not in KINDS:
        raise ValueError(f"a fault needs a kind: one of {', '.join(KINDS)}")
    names = {"retryAfter": "retry_after"}
    values: dict[str, Any] = {names.get(str(key), str(key)): value for key, value in source.items()}
    values["methods"] = tuple(str(method).upper() for method in values.get("methods", ()))
    try:
        return Fault(**values)
    except TypeError as error:
        raise ValueError(f"not a fault: {error}") from error


def refuse(request: web.Request, fault: Fault, real: web.Response, error: web.Response) -> web.Response:
    """Instead of the `real` answer: `error`, a gateway's page, half of the real one, or a closed connection."""
    if fault.kind == "drop" and request.transport is not None:
        request.transport.abort()
    if fault.kind == "html":
        return web.Response(status=fault.status, text=HTML_GATEWAY, content_type="text/html")
    if fault.kind == "truncate":
        body = real.body if isinstance(real.body, bytes) else b""
        return web.Response(status=real.status, body=body[: len(body) // 2], content_type="application/json")
    if fault.retry_after:
        error.headers["Retry-After"] = f"{fault.retry_after:g}"
    return error


async def delay(fault: Fault | None) -> None:
    if fault is not None and fault.seconds:
        await asyncio.sleep(fault.seconds)
