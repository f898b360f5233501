"""Faults of Graph: rules that match requests and make them slow, wrong, or end in nothing; and its part of a plan."""

import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.faultplan import GRAPH, FaultPlan, Mishap

# What can happen to one member of a `$batch`: the rest concerns the connection.
_IN_BATCH = {kind: GRAPH[kind] for kind in ("error", "throttled", "throttled_bare", "html", "hidden")}


@dataclass
class FaultRule:
    """`path` is a regular expression searched in the path after /v1.0, e.g. /users/[^/]+/mailboxSettings$.

    With `times` the rule wears out; `probability` decides each time. `status` 0 only delays. `html` answers as a
    gateway does, `reset` closes the connection without an answer, `after` lets the request take effect first.
    `truncate` cuts the real answer's body in half; with `reset` the connection breaks off there. `hidden_seconds`:
    reads show what a write changes only so much later, by the tenant's clock.
    """

    method: str = ""
    path: str = ".*"
    status: int = 0
    code: str = ""
    message: str = ""
    body: Any = None
    retry_after: int | None = None
    delay_seconds: float = 0.0
    html: bool = False
    reset: bool = False
    after: bool = False
    truncate: bool = False
    hidden_seconds: float = 0.0
    times: int | None = None
    probability: float = 1.0
    id: int = 0
    hits: int = field(default=0)

    def matches(self, method: str, path: str) -> bool:
        if self.method and self.method.upper() != method.upper():
            return False
        return re.search(self.path, path, re.IGNORECASE) is not None


class Faults:
    """The rules in force; the first that matches wins. What matches none is left to the plan."""

    def __init__(self, seed: int = 1, plan: FaultPlan | None = None) -> None:
        self._plan = plan or FaultPlan()
        self.rules: list[FaultRule] = []
        self._rng = random.Random(seed)
        self._next_id = 1

    def add(self, rule: FaultRule) -> FaultRule:
        rule.id, self._next_id = self._next_id, self._next_id + 1
        self.rules.append(rule)
        return rule

    def remove(self, rule_id: int) -> bool:
        left = [rule for rule in self.rules if rule.id != rule_id]
        found = len(left) < len(self.rules)
        self.rules = left
        return found

    def clear(self) -> None:
        self.rules.clear()

    def pick(self, method: str, path: str, in_batch: bool = False) -> FaultRule | None:
        """The rule for this request; picking uses up one of its `times`."""
        return self._ruled(method, path) or self._planned(method, path, in_batch)

    def _planned(self, method: str, path: str, in_batch: bool) -> FaultRule | None:
        kinds = _IN_BATCH if in_batch else GRAPH
        if method == "GET" or path.lower() == "/$batch":
            kinds = {kind: weight for kind, weight in kinds.items() if kind != "hidden"}  # there is nothing to hide
        mishap = self._plan.draw("graph", kinds, f"{method} {path}")
        return None if mishap is None else _rule_of(mishap, self._plan)

    def _ruled(self, method: str, path: str) -> FaultRule | None:
        for rule in self.rules:
            if rule.times == 0 or not rule.matches(method, path):
                continue
            if rule.probability < 1 and self._rng.random() >= rule.probability:
                continue
            rule.hits += 1
            if rule.times is not None:
                rule.times -= 1
            return rule
        return None

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self.rules]


def _rule_of(mishap: Mishap, plan: FaultPlan) -> FaultRule:
    rule = FaultRule(after=mishap.after)
    match mishap.kind:
        case "error":
            rule.status = mishap.status
        case "throttled":
            rule.status, rule.retry_after = 429, 1 + round(4 * mishap.fraction)
        case "throttled_bare":
            rule.status = 429
        case "reset":
            rule.reset = True
        case "stall":
            rule.delay_seconds = plan.terms.stall_seconds
        case "truncated":
            rule.truncate, rule.reset = True, mishap.fraction < 0.5
        case "html":
            rule.html = True
        case "hidden":
            rule.hidden_seconds = plan.terms.hidden_seconds * mishap.fraction
    return rule


_TYPES: dict[str, type | tuple[type, ...]] = {
    "method": str,
    "path": str,
    "status": int,
    "code": str,
    "message": str,
    "body": object,
    "retry_after": (int, type(None)),
    "delay_seconds": (int, float),
    "html": bool,
    "reset": bool,
    "after": bool,
    "truncate": bool,
    "hidden_seconds": (int, float),
    "times": (int, type(None)),
    "probability": (int, float),
}


def rule_from_json(data: Mapping[str, Any]) -> FaultRule:
    """Raises ValueError with a sentence that names what is wrong."""
    for key, value in data.items():
        expected = _TYPES.get(key)
        if expected is None:
            raise ValueError(f"unknown field “{key}”; known: {', '.join(_TYPES)}")
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is int):
            raise ValueError(f"field “{key}” has the wrong type")
    rule = FaultRule(**data)
    try:
        re.compile(rule.path)
    except re.error as error:
        raise ValueError(f"path is no regular expression: {error}") from error
    if rule.status and not 400 <= rule.status <= 599:
        raise ValueError("status must be 400 to 599, or left out")
    if not 0 <= rule.probability <= 1 or min(rule.delay_seconds, rule.hidden_seconds) < 0:
        raise ValueError("probability must be 0 to 1, delay_seconds and hidden_seconds not negative")
    return rule
