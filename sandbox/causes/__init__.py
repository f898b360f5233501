"""People in trouble: for each known cause of a stuck mailbox somebody who has it, with the evidence in Graph."""

from sandbox.causes import (
    addresses,
    elimination,
    hybrid,
    license_errors,
    licenses,
    names,
    not_stuck,
    recycle_bin,
    service,
    sync_trouble,
)
from sandbox.causes.registry import CAUSES, Cause, apply_cause, by_id, combine
from sandbox.scenarios.registry import World

__all__ = ["CAUSES", "Cause", "apply_cause", "apply_live", "by_id", "combine"]

# Importing a module registers its people; the order is that of the list.
MODULES = (
    service,
    licenses,
    license_errors,
    addresses,
    names,
    recycle_bin,
    hybrid,
    elimination,
    sync_trouble,
    not_stuck,
)


def apply_live(world: World) -> None:
    """Everybody whose trouble is nobody else's."""
    for cause in CAUSES.values():
        if cause.is_live:
            apply_cause(world, cause.name)
