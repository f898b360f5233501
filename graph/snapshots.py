"""A snapshot in one `$batch`, and a second one only for what the first brought to light.

A key of a question is the part's name in `Snapshot.unread`, with more behind a slash where a part takes several.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient

from graph import errors, parts, queries, reading, requests
from graph.answers import Answer
from graph.batch import LIMIT, call_of
from graph.client import GraphClient
from graph.retry import RETRIED_STATUSES
from provisioning.addresses import wanted
from provisioning.directory import ProbeResult, ServiceHealth, Snapshot
from provisioning.errors import GraphError
from provisioning.recipients import HolderKind

log = logging.getLogger(__name__)

HEALTH_SECONDS = 60.0  # service communications: 240 calls a minute and 800 an hour for the whole tenant
DEFAULT_PAUSE = 0.5
LONGEST_PAUSE = 2.0  # what Graph may ask for before the second batch; somebody is waiting

Asked = dict[str, RequestInformation]


@dataclass(frozen=True)
class Round:
    """What was asked and answered so far. `addresses`: whose holders were asked about; `health`: if known before."""

    asked: Asked
    answers: dict[str, Answer]
    addresses: tuple[str, ...]
    health: ServiceHealth | None


class SnapshotReader:
    """Keeps the service health for a minute; everything else is read anew for each snapshot."""

    def __init__(self, client: GraphClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._api = client.api
        self._clock = clock
        self._health: ServiceHealth | None = None
        self._health_at = 0.0

    async def take(self, name: str) -> Snapshot:
        first = await self._first(name)
        snapshot = _snapshot(name, first)
        more, addresses = self._dependent(snapshot, first)
        again = _unlucky(first, more)
        if not more and not again:
            return snapshot
        await asyncio.sleep(max((_pause_after(first.answers[key]) for key in again), default=0.0))
        answers = await self._ask_or_lose(dict([*more.items(), *again.items()][:LIMIT]))
        second = Round({}, _without(first.answers, more) | answers, addresses or first.addresses, first.health)
        return replace(_snapshot(name, second), taken_at=snapshot.taken_at)

    async def _first(self, name: str) -> Round:
        """All that needs the name alone."""
        health = self._fresh_health()
        addresses = (name.lower(),) if "@" in name else ()
        asked = _personal(self._api, name) | _tenant(self._api) | _around(self._api, addresses)
        if health is None:
            asked["health"] = requests.health(self._api)
        return Round(asked, await self._ask(asked), addresses, health)

    def _dependent(self, snapshot: Snapshot, first: Round) -> tuple[Asked, tuple[str, ...]]:
        """What needs the account's id and addresses: where the mailbox is not ready, or the name was an alias."""
        if parts.is_missing(first.answers):
            account = parts.alias_of(snapshot.name, first.answers)
            asked = _personal(self._api, account.id) if account else {}
        else:
            is_ready = snapshot.mailbox is not None and snapshot.mailbox.result is ProbeResult.READY
            account, asked = None if is_ready else snapshot.account, {}
        if account is None:
            return {}, ()
        addresses = wanted(replace(snapshot, account=account))
        asked |= _around(self._api, addresses)
        asked["license_removed_at"] = queries.license_changes(self._api, account.id)
        return asked, addresses

    async def _ask(self, asked: Asked) -> dict[str, Answer]:
        answers = dict(zip(asked, await self._client.batch(list(asked.values()), again=False), strict=True))
        if "health" in answers and answers["health"].ok:
            self._health = reading.service_health(answers["health"].body or {})
            self._health_at = self._clock()
        return answers

    async def _ask_or_lose(self, asked: Asked) -> dict[str, Answer]:
        """What the first batch told is worth having even where the second one fails as a whole."""
        try:
            return await self._ask(asked)
        except GraphError as error:
            log.warning("no second batch: %s", error.trace.message or error.sentence)
            return {key: errors.answer_of(call_of(request), error) for key, request in asked.items()}

    def _fresh_health(self) -> ServiceHealth | None:
        return self._health if self._clock() - self._health_at < HEALTH_SECONDS else None


def _personal(api: GraphServiceClient, name: str) -> Asked:
    """What stands under the user's own path."""
    return {
        "account": requests.account(api, name),
        "mailbox": requests.mailbox(api, name),
        "license_details": requests.license_details(api, name),
        "primary_mailbox_id": requests.exchange_settings(api, name),
        "sync_behavior": requests.sync_behavior(api, name),
    }


def _tenant(api: GraphServiceClient) -> Asked:
    return {
        "organization": requests.organization(api),
        "skus": requests.skus(api),
        "domains": requests.domains(api),
    }


def _around(api: GraphServiceClient, addresses: Sequence[str]) -> Asked:
    """Who else holds one of the addresses, and who did before being deleted."""
    asked: Asked = {}
    for kind in HolderKind:
        for number, request in enumerate(queries.holders(api, kind, addresses)):
            asked[f"holders/{kind}/{number}"] = request
    for number, request in enumerate(queries.deleted_with(api, addresses)):
        asked[f"deleted/{number}"] = request
    return asked


def _snapshot(name: str, read: Round) -> Snapshot:
    return parts.snapshot(name, read.answers, read.health, read.addresses)


def _unlucky(first: Round, more: Asked) -> Asked:
    """What was throttled or failed: asked again where a second batch goes anyway, or nothing is known without it."""
    renewed = {parts.part_of(key) for key in more}
    unlucky = {
        key: first.asked[key]
        for key, answer in first.answers.items()
        if answer.status in RETRIED_STATUSES
        and parts.part_of(key) not in renewed
        and _pause_after(answer) <= LONGEST_PAUSE
    }
    return unlucky if more or "account" in unlucky else {}


def _without(answers: dict[str, Answer], more: Asked) -> dict[str, Answer]:
    """A part that is asked about anew is known by its new answers alone."""
    renewed = {parts.part_of(key) for key in more}
    return {key: answer for key, answer in answers.items() if parts.part_of(key) not in renewed}


def _pause_after(answer: Answer) -> float:
    asked = errors.retry_after_of(answer.headers)
    return DEFAULT_PAUSE if asked is None else asked
