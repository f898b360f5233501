"""Faults of the Bot Connector on demand: throttling, errors, slowness, lost answers.

    POST /sandbox/connector/faults
    {"faults": [{"kind": "status", "status": 429, "retryAfter": 2, "times": 3, "methods": ["POST", "PUT"]},
                {"kind": "delay", "seconds": 1.5, "conversation": "a:helga-personal"},
                {"kind": "drop", "after": true}]}

replaces the list (an empty one clears it). A fault hits `times` requests (default 1) that match its methods and
conversation (default: all), after letting `skip` of them pass. With `after` the request is carried out first and only
its answer is a fault, which is how a bot comes to repeat what was already done.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from aiohttp import web

from sandbox.connector.state import split_thread

Kind = Literal["status", "delay", "drop"]
KINDS: tuple[Kind, ...] = ("status", "delay", "drop")


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
    """The list that is left to happen."""

    def __init__(self) -> None:
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
        return None

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]


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


def refuse(request: web.Request, fault: Fault, error: web.Response) -> web.Response:
    """The faulty answer instead of the real one: `error`, or a closed connection."""
    if fault.kind == "drop" and request.transport is not None:
        request.transport.abort()
    if fault.retry_after:
        error.headers["Retry-After"] = f"{fault.retry_after:g}"
    return error


async def delay(fault: Fault | None) -> None:
    if fault is not None and fault.seconds:
        await asyncio.sleep(fault.seconds)
