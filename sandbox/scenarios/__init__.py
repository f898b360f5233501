"""Named situations of the tenant, applied at the start or by a control, one on top of the other."""

from sandbox.faults import Faults
from sandbox.scenarios import exchange, persons, trouble
from sandbox.scenarios.registry import SCENARIOS, Scenario, World
from sandbox.tenant.state import Tenant

__all__ = ["SCENARIOS", "Scenario", "apply_scenario"]

# Importing a module registers its scenarios.
MODULES = (exchange, persons, trouble)


def apply_scenario(name: str, tenant: Tenant, faults: Faults) -> None:
    """Raises KeyError for an unknown name."""
    SCENARIOS[name].change(World(tenant, faults))
