"""A bad day at Microsoft: a share of everything goes wrong, in many ways, and in the same ways for the same seed.

    POST /sandbox/faults/plan {"seed": 7, "share": 0.1}

A plan rules Graph (every member of a `$batch` by itself), what the bot asks of the Bot Connector, and what Teams
brings to the bot. Whether and how a request goes wrong follows from the seed, the request, and how often the same one
came before: so requests that run beside each other do not change each other's fate. docs/faults.md lists the kinds.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

GRAPH = {
    "error": 3.0,  # 500, 502, 503 or 504 in Graph's envelope
    "throttled": 2.0,  # 429 with Retry-After
    "throttled_bare": 1.0,  # 429 without
    "reset": 2.0,
    "stall": 1.0,
    "truncated": 1.0,  # half of the JSON, as a whole answer or broken off
    "html": 2.0,  # a gateway's page
    "hidden": 2.0,  # the write succeeds, reads show the old state for a while
}
CONNECTOR = {
    "error": 3.0,
    "throttled": 2.0,
    "throttled_bare": 1.0,
    "precondition": 1.0,  # 412
    "reset": 2.0,
    "stall": 1.0,
    "truncated": 1.0,
    "html": 1.0,
}
DELIVERY = {"duplicated": 1.0, "overtaken": 1.0}  # Teams brings it twice; another that came later is brought first
KINDS = frozenset({*GRAPH, *CONNECTOR, *DELIVERY})

# A request with one of these takes effect first in a third of the cases, and only its answer is lost.
_OUTCOME_UNKNOWN = frozenset({"error", "reset", "stall", "html"})
_AFTER = 1 / 3
_STATUSES = (500, 502, 503, 504)


@dataclass(frozen=True)
class Terms:
    """What is wanted. A kind that `weights` does not name keeps its own weight; 0 leaves it out."""

    seed: int = 1
    share: float = 0.0
    weights: Mapping[str, float] = field(default_factory=dict)
    stall_seconds: float = 30.0  # real ones
    hidden_seconds: float = 60.0  # the longest, of the tenant's clock
    overtaken_seconds: float = 2.0  # the longest, real ones


@dataclass(frozen=True)
class Mishap:
    """One request's fate. `status` is for the kinds that answer with one; `fraction` is a number from 0 to 1."""

    kind: str
    after: bool
    status: int
    fraction: float


class FaultPlan:
    """Without a share, nothing happens."""

    def __init__(self) -> None:
        self.set(Terms())

    def set(self, terms: Terms) -> None:
        """A new plan; counts start anew."""
        self.terms = terms
        self._seen: Counter[str] = Counter()
        self._hits: Counter[tuple[str, str]] = Counter()

    def draw(self, side: str, kinds: Mapping[str, float], request: str) -> Mishap | None:
        """What becomes of this request; counts it."""
        if not self.terms.share:
            return None
        weights = {kind: self.terms.weights.get(kind, weight) for kind, weight in kinds.items()}
        key = f"{side} {request}"
        self._seen[key] += 1
        chance = random.Random(f"{self.terms.seed} {key} {self._seen[key]}")
        if chance.random() >= self.terms.share or not any(weights.values()):
            return None
        [kind] = chance.choices(list(weights), list(weights.values()))
        after = kind in _OUTCOME_UNKNOWN and chance.random() < _AFTER
        self._hits[(side, f"{kind}_after" if after else kind)] += 1
        return Mishap(kind, after, chance.choice(_STATUSES), chance.random())

    def as_json(self) -> dict[str, Any]:
        """The plan, and how often each kind struck: `reset_after` is a reset after the request took effect."""
        hits: dict[str, dict[str, int]] = {}
        for (side, kind), count in sorted(self._hits.items()):
            hits.setdefault(side, {})[kind] = count
        return {"plan": asdict(self.terms), "hits": hits}


FAULT_PLAN = web.AppKey("fault-plan", FaultPlan)


def plan_of(app: web.Application) -> FaultPlan:
    """The application's plan, made on first use: Graph, connector and chat share it."""
    if FAULT_PLAN not in app:
        app[FAULT_PLAN] = FaultPlan()
    return app[FAULT_PLAN]


def terms_from_json(data: Mapping[str, Any]) -> Terms:
    """Raises ValueError with a sentence that names what is wrong."""
    known = {"seed", "share", "weights", "stall_seconds", "hidden_seconds", "overtaken_seconds"}
    for name, value in data.items():
        if name not in known:
            raise ValueError(f"unknown field “{name}”; known: {', '.join(sorted(known))}")
        if name == "weights":
            _check_weights(value)
        elif isinstance(value, bool) or not isinstance(value, int if name == "seed" else (int, float)) or value < 0:
            raise ValueError(f"“{name}” must be a number, 0 or more")
    terms = Terms(**data)
    if terms.share > 1:
        raise ValueError("“share” must be 0 to 1")
    return terms


def _check_weights(weights: object) -> None:
    if not isinstance(weights, dict):
        raise ValueError("“weights” must be an object of kinds and their weights")
    for kind, weight in weights.items():
        if kind not in KINDS:
            raise ValueError(f"unknown kind “{kind}”; known: {', '.join(sorted(KINDS))}")
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or weight < 0:
            raise ValueError(f"the weight of “{kind}” must be a number, 0 or more")
