"""Cmdlets by name, and how their parameters are read: names without case, with or without the dash."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.tenant.active_directory import AdUser
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

Json = dict[str, Any]


class CmdletRefused(Exception):
    """What the shell would print in red."""


class Parameters:
    """The parameters of one call."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = {name.lstrip("-").lower(): value for name, value in given.items()}

    def get(self, name: str) -> Any:
        return self._given.get(name.lower())

    def text(self, name: str) -> str:
        """Required."""
        value = self.get(name)
        if not isinstance(value, str) or not value.strip():
            raise CmdletRefused(f"The parameter -{name} is missing.")
        return value.strip()

    def texts(self, name: str) -> list[str]:
        value = self.get(name)
        return [str(one) for one in value] if isinstance(value, list) else [self.text(name)]

    def is_on(self, name: str) -> bool:
        return self.get(name) is not None and self.get(name) is not False

    def addresses(self, change: str) -> list[str]:
        """From -EmailAddresses @{remove=…} or @{add=…}, without smtp:."""
        value = self.get("EmailAddresses")
        wanted: Any = next((v for k, v in value.items() if k.lower() == change), []) if isinstance(value, dict) else []
        listed = wanted if isinstance(wanted, list) else [wanted]
        return [re.sub(r"^smtp:", "", str(one), flags=re.IGNORECASE).lower() for one in listed]

    def filtered_address(self) -> str:
        """From -Filter "EmailAddresses -eq 'smtp:x'"."""
        found = re.search(r"'(?:smtp:)?([^']+@[^']+)'", str(self.get("Filter") or ""), re.IGNORECASE)
        return found[1].lower() if found else ""


Cmdlet = Callable[[Tenant, Parameters], list[Json]]
CMDLETS: dict[str, Cmdlet] = {}


def cmdlet(name: str) -> Callable[[Cmdlet], Cmdlet]:
    def register(function: Cmdlet) -> Cmdlet:
        CMDLETS[name.lower()] = function
        return function

    return register


def run(tenant: Tenant, name: str, parameters: Mapping[str, Any]) -> list[Json]:
    """The objects that it prints. Raises CmdletRefused."""
    function = CMDLETS.get(name.lower())
    if function is None:
        raise CmdletRefused(f"The term '{name}' is not recognized as the name of a cmdlet.")
    return function(tenant, Parameters(parameters))


def cloud_user(tenant: Tenant, parameters: Parameters, name: str = "Identity") -> User:
    wanted = parameters.text(name)
    found = tenant.users.get(wanted) or tenant.users.by_upn(wanted) or tenant.users.by_address(wanted)
    if found is None:
        raise CmdletRefused(f"The operation couldn't be performed because object '{wanted}' couldn't be found.")
    return found


def ad_user(tenant: Tenant, parameters: Parameters) -> AdUser:
    wanted = parameters.text("Identity")
    found = tenant.directory.find(wanted)
    if found is None:
        raise CmdletRefused(f"Cannot find an object with identity: '{wanted}'.")
    return found
