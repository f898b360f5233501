"""PowerShell that Graph has no match for, as far as the fixes need it: by name, over the simulated tenant."""

from sandbox.cmdlets import exchange_online, on_premises
from sandbox.cmdlets.registry import CMDLETS, CmdletRefused, run

__all__ = ["CMDLETS", "CmdletRefused", "run"]

# Importing a module registers its cmdlets.
MODULES = (exchange_online, on_premises)
