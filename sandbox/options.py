"""What the sandbox is started with."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Options:
    """`speed` is simulated seconds per real second; `scenarios` are applied in order at the start.

    `tenant`: the checked content of a tenant file, in place of Contoso. `limits`: enforce Graph's published limits.
    """

    speed: float = 60.0
    scenarios: tuple[str, ...] = ()
    seed: int = 1
    bot_url: str = "http://127.0.0.1:3978/api/messages"
    tenant: dict[str, Any] | None = None
    limits: bool = True


@dataclass
class Address:
    """Where this sandbox listens, e.g. http://127.0.0.1:4000; known once a port is bound or a request came."""

    url: str = ""
