"""GraphDirectory: provisioning's Directory over Microsoft Graph.

What can be read together is read in one `$batch`. Errors come up as provisioning.errors; nothing of the SDK does.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from graph import many, memberships, queries, reading, requests, searching, surroundings
from graph.aftercare import Aftercare
from graph.answers import Answer, Json
from graph.batch import LIMIT
from graph.client import GraphClient
from graph.errors import body_of
from graph.health import HealthReader
from graph.parts import only_user, probe_of
from graph.permissions import SET_PASSWORD
from graph.protection import Protection
from graph.snapshots import SnapshotReader
from graph.values import ident, objects, text
from graph.writes import Recorder, Write, Writer, becomes, relicensed
from provisioning.case import Order, Person
from provisioning.directory import (
    Account,
    AssignedLicense,
    Credential,
    DeletedAccount,
    Lookup,
    Lookups,
    Match,
    Probe,
    ProbeResult,
    ServiceHealth,
    Sku,
    Snapshot,
    Standing,
)
from provisioning.errors import GraphError, GraphNotFound, GraphRejected
from provisioning.words import say

log = logging.getLogger(__name__)

T = TypeVar("T")


class GraphDirectory(Aftercare):
    """Implements provisioning.ports.Directory. The client is closed by whoever opened it.

    Every write goes through the Writer: it leaves protected accounts alone and hands each write to `record`.
    """

    def __init__(
        self,
        client: GraphClient,
        protection: Protection = Protection(),  # noqa: B008 (frozen)
        record: Recorder | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._api = client.api
        self._protection = protection
        self._writer = Writer(client, protection, record)
        self._snapshots = SnapshotReader(client, clock)
        self._health = HealthReader(client, clock)

    async def look_up(self, upn: str, manager: str = "") -> Lookup:
        api = self._api
        asked = [requests.account(api, upn), requests.deleted_accounts(api, upn)]
        asked += [requests.organization(api), requests.skus(api)]
        asked += [queries.users_with(api, upn, requests.ACCOUNT_PROPERTIES)]
        asked += [requests.account(api, manager)] if manager else []
        account, deleted, organization, skus, others, *boss = await self._client.batch(asked)
        return Lookup(
            upn=upn,
            account=_if_found(account, reading.account) or _by_address(others, upn),
            deleted=_former(deleted, upn),
            organization=reading.organization(body_of(organization)),
            skus=reading.skus(body_of(skus)),
            manager=_if_found(boss[0], reading.account) if boss else None,
        )

    async def list_skus(self) -> tuple[Sku, ...]:
        return reading.skus(await self._client.send(requests.skus(self._api)) or {})

    async def service_health(self) -> tuple[ServiceHealth, ...]:
        return await self._health.read()

    async def look_up_many(self, upns: Sequence[str], managers: Sequence[str] = ()) -> Lookups:
        return await many.look_up_many(self._client, self._protection, upns, managers)

    async def get_account(self, name: str) -> Account | None:
        try:
            return reading.account(await self._client.send(requests.account(self._api, name)) or {})
        except GraphNotFound:
            return None

    async def create_account(self, order: Order, password: str) -> Account:
        body = requests.account_body(order)
        wanted = body | requests.password_profile(password)
        request = requests.create_account(self._api, wanted)
        created = await self._writer.carry_out(Write(request, say("Created the account."), after=becomes(wanted)))
        # The answer has only the default properties: what was sent completes it.
        return reading.account(body | {name: value for name, value in created.items() if value is not None})

    async def restore_account(self, deleted_id: str) -> Account:
        request = requests.restore_account(self._api, deleted_id)
        write = Write(request, say("Restored the deleted account."), target=deleted_id)
        return reading.account(await self._writer.carry_out(write))

    async def update_account(self, account_id: str, changes: dict[str, str]) -> None:
        cleared = {name: value or None for name, value in changes.items()}
        request = requests.update_account(self._api, account_id, cleared)
        did = say("Changed {properties} of the account.", properties=", ".join(cleared))
        await self._writer.carry_out(Write(request, did, account_id, after=becomes(cleared)))

    async def set_manager(self, account_id: str, manager_id: str) -> None:
        request = requests.set_manager(self._api, self._client.base_url, account_id, manager_id)
        after = becomes({"manager": {"id": manager_id}})
        await self._writer.carry_out(Write(request, say("Set the manager."), account_id, after=after))

    async def assign_license(
        self,
        account_id: str,
        sku_id: str,
        disabled_plans: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None:
        await self.change_licenses(account_id, [AssignedLicense(sku_id, tuple(disabled_plans))], remove)

    async def change_licenses(
        self, account_id: str, add: Sequence[AssignedLicense], remove: Sequence[str] = ()
    ) -> None:
        request = requests.change_licenses(self._api, account_id, add, remove)
        after = relicensed(add, remove)
        await self._writer.carry_out(Write(request, say("Changed the licenses."), account_id, after=after))

    async def change_group_licenses(self, group_id: str, add: Sequence[AssignedLicense]) -> None:
        request = requests.change_group_licenses(self._api, group_id, add)
        after = becomes({"addLicenses": [requests.license_body(one) for one in add]})
        await self._writer.carry_out(
            Write(request, say("Changed the licenses of the group."), target=group_id, after=after)
        )

    async def reprocess_licenses(self, account_id: str) -> None:
        request = requests.reprocess_licenses(self._api, account_id)
        await self._writer.carry_out(Write(request, say("Had the group licenses processed again."), account_id))

    async def retry_provisioning(self, account_id: str) -> None:
        request = requests.retry_provisioning(self._api, account_id)
        await self._writer.carry_out(Write(request, say("Had the account provisioned again."), account_id))

    async def purge_deleted(self, deleted_id: str) -> None:
        request = requests.purge_deleted(self._api, deleted_id)
        await self._writer.carry_out(Write(request, say("Deleted the account for good."), target=deleted_id))

    async def probe_mailboxes(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        parts = [account_ids[start : start + LIMIT] for start in range(0, len(account_ids), LIMIT)]
        probed = await asyncio.gather(*(self._probe(part) for part in parts))
        return {account_id: probe for part in probed for account_id, probe in part.items()}

    async def take_snapshot(self, name: str) -> Snapshot:
        return await self._snapshots.take(name)

    async def search(self, text: str) -> tuple[Match, ...]:
        return await searching.search(self._client, text)

    async def create_access_pass(self, account_id: str, minutes: int) -> Credential:
        request = requests.access_pass(self._api, account_id, minutes)
        after = becomes({"isUsableOnce": True, "lifetimeInMinutes": minutes})
        body = await self._writer.carry_out(
            Write(request, say("Created a Temporary Access Pass."), account_id, after=after)
        )
        secret = body.get("temporaryAccessPass")
        if not isinstance(secret, str) or not secret:
            raise GraphRejected(
                say("Microsoft Graph made a Temporary Access Pass but did not say it. Use a password instead.")
            )
        granted = body.get("lifetimeInMinutes")
        valid = granted if isinstance(granted, int) else minutes
        return Credential(say("Temporary Access Pass"), secret, valid, text(body.get("id")))

    async def revoke_access_pass(self, account_id: str, pass_id: str) -> None:
        request = requests.revoke_pass(self._api, account_id, pass_id)
        did = say("Revoked the Temporary Access Pass.")
        await self._writer.carry_out(Write(request, did, account_id, target=pass_id, may_be_gone=True))

    async def set_password(self, account_id: str, password: str) -> None:
        wanted = requests.password_profile(password)
        request = requests.update_account(self._api, account_id, wanted)
        await self._writer.carry_out(
            Write(request, say("Set a new password."), account_id, after=becomes(wanted), about=SET_PASSWORD)
        )

    async def check_changeable(self, account_id: str) -> None:
        await self._writer.check(account_id)

    async def standing(self, account_id: str, group_ids: Sequence[str]) -> Standing:
        """Someone who is not in this tenant is in none of its groups."""
        asked = [memberships.standing(self._api, account_id)]
        asked += memberships.groups(self._api, account_id, group_ids)
        account, *groups = await self._client.batch(asked)
        if account.status == 404:
            return Standing(account_id.lower(), exists=False)
        return reading.standing(body_of(account), [body_of(answer) for answer in groups])

    async def members_of(self, group_id: str, most: int = 20) -> tuple[Person, ...]:
        body = await self._client.send(queries.group_members(self._api, group_id, most)) or {}
        return tuple(
            Person(ident(user.get("id")), text(user.get("displayName"))) for user in objects(body.get("value"))
        )

    async def ping(self) -> None:
        await self._client.send(requests.organization(self._api, ["id"]))

    async def _probe(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        """One `$batch`. When it fails as a whole, nothing is known about any of its mailboxes."""
        try:
            answers = await self._client.batch([requests.mailbox(self._api, account_id) for account_id in account_ids])
        except GraphError as error:
            log.warning("no answer about %d mailboxes: %s", len(account_ids), error.trace.message or error.sentence)
            return dict.fromkeys(account_ids, Probe(ProbeResult.UNKNOWN, error.trace))
        return dict(zip(account_ids, map(probe_of, answers), strict=True))


def _if_found(answer: Answer, read: Callable[[Json], T]) -> T | None:
    """None on 404; any other failure is raised."""
    return None if answer.status == 404 else read(body_of(answer))


def _by_address(answer: Answer, address: str) -> Account | None:
    """Whoever has it as mail or proxy address. The index of these may be out of order: then the name decides alone."""
    users = [reading.account(item) for item in objects((answer.body or {}).get("value"))] if answer.ok else []
    return only_user(address, users)


def _former(answer: Answer, upn: str) -> DeletedAccount | None:
    """The newest whose sign-in name this was: the filter also finds others that end in it."""
    found = surroundings.deleted(body_of(answer), [upn.lower()])
    return next((one for one in found if one.upn.lower() == upn.lower()), None)
