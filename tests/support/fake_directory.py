"""A Directory in memory, for the tests of everything that stands above Graph.

It answers as Graph does where callers can tell the difference (conflicts, seats, usage location, recycle bin),
keeps a record of the calls, and raises on demand. The contract suite runs over it and over the real one.

    directory = FakeDirectory()
    directory.fail("create_account", unavailable())      # the next call raises, then it works again
    directory.make_ready(account.id)                     # from now on the mailbox answers
"""

import uuid
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from support.contoso import BUSINESS_PREMIUM, CONTOSO, E3, FLOW_FREE, NOW, PEOPLE, TENANT_ID

from provisioning.case import Order
from provisioning.directory import (
    Account,
    AssignedLicense,
    AssignedPlan,
    Credential,
    DeletedAccount,
    LicenseState,
    Lookup,
    Organization,
    Probe,
    ProbeResult,
    ServiceHealth,
    Sku,
    Snapshot,
)
from provisioning.errors import GraphNotFound, GraphRejected, GraphTrace, GraphUnavailable, ObjectConflict

NOT_READY = Probe(
    ProbeResult.NOT_READY,
    GraphTrace(
        status=404,
        code="MailboxNotEnabledForRESTAPI",
        message="The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        request_id="00000000-0000-4000-8000-00000000404a",
        date="2026-11-23T09:00:00",
    ),
)
READY = Probe(ProbeResult.READY)


@dataclass(frozen=True)
class Call:
    """One call as a test wants to see it. Passwords are not kept."""

    method: str
    subject: str


def unavailable(
    sentence: str = "Microsoft Graph did not answer within 20 seconds. Try again in a minute.",
) -> Exception:
    return GraphUnavailable(sentence)


@dataclass
class FakeDirectory:
    """Implements provisioning.ports.Directory. Everything public may be read and set by a test."""

    organization: Organization = CONTOSO
    skus: dict[str, Sku] = field(default_factory=lambda: {sku.id: sku for sku in (E3, BUSINESS_PREMIUM, FLOW_FREE)})
    accounts: dict[str, Account] = field(default_factory=lambda: {person.id: person for person in PEOPLE})
    deleted: dict[str, Account] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=lambda: {person.id: READY for person in PEOPLE})
    groups: dict[str, set[str]] = field(default_factory=dict)
    managers: dict[str, str] = field(default_factory=dict)
    health: ServiceHealth | None = field(default_factory=lambda: ServiceHealth("serviceOperational"))
    now: datetime = NOW
    calls: list[Call] = field(default_factory=list)
    failures: dict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))

    # What a test sets.

    def fail(self, method: str, *errors: Exception) -> None:
        """The next calls of `method` raise these, in order."""
        if not callable(getattr(self, method, None)):
            raise AttributeError(f"Directory has no method {method}")
        self.failures[method].extend(errors)

    def make_ready(self, name: str) -> None:
        """The mailbox exists: it answers, and the account has its address."""
        account = self._known(name)
        self.probes[account.id] = READY
        addresses = account.proxy_addresses or (f"SMTP:{account.upn}",)
        self.accounts[account.id] = replace(account, mail=account.mail or account.upn, proxy_addresses=addresses)

    def delete(self, name: str) -> DeletedAccount:
        """Move an account into the recycle bin, where its UPN gets its object id in front, as Entra does it."""
        account = self.accounts.pop(self._known(name).id)
        self.deleted[account.id] = account
        return self._bin_entry(account)

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    # The port.

    async def look_up(self, upn: str, manager: str = "") -> Lookup:
        self._enter("look_up", upn)
        deleted = next((a for a in self.deleted.values() if a.upn.lower() == upn.lower()), None)
        return Lookup(
            upn=upn,
            account=self._find(upn),
            deleted=self._bin_entry(deleted) if deleted else None,
            organization=self.organization,
            skus=tuple(self.skus.values()),
            manager=self._find(manager) if manager else None,
        )

    async def get_account(self, name: str) -> Account | None:
        self._enter("get_account", name)
        return self._find(name)

    async def create_account(self, order: Order, password: str) -> Account:
        self._enter("create_account", order.upn)
        self._refuse_taken(order.upn)
        account = Account(
            id=str(uuid.uuid5(uuid.UUID(TENANT_ID), f"{order.upn}/{len(self.accounts) + len(self.deleted)}")),
            upn=order.upn,
            display_name=order.display_name,
            mail_nickname=order.upn.partition("@")[0],
            usage_location=order.usage_location,
            department=order.department,
            created_at=self.now,
        )
        self.accounts[account.id] = account
        return account

    async def restore_account(self, deleted_id: str) -> Account:
        self._enter("restore_account", deleted_id)
        if deleted_id not in self.deleted:
            raise _not_found(deleted_id)
        self._refuse_taken(self.deleted[deleted_id].upn)
        self.accounts[deleted_id] = self.deleted.pop(deleted_id)
        return self.accounts[deleted_id]

    async def update_account(self, account_id: str, changes: dict[str, str]) -> None:
        self._enter("update_account", account_id)
        account = self._known(account_id)
        unknown = changes.keys() - _PROPERTIES.keys()
        if unknown:
            raise _rejected(f"Property '{min(unknown)}' does not exist as a declared property.")
        changed: dict[str, Any] = {_PROPERTIES[key]: value for key, value in changes.items()}
        self.accounts[account.id] = replace(account, **changed)

    async def set_manager(self, account_id: str, manager_id: str) -> None:
        self._enter("set_manager", account_id)
        self.managers[self._known(account_id).id] = self._known(manager_id).id

    async def assign_license(
        self,
        account_id: str,
        sku_id: str,
        disabled_plans: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None:
        self._enter("assign_license", account_id)
        account = self._known(account_id)
        held = {held.sku_id for held in account.licenses}
        sku = self._assignable(account, sku_id, held)
        self._count_seats(added={sku_id} - held, removed=set(remove) & held)
        kept = [held for held in account.licenses if held.sku_id not in {sku_id, *remove}]
        licenses = (*kept, AssignedLicense(sku.id, tuple(disabled_plans)))
        self.accounts[account.id] = self._with_licenses(account, licenses)

    async def probe_mailboxes(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        self._enter("probe_mailboxes", ",".join(account_ids))
        return {account_id: self._probe(account_id) for account_id in account_ids}

    async def take_snapshot(self, name: str) -> Snapshot:
        self._enter("take_snapshot", name)
        account = self._find(name)
        return Snapshot(
            taken_at=self.now,
            account=account,
            organization=self.organization,
            skus=tuple(self.skus.values()),
            health=self.health,
            mailbox=self._probe(account.id) if account else None,
        )

    async def create_access_pass(self, account_id: str, minutes: int) -> Credential:
        self._enter("create_access_pass", account_id)
        account = self._known(account_id)
        return Credential(
            "Temporary Access Pass", f"tap-{account.mail_nickname}-{self.count('create_access_pass')}", minutes
        )

    async def set_password(self, account_id: str, password: str) -> None:
        self._enter("set_password", account_id)
        self._known(account_id)

    async def is_member(self, account_id: str, group_ids: Sequence[str]) -> bool:
        self._enter("is_member", account_id)
        account = self._find(account_id)
        return account is not None and any(account.id in self.groups.get(group, set()) for group in group_ids)

    async def ping(self) -> None:
        self._enter("ping", "")

    # Inside.

    def _enter(self, method: str, subject: str) -> None:
        self.calls.append(Call(method, subject))
        if self.failures[method]:
            raise self.failures[method].popleft()

    def _find(self, name: str) -> Account | None:
        wanted = name.lower()
        return next((a for a in self.accounts.values() if wanted in (a.id.lower(), a.upn.lower())), None)

    def _known(self, name: str) -> Account:
        account = self._find(name)
        if account is None:
            raise _not_found(name)
        return account

    def _probe(self, account_id: str) -> Probe:
        if account_id in self.probes:
            return self.probes[account_id]
        return NOT_READY if account_id in self.accounts else Probe(ProbeResult.UNKNOWN, _not_found(account_id).trace)

    def _bin_entry(self, account: Account) -> DeletedAccount:
        return DeletedAccount(account.id, account.upn, account.display_name, self.now)

    def _refuse_taken(self, upn: str) -> None:
        if self._find(upn):
            message = "Another object with the same value for property userPrincipalName already exists."
            trace = GraphTrace(status=400, code="Request_BadRequest", message=message)
            raise ObjectConflict(f"{upn} is already taken.", trace, "userPrincipalName")

    def _assignable(self, account: Account, sku_id: str, held: set[str]) -> Sku:
        sku = self.skus.get(sku_id)
        if sku is None:
            raise _rejected(f"License {sku_id} does not correspond to a valid company License.")
        if not account.usage_location:
            raise _rejected("License assignment cannot be done for user with invalid usage location.")
        if sku_id not in held and sku.free == 0:
            raise _rejected(f"Subscription with SKU {sku_id} does not have any available licenses.")
        return sku

    def _count_seats(self, added: set[str], removed: set[str]) -> None:
        for sku_id in added:
            self.skus[sku_id] = replace(self.skus[sku_id], consumed=self.skus[sku_id].consumed + 1)
        for sku_id in removed - added:
            self.skus[sku_id] = replace(self.skus[sku_id], consumed=self.skus[sku_id].consumed - 1)

    def _with_licenses(self, account: Account, licenses: tuple[AssignedLicense, ...]) -> Account:
        plans = tuple(
            AssignedPlan(plan.id, "exchange" if plan.name.startswith("EXCHANGE") else plan.name, "Enabled", self.now)
            for one in licenses
            for plan in self.skus[one.sku_id].plans
            if plan.id not in one.disabled_plans
        )
        states = tuple(
            LicenseState(one.sku_id, "Active", disabled_plans=one.disabled_plans, updated_at=self.now)
            for one in licenses
        )
        return replace(account, licenses=licenses, plans=plans, license_states=states)


_PROPERTIES = {
    "displayName": "display_name",
    "usageLocation": "usage_location",
    "department": "department",
    "mailNickname": "mail_nickname",
}


def _rejected(message: str) -> GraphRejected:
    trace = GraphTrace(status=400, code="Request_BadRequest", message=message)
    return GraphRejected(f"Microsoft Graph refused: {message}", trace)


def _not_found(name: str) -> GraphNotFound:
    message = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    trace = GraphTrace(status=404, code="Request_ResourceNotFound", message=message)
    return GraphNotFound(f"{name} was not found in the directory.", trace)
