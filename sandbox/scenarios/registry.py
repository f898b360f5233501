"""Scenarios by name: a scenario is a small function over tenant and faults, with a one-line description."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.faults import Faults
from sandbox.tenant.state import Tenant


@dataclass(frozen=True)
class World:
    """What a scenario may change."""

    tenant: Tenant
    faults: Faults


Change = Callable[[World], None]


@dataclass(frozen=True)
class Scenario:
    name: str
    description: str
    change: Change


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str) -> Callable[[Change], Change]:
    """Register a scenario; its docstring's first line is the description."""

    def register(change: Change) -> Change:
        description = (change.__doc__ or "").strip().splitlines()[0]
        SCENARIOS[name] = Scenario(name, description, change)
        return change

    return register
