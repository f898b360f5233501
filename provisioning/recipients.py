"""What surrounds an account: domains, others who hold an address, and what Graph refused us before.

Property names follow Microsoft Graph v1.0's `domain`, `user`, `group` and `orgContact` resources.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from provisioning.errors import GraphTrace


@dataclass(frozen=True)
class Domain:
    """`domain`: `services` is supportedServices, None where Graph did not say."""

    name: str
    is_verified: bool = True
    is_initial: bool = False
    services: tuple[str, ...] | None = None


class HolderKind(StrEnum):
    USER = "user"
    GROUP = "group"
    CONTACT = "contact"


@dataclass(frozen=True)
class AddressHolder:
    """A directory object that has one of the addresses asked about in its proxyAddresses, mail or sign-in name.

    Public folders and recipients that live in Exchange alone are never among them: Graph does not show those.
    """

    id: str
    kind: HolderKind
    name: str
    upn: str = ""
    mail: str = ""
    proxy_addresses: tuple[str, ...] = ()
    synced: bool = False


class Operation(StrEnum):
    """What Mailroom tried for the user, as the case remembers it."""

    CREATE = "create the account"
    READ = "read the account"
    UPDATE = "change the account"
    ASSIGN = "assign the license"
    FOLLOW_UP = "set up what needs the mailbox"


@dataclass(frozen=True)
class Attempt:
    """One write or read that the case made, and Graph's answer. `target` is the property of an ObjectConflict."""

    operation: Operation
    at: datetime
    trace: GraphTrace = field(default_factory=GraphTrace)
    target: str = ""

    @property
    def is_refused(self) -> bool:
        return self.trace.status >= 400
