"""Faults on order: rules that match Graph requests and make them slow, wrong, or end in nothing."""

import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class FaultRule:
    """`path` is a regular expression searched in the path after /v1.0, e.g. /users/[^/]+/mailboxSettings$.

    With `times` the rule wears out; `probability` decides each time. `status` 0 only delays. `html` answers as a
    gateway does, `reset` closes the connection without an answer, `after` lets the request take effect first.
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
    times: int | None = None
    probability: float = 1.0
    id: int = 0
    hits: int = field(default=0)

    def matches(self, method: str, path: str) -> bool:
        if self.method and self.method.upper() != method.upper():
            return False
        return re.search(self.path, path, re.IGNORECASE) is not None


class Faults:
    """The rules in force; the first that matches wins."""

    def __init__(self, seed: int = 1) -> None:
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

    def pick(self, method: str, path: str) -> FaultRule | None:
        """The rule for this request; picking uses up one of its `times`."""
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
    if not 0 <= rule.probability <= 1 or rule.delay_seconds < 0:
        raise ValueError("probability must be 0 to 1 and delay_seconds not negative")
    return rule
