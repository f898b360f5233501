"""The health of the services that a mailbox comes from, in one `$batch`, kept for some seconds.

Service communications allow 240 calls a minute and 800 an hour for the whole tenant (graph/limits.py).
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from graph import reading, requests
from graph.answers import Answer
from graph.client import GraphClient
from graph.errors import body_of
from provisioning.directory import ENTRA, EXCHANGE, ServiceHealth

HEALTH_SECONDS = 20.0
# Entra was renamed in the service health; learn.microsoft.com/graph/api/serviceannouncement-list-healthoverviews still
# has the older name. Tenants answer 404 for the one that they do not have.
ENTRA_NAMES = ("Microsoft Entra", "Identity Service")

log = logging.getLogger(__name__)


class HealthReader:
    def __init__(self, client: GraphClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._entra_names: tuple[str, ...] = ENTRA_NAMES
        self._known: tuple[ServiceHealth, ...] = ()
        self._read_at = float("-inf")

    async def read(self) -> tuple[ServiceHealth, ...]:
        """Without a service that could not be read. Raises GraphError where none could."""
        if self._clock() - self._read_at >= HEALTH_SECONDS:
            self._known = await self._ask()
            self._read_at = self._clock()
        return self._known

    async def _ask(self) -> tuple[ServiceHealth, ...]:
        names = (EXCHANGE, *self._entra_names)
        answers = await self._client.batch([requests.health(self._client.api, name) for name in names])
        exchange, *entra = answers
        self._remember(entra)
        found = [_health(exchange, EXCHANGE), *(_health(answer, ENTRA) for answer in entra)]
        read = tuple(health for health in found if health)
        if not read:
            body_of(exchange)  # raises
        return read

    def _remember(self, entra: Sequence[Answer]) -> None:
        """The name that this tenant knows is the only one that is asked for from now on."""
        known = [name for name, answer in zip(self._entra_names, entra, strict=True) if answer.ok]
        self._entra_names = tuple(known[:1]) or ENTRA_NAMES


def _health(answer: Answer, service: str) -> ServiceHealth | None:
    if not answer.ok:
        log.info("the health of %s could not be read: %d", service, answer.status)
        return None
    return replace(reading.service_health(answer.body or {}), service=service)
