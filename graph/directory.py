"""GraphDirectory: provisioning's Directory over Microsoft Graph.

What can be read together is read in one `$batch`. Errors come up as provisioning.errors; nothing of the SDK does.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from graph import errors, reading, requests
from graph.answers import Answer, Json
from graph.batch import LIMIT
from graph.client import GraphClient
from graph.permissions import SET_PASSWORD
from provisioning.case import Order
from provisioning.directory import Account, Credential, Lookup, Probe, ProbeResult, ServiceHealth, Snapshot
from provisioning.errors import GraphError, GraphNotFound, GraphRejected

log = logging.getLogger(__name__)

T = TypeVar("T")

HEALTH_SECONDS = 60.0  # service communications: 240 calls a minute and 800 an hour for the whole tenant
# Which of these comes for a mailbox that is not there yet changes from call to call.
NOT_READY_CODES = frozenset({"MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "ResourceNotFound"})


class GraphDirectory:
    """Implements provisioning.ports.Directory. The client is closed by whoever opened it."""

    def __init__(self, client: GraphClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._api = client.api
        self._clock = clock
        self._health: ServiceHealth | None = None
        self._health_at = 0.0

    async def look_up(self, upn: str, manager: str = "") -> Lookup:
        api = self._api
        asked = [requests.account(api, upn), requests.deleted_accounts(api, upn)]
        asked += [requests.organization(api), requests.skus(api)]
        asked += [requests.account(api, manager)] if manager else []
        account, deleted, organization, skus, *boss = await self._client.batch(asked)
        return Lookup(
            upn=upn,
            account=_if_found(account, reading.account),
            deleted=reading.deleted_account(_body(deleted), upn),
            organization=reading.organization(_body(organization)),
            skus=reading.skus(_body(skus)),
            manager=_if_found(boss[0], reading.account) if boss else None,
        )

    async def get_account(self, name: str) -> Account | None:
        try:
            return reading.account(await self._client.send(requests.account(self._api, name)) or {})
        except GraphNotFound:
            return None

    async def create_account(self, order: Order, password: str) -> Account:
        body = requests.account_body(order)
        request = requests.create_account(self._api, body | requests.password_profile(password))
        created = await self._client.send(request) or {}
        # The answer has only the default properties: what was sent completes it.
        return reading.account(body | {name: value for name, value in created.items() if value is not None})

    async def restore_account(self, deleted_id: str) -> Account:
        return reading.account(await self._client.send(requests.restore_account(self._api, deleted_id)) or {})

    async def update_account(self, account_id: str, changes: dict[str, str]) -> None:
        cleared = {name: value or None for name, value in changes.items()}
        await self._client.send(requests.update_account(self._api, account_id, cleared))

    async def set_manager(self, account_id: str, manager_id: str) -> None:
        await self._client.send(requests.set_manager(self._api, self._client.base_url, account_id, manager_id))

    async def assign_license(
        self,
        account_id: str,
        sku_id: str,
        disabled_plans: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None:
        await self._client.send(requests.assign_license(self._api, account_id, sku_id, disabled_plans, remove))

    async def probe_mailboxes(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        parts = [account_ids[start : start + LIMIT] for start in range(0, len(account_ids), LIMIT)]
        probed = await asyncio.gather(*(self._probe(part) for part in parts))
        return {account_id: probe for part in probed for account_id, probe in part.items()}

    async def take_snapshot(self, name: str) -> Snapshot:
        api = self._api
        asked = {
            "account": requests.account(api, name),
            "organization": requests.organization(api),
            "skus": requests.skus(api),
            "mailbox": requests.mailbox(api, name),
        }
        if self._fresh_health() is None:
            asked["health"] = requests.health(api)
        answers = dict(zip(asked, await self._client.batch(list(asked.values())), strict=True))
        return self._snapshot(answers)

    async def create_access_pass(self, account_id: str, minutes: int) -> Credential:
        request = requests.access_pass(self._api, account_id, minutes)
        body = await self._client.send(request) or {}
        secret = body.get("temporaryAccessPass")
        if not isinstance(secret, str) or not secret:
            raise GraphRejected(
                "Microsoft Graph made a Temporary Access Pass but did not say it. Use a password instead."
            )
        granted = body.get("lifetimeInMinutes")
        return Credential("Temporary Access Pass", secret, granted if isinstance(granted, int) else minutes)

    async def set_password(self, account_id: str, password: str) -> None:
        request = requests.update_account(self._api, account_id, requests.password_profile(password))
        await self._client.send(request, about=SET_PASSWORD)

    async def is_member(self, account_id: str, group_ids: Sequence[str]) -> bool:
        """Someone who is not in this tenant is in none of its groups."""
        if not group_ids:
            return False
        try:
            body = await self._client.send(requests.check_groups(self._api, account_id, group_ids))
        except GraphNotFound:
            return False
        return bool((body or {}).get("value"))

    async def ping(self) -> None:
        await self._client.send(requests.organization(self._api, ["id"]))

    async def _probe(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        """One `$batch`. When it fails as a whole, nothing is known about any of its mailboxes."""
        try:
            answers = await self._client.batch([requests.mailbox(self._api, account_id) for account_id in account_ids])
        except GraphError as error:
            log.warning("no answer about %d mailboxes: %s", len(account_ids), error.trace.message or error.sentence)
            return dict.fromkeys(account_ids, Probe(ProbeResult.UNKNOWN, error.trace))
        return dict(zip(account_ids, map(_probe_of, answers), strict=True))

    def _snapshot(self, answers: dict[str, Answer]) -> Snapshot:
        unread = {part: errors.trace_of(answer) for part, answer in answers.items() if not answer.ok}
        account = answers["account"]
        if account.status == 404:
            del unread["account"]
        mailbox = _probe_of(answers["mailbox"])
        if mailbox.result is ProbeResult.NOT_READY or account.status == 404:
            unread.pop("mailbox", None)
        return Snapshot(
            taken_at=_date_of(account) or datetime.now(UTC),
            account=_if_ok(account, reading.account),
            organization=_if_ok(answers["organization"], reading.organization),
            skus=_if_ok(answers["skus"], reading.skus),
            health=self._remember_health(answers.get("health")),
            mailbox=None if account.status == 404 else mailbox,
            unread=tuple(unread.items()),
        )

    def _fresh_health(self) -> ServiceHealth | None:
        return self._health if self._clock() - self._health_at < HEALTH_SECONDS else None

    def _remember_health(self, answer: Answer | None) -> ServiceHealth | None:
        if answer is None:
            return self._health
        self._health = _if_ok(answer, reading.service_health)
        self._health_at = self._clock()
        return self._health


def _probe_of(answer: Answer) -> Probe:
    if answer.ok:
        return Probe(ProbeResult.READY)
    trace = errors.trace_of(answer)
    not_ready = answer.status == 404 and trace.code in NOT_READY_CODES
    return Probe(ProbeResult.NOT_READY if not_ready else ProbeResult.UNKNOWN, trace)


def _body(answer: Answer) -> Json:
    if not answer.ok:
        raise errors.error_of(answer)
    return answer.body or {}


def _if_found(answer: Answer, read: Callable[[Json], T]) -> T | None:
    """None on 404; any other failure is raised."""
    return None if answer.status == 404 else read(_body(answer))


def _if_ok(answer: Answer, read: Callable[[Json], T]) -> T | None:
    return read(answer.body or {}) if answer.ok else None


def _date_of(answer: Answer) -> datetime | None:
    """Graph's own clock."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
