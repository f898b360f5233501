"""What the tenant is started with: scenarios and people in trouble, by name, in one namespace."""

from collections.abc import Sequence

from sandbox.causes import CAUSES, apply_cause, apply_live
from sandbox.faults import Faults
from sandbox.scenarios import SCENARIOS, apply_scenario
from sandbox.scenarios.registry import World
from sandbox.tenant.catalogue import OFFICE_365_E3
from sandbox.tenant.state import Tenant

USUAL = "default"
FREE_SEATS = 30  # of Office 365 E3, for everybody whose cure is a license


def known() -> list[str]:
    return [*SCENARIOS, *CAUSES]


def unknown(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in SCENARIOS and name not in CAUSES]


def begin(tenant: Tenant, faults: Faults, names: Sequence[str]) -> None:
    """Nothing named is the default tenant; a tenant from a file stays as its maker wants it."""
    for name in names or (() if tenant.is_from_file else (USUAL,)):
        apply(name, tenant, faults)


def apply(name: str, tenant: Tenant, faults: Faults) -> None:
    """On top of what is there. Raises KeyError for an unknown name."""
    if name in CAUSES:
        apply_cause(World(tenant, faults), name)
        return
    apply_scenario(name, tenant, faults)
    if name == USUAL:
        apply_live(World(tenant, faults))
        apply_scenario("groups", tenant, faults)
        tenant.subscriptions[OFFICE_365_E3.sku_id].enabled += FREE_SEATS
