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

from support import fake_answers
from support import fake_lookups as lookups
from support.contoso import ADAM, BUSINESS_PREMIUM, CONTOSO, DOMAINS, E3, FLOW_FREE, NOW, PEOPLE, TENANT_ID
from support.fake_aftercare import FakeAftercare
from support.fake_answers import NOT_READY, READY, not_found, taken
from support.fake_licensing import licensed_by_group, rejected, relicensed

from provisioning.acting import Acting, acting
from provisioning.addresses import addresses_of
from provisioning.case import Order, Person
from provisioning.directory import (
    ENTRA,
    Account,
    AssignedLicense,
    Credential,
    DeletedAccount,
    Lookup,
    Lookups,
    Match,
    Organization,
    Probe,
    ProbeResult,
    ServiceHealth,
    ServicePlan,
    Sku,
    Snapshot,
    Standing,
)
from provisioning.errors import GraphTrace, GraphUnavailable, ProtectedAccount
from provisioning.follow_ups import Group, Mail, MailboxSettings
from provisioning.recipients import AddressHolder, Domain


@dataclass(frozen=True)
class Call:
    """One call as a test wants to see it. Passwords are not kept."""

    method: str
    subject: str
    behalf: Acting = field(default_factory=acting, compare=False)  # on whose


def unavailable(
    sentence: str = "Microsoft Graph did not answer within 20 seconds. Try again in a minute.",
) -> Exception:
    return GraphUnavailable(sentence)


@dataclass
class FakeDirectory(FakeAftercare):
    """Implements provisioning.ports.Directory. Everything public may be read and set by a test."""

    organization: Organization = CONTOSO
    skus: dict[str, Sku] = field(default_factory=lambda: {sku.id: sku for sku in (E3, BUSINESS_PREMIUM, FLOW_FREE)})
    accounts: dict[str, Account] = field(default_factory=lambda: {person.id: person for person in PEOPLE})
    deleted: dict[str, Account] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=lambda: {person.id: READY for person in PEOPLE})
    groups: dict[str, set[str]] = field(default_factory=dict)
    roles: dict[str, tuple[str, ...]] = field(default_factory=lambda: {ADAM.id: ("Global Administrator",)})
    protected: set[str] = field(default_factory=set)  # ids of people, groups and deleted users
    passes: dict[str, str] = field(default_factory=dict)  # the id of the one Temporary Access Pass of an account
    holders: list[AddressHolder] = field(default_factory=list)  # groups and contacts; users are among the accounts
    domains: tuple[Domain, ...] = DOMAINS
    license_details: dict[str, tuple[ServicePlan, ...]] = field(default_factory=dict)
    known_groups: dict[str, Group] = field(default_factory=dict)  # `groups` that are more than security groups
    settings: dict[str, MailboxSettings] = field(default_factory=dict)
    mails: list[tuple[str, Mail]] = field(default_factory=list)  # by whom
    removed_at: dict[str, datetime] = field(default_factory=dict)
    unread: dict[str, GraphTrace] = field(default_factory=dict)
    managers: dict[str, str] = field(default_factory=dict)
    health: ServiceHealth | None = field(default_factory=lambda: ServiceHealth("serviceOperational"))
    entra_health: ServiceHealth | None = field(default_factory=lambda: ServiceHealth("serviceOperational", (), ENTRA))
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

    def hide(self, part: str, status: int = 403, code: str = "Authorization_RequestDenied") -> None:
        """Snapshots cannot read this part from now on."""
        self.unread[part] = GraphTrace(status=status, code=code)

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    def refuse_protected(self, name: str) -> None:
        """As GraphDirectory before every write; whoever is not there has nothing to protect."""
        account = self._find(name) or Account(name, "", "This object")
        why = fake_answers.protected_by(account, self.roles, self.protected, self.groups)
        if why:
            raise ProtectedAccount(why)

    # The port.

    async def look_up(self, upn: str, manager: str = "") -> Lookup:
        self._enter("look_up", upn)
        deleted = next((a for a in self.deleted.values() if a.upn.lower() == upn.lower()), None)
        return Lookup(
            upn=upn,
            account=self._find(upn) or lookups.by_address(self.accounts.values(), upn),
            deleted=self._bin_entry(deleted) if deleted else None,
            organization=self.organization,
            skus=tuple(self.skus.values()),
            manager=self._find(manager) if manager else None,
        )

    async def look_up_many(self, upns: Sequence[str], managers: Sequence[str] = ()) -> Lookups:
        self._enter("look_up_many", ",".join(upns))
        everyone = self.accounts.values()
        found = {upn: self._find(upn) or lookups.by_address(everyone, upn) for upn in map(str.lower, upns)}
        accounts = {upn: account for upn, account in found.items() if account}
        protected = {
            account.id: fake_answers.protected_by(account, self.roles, self.protected, self.groups)
            for account in accounts.values()
        }
        return Lookups(
            organization=self.organization,
            skus=tuple(self.skus.values()),
            accounts=accounts,
            deleted={one.upn.lower(): self._bin_entry(one) for one in self.deleted.values()},
            managers={upn.lower(): boss for upn in managers if (boss := self._find(upn))},
            refusals={account_id: why for account_id, why in protected.items() if why},
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
        self._write("restore_account", deleted_id)
        if deleted_id not in self.deleted:
            raise not_found(deleted_id)
        self._refuse_taken(self.deleted[deleted_id].upn)
        self.accounts[deleted_id] = self.deleted.pop(deleted_id)
        return self.accounts[deleted_id]

    async def update_account(self, account_id: str, changes: dict[str, str]) -> None:
        self._write("update_account", account_id)
        account = self._known(account_id)
        unknown = changes.keys() - _PROPERTIES.keys()
        if unknown:
            raise rejected(f"Property '{min(unknown)}' does not exist as a declared property.")
        changed: dict[str, Any] = {_PROPERTIES[key]: value for key, value in changes.items()}
        self.accounts[account.id] = replace(account, **changed)

    async def set_manager(self, account_id: str, manager_id: str) -> None:
        self._write("set_manager", account_id)
        self.managers[self._known(account_id).id] = self._known(manager_id).id

    async def assign_license(
        self,
        account_id: str,
        sku_id: str,
        disabled_plans: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None:
        self._write("assign_license", account_id)
        self._relicense(account_id, [AssignedLicense(sku_id, tuple(disabled_plans))], remove)

    async def change_licenses(
        self, account_id: str, add: Sequence[AssignedLicense], remove: Sequence[str] = ()
    ) -> None:
        self._write("change_licenses", account_id)
        self._relicense(account_id, add, remove)

    async def change_group_licenses(self, group_id: str, add: Sequence[AssignedLicense]) -> None:
        self._write("change_group_licenses", group_id)
        if group_id not in self.groups:
            raise not_found(group_id)
        for member in sorted(self.groups[group_id]):
            account = self._known(member)
            self.accounts[account.id] = licensed_by_group(account, group_id, add, self.skus, self.now)

    async def reprocess_licenses(self, account_id: str) -> None:
        self._write("reprocess_licenses", account_id)
        self._known(account_id)

    async def retry_provisioning(self, account_id: str) -> None:
        self._write("retry_provisioning", account_id)
        self._known(account_id)

    async def purge_deleted(self, deleted_id: str) -> None:
        self._write("purge_deleted", deleted_id)
        if self.deleted.pop(deleted_id, None) is None:
            raise not_found(deleted_id)

    async def search(self, text: str) -> tuple[Match, ...]:
        self._enter("search", text)
        return lookups.search(self.accounts.values(), self.deleted.values(), text)

    async def list_skus(self) -> tuple[Sku, ...]:
        self._enter("list_skus", "")
        return tuple(self.skus.values())

    async def service_health(self) -> tuple[ServiceHealth, ...]:
        self._enter("service_health", "")
        return tuple(one for one in (self.health, self.entra_health) if one)

    async def probe_mailboxes(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        self._enter("probe_mailboxes", ",".join(account_ids))
        return {account_id: self._probe(account_id) for account_id in account_ids}

    async def take_snapshot(self, name: str) -> Snapshot:
        self._enter("take_snapshot", name)
        account = self._find(name) or lookups.by_address(self.accounts.values(), name)
        probe = self._probe(account.id) if account else None
        is_ready = probe is not None and probe.result is ProbeResult.READY
        snapshot = Snapshot(
            taken_at=self.now,
            account=account,
            organization=self.organization,
            skus=tuple(self.skus.values()),
            health=self.health,
            mailbox=probe,
            unread=tuple(self.unread.items()),
            name=name,
            mailbox_purpose="user" if is_ready else "",
            domains=self.domains,
            license_details=self.license_details.get(account.id, ()) if account else None,
            primary_mailbox_id=(f"MBX:{account.id}" if is_ready else "") if account else None,
        )
        around = self._with_surroundings(snapshot)
        hidden: dict[str, Any] = {part: None for part in self.unread if hasattr(around, part)}
        return replace(around, **hidden)

    async def create_access_pass(self, account_id: str, minutes: int) -> Credential:
        self._write("create_access_pass", account_id)
        account = self._known(account_id)
        number = self.count("create_access_pass")
        self.passes[account.id] = f"pass-{number}"
        return Credential("Temporary Access Pass", f"tap-{account.mail_nickname}-{number}", minutes, f"pass-{number}")

    async def revoke_access_pass(self, account_id: str, pass_id: str) -> None:
        self._write("revoke_access_pass", account_id)
        if self.passes.get(account_id) == pass_id:
            del self.passes[account_id]

    async def set_password(self, account_id: str, password: str) -> None:
        self._write("set_password", account_id)
        self._known(account_id)

    async def check_changeable(self, account_id: str) -> None:
        self._enter("check_changeable", account_id)
        self.refuse_protected(account_id)

    async def standing(self, account_id: str, group_ids: Sequence[str]) -> Standing:
        self._enter("standing", account_id)
        account = self._find(account_id)
        if account is None:
            return Standing(account_id.lower(), exists=False)
        inside = frozenset(group.lower() for group in group_ids if account.id in self.groups.get(group, set()))
        return Standing(account.id, True, account.user_type == "Guest", account.enabled, inside)

    async def members_of(self, group_id: str, most: int = 20) -> tuple[Person, ...]:
        self._enter("members_of", group_id)
        if group_id not in self.groups:
            raise not_found(group_id)
        members = [self.accounts[member] for member in sorted(self.groups[group_id]) if member in self.accounts]
        return tuple(Person(member.id, member.display_name) for member in members[:most])

    async def ping(self) -> None:
        self._enter("ping", "")

    # Inside.

    def _enter(self, method: str, subject: str) -> None:
        self.calls.append(Call(method, subject))
        if self.failures[method]:
            raise self.failures[method].popleft()

    def _write(self, method: str, subject: str) -> None:
        self._enter(method, subject)
        self.refuse_protected(subject)

    def _find(self, name: str) -> Account | None:
        return lookups.by_name(self.accounts.values(), name)

    def _known(self, name: str) -> Account:
        account = self._find(name)
        if account is None:
            raise not_found(name)
        return account

    def _probe(self, account_id: str) -> Probe:
        if account_id in self.probes:
            return self.probes[account_id]
        return NOT_READY if account_id in self.accounts else Probe(ProbeResult.UNKNOWN, not_found(account_id).trace)

    def _bin_entry(self, account: Account) -> DeletedAccount:
        return lookups.bin_entry(account, self.now)

    def _with_surroundings(self, snapshot: Snapshot) -> Snapshot:
        account = snapshot.account
        addresses = lookups.asked_about(snapshot, is_alias=account is not self._find(snapshot.name))
        if not addresses:
            return snapshot
        others = [lookups.as_holder(one) for one in self.accounts.values() if one is not account]
        binned = map(self._bin_entry, self.deleted.values())
        return replace(
            snapshot,
            holders=tuple(one for one in (*others, *self.holders) if addresses_of(one) & addresses),
            deleted=tuple(one for one in binned if addresses_of(one) & addresses),
            license_removed_at=self.removed_at.get(account.id) if account else None,
        )

    def _relicense(self, account_id: str, add: Sequence[AssignedLicense], remove: Sequence[str]) -> None:
        account = self._known(account_id)
        self.accounts[account.id] = relicensed(account, add, remove, self.skus, self.now)
        if any(self.skus[sku_id].mailbox_plans for sku_id in remove):
            self.removed_at[account.id] = self.now

    def _refuse_taken(self, upn: str) -> None:
        if self._find(upn):
            raise taken(upn)


_PROPERTIES = {
    "displayName": "display_name",
    "usageLocation": "usage_location",
    "department": "department",
    "mailNickname": "mail_nickname",
}
