"""What a person does where no button helps, by the id of the fix: the documented commands, purchases and calls.

Each does to the tenant exactly what its instructions say, whoever it is for; whether that cures anything is decided
by the state that results. Fixes that Graph can do are not here: they are Graph requests.
"""

from collections.abc import Callable
from datetime import timedelta

from sandbox.cmdlets import CmdletRefused, run
from sandbox.cmdlets.exchange_online import release
from sandbox.tenant import accounts, exchange, sync
from sandbox.tenant.license_rules import LicenseError
from sandbox.tenant.mailboxes import Preparation
from sandbox.tenant.organization import Contact, Group, RecipientKind
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

ByHand = Callable[[Tenant, str], None]
SEATS = 5


def resync(tenant: Tenant, _: str) -> None:
    sync.run(tenant, tenant.now())


def check_threshold(tenant: Tenant, _: str) -> None:
    run(tenant, "Disable-ADSyncExportDeletionThreshold", {})
    sync.run(tenant, tenant.now())


def run_diagnostic(tenant: Tenant, name: str) -> None:
    run(tenant, "Invoke-ProvisioningRecipientDiagnostic", {"Recipients": name})


def enable_remote_mailbox(tenant: Tenant, name: str) -> None:
    run(tenant, "Disable-RemoteMailbox", {"Identity": _sam(tenant, name)})
    run(tenant, "Enable-RemoteMailbox", {"Identity": _sam(tenant, name)})
    sync.run(tenant, tenant.now())


def migrate_mailbox(tenant: Tenant, name: str) -> None:
    run(tenant, "New-MoveRequest", {"Identity": _sam(tenant, name)})
    sync.run(tenant, tenant.now())


def clear_previous_mailbox(tenant: Tenant, name: str) -> None:
    run(tenant, "Set-User", {"Identity": name, "PermanentlyClearPreviousMailboxInfo": True})


def set_archive_guid(tenant: Tenant, name: str) -> None:
    guid = run(tenant, "Get-Mailbox", {"Identity": name})[0]["ArchiveGuid"]
    run(tenant, "Set-RemoteMailbox", {"Identity": _sam(tenant, name), "ArchiveGuid": guid})
    sync.run(tenant, tenant.now())


def correct_nickname_on_premises(tenant: Tenant, name: str) -> None:
    sam = _sam(tenant, name)
    for alias in (f"{sam}1", sam):
        run(tenant, "Set-RemoteMailbox", {"Identity": sam, "Alias": alias})
        sync.run(tenant, tenant.now())


def release_address(tenant: Tenant, name: str) -> None:
    """From every recipient that Get-Recipient would find: people, groups, contacts, public folders."""
    user = _user(tenant, name)
    wanted = {address for address, _ in exchange.contested(tenant, user)} | {exchange.initial_address(tenant, user)}
    for address in wanted - user.addresses() | {address for address, _ in exchange.contested(tenant, user)}:
        for other in tenant.users.holders(address):
            if other.id != user.id:
                release(tenant, other, [address])
        listed: tuple[Contact | Group, ...] = (*tenant.contacts.values(), *tenant.groups.values())
        for one in listed:
            cmdlet = "Set-MailContact" if isinstance(one, Contact) else "Set-DistributionGroup"
            if any(proxy.partition(":")[2].lower() == address for proxy in one.proxy_addresses):
                run(tenant, cmdlet, {"Identity": one.id, "EmailAddresses": {"remove": address}})
        _free_hidden(tenant, address, RecipientKind.PUBLIC_FOLDER)


def find_soft_deleted(tenant: Tenant, name: str) -> None:
    """What belongs to the same person is connected again; what only holds the address is removed for good."""
    user = _user(tenant, name)
    for found in [one for one in tenant.recipients.values() if one.id in exchange.former_mailboxes(tenant, user)]:
        run(tenant, "Undo-SoftDeletedMailbox", {"Identity": found.id})
    for address, _ in exchange.contested(tenant, user):
        for one in list(tenant.recipients.values()):
            if one.kind is RecipientKind.SOFT_DELETED and address in one.addresses:
                run(tenant, "Remove-Mailbox", {"Identity": one.id, "PermanentlyDelete": True})


def find_inactive(tenant: Tenant, name: str) -> None:
    for address, _ in exchange.contested(tenant, _user(tenant, name)):
        _free_hidden(tenant, address, RecipientKind.INACTIVE)


def correct_in_directory(tenant: Tenant, name: str) -> None:
    """The other object of Active Directory gives the quarantined value up."""
    user, ad = _user(tenant, name), tenant.directory
    for error in user.props.get("onPremisesProvisioningErrors") or ():
        value = str(error["value"]).lower()
        for other in [one for one in ad.users.values() if one.object_id != user.id]:
            if value == other.upn.lower():
                local, _, domain = other.upn.partition("@")
                free = f"{local}.2@{domain}"
                ad.edit(other, upn=free, mail=free, proxy_addresses=[f"SMTP:{free}"])
            elif value in [proxy.lower() for proxy in other.proxy_addresses]:
                ad.edit(other, proxy_addresses=[one for one in other.proxy_addresses if one.lower() != value])
    sync.run(tenant, tenant.now())


def bring_into_scope(tenant: Tenant, name: str) -> None:
    run(tenant, "Move-ADObject", {"Identity": name})
    sync.run(tenant, tenant.now())


def convert_mailbox_type(tenant: Tenant, name: str) -> None:
    user = _user(tenant, name)
    if user.is_mastered_on_premises:
        values = {"msExchRemoteRecipientType": 4, "msExchRecipientTypeDetails": 2147483648}
        run(tenant, "Set-ADUser", {"Identity": _sam(tenant, name), "Replace": values})
        sync.run(tenant, tenant.now())
    run(tenant, "Set-Mailbox", {"Identity": name, "Type": "Regular"})


def verify_domain(tenant: Tenant, name: str) -> None:
    user = _user(tenant, name)
    domain = str(user.props.get("mail") or user.upn).partition("@")[2]
    run(tenant, "Invoke-ProvisioningAcceptedDomainDiagnostic", {"Domains": domain})


def set_location_on_premises(tenant: Tenant, name: str) -> None:
    values = {"msExchUsageLocation": "US"}
    run(tenant, "Set-ADUser", {"Identity": _sam(tenant, name), "Replace": values})
    sync.run(tenant, tenant.now())


def nothing(_: Tenant, __: str) -> None:
    """Only looked at, or said."""


def wait(tenant: Tenant, _: str) -> None:
    tenant.clock.advance(timedelta(hours=24).total_seconds())


def contact_support(tenant: Tenant, name: str) -> None:
    """Microsoft runs the forward sync again, and undoes what only it can undo."""
    user = _user(tenant, name)
    user.exchange.cloud_managed = False
    exchange.listen(tenant, user)


def watch_incident(tenant: Tenant, _: str) -> None:
    """Microsoft solves it."""
    for incident in tenant.incidents:
        incident.resolved_at = incident.resolved_at or tenant.now()
    tenant.preparation = Preparation.NORMAL
    exchange.look_at_waiting(tenant)


def buy_seats(tenant: Tenant, name: str) -> None:
    """Of the licenses that the user lacks a seat of."""
    for held in _user(tenant, name).all_licenses():
        if held.error == LicenseError.COUNT:
            tenant.subscriptions[held.sku_id].enabled += SEATS
            tenant.subscriptions[held.sku_id].prepaid = {}


def renew_subscription(tenant: Tenant, name: str) -> None:
    for sku_id in _user(tenant, name).in_force():
        tenant.subscriptions[sku_id].capability_status = "Enabled"
        tenant.subscriptions[sku_id].prepaid = {}
    exchange.look_at_waiting(tenant)


def activate_plan(tenant: Tenant, name: str) -> None:
    for sku_id in _user(tenant, name).in_force():
        tenant.subscriptions[sku_id].plan_status.clear()
    exchange.look_at_waiting(tenant)


def rename_one(tenant: Tenant, name: str) -> None:
    """The other person gets another sign-in name, and an address at the initial domain to match."""
    user = _user(tenant, name)
    address = exchange.initial_address(tenant, user)
    for other in [one for one in tenant.users.holders(address) if one.id != user.id]:
        local, _, domain = other.upn.partition("@")
        release(tenant, other, [address])
        accounts.update(tenant, other, {"userPrincipalName": f"{local}2@{domain}"})


BY_HAND: dict[str, ByHand] = {
    "resync-directory": resync,
    "check-deletion-threshold": check_threshold,
    "run-diagnostic": run_diagnostic,
    "inspect-recipient": nothing,
    "enable-remote-mailbox": enable_remote_mailbox,
    "migrate-mailbox": migrate_mailbox,
    "clear-previous-mailbox": clear_previous_mailbox,
    "set-archive-guid": set_archive_guid,
    "correct-mail-nickname-on-premises": correct_nickname_on_premises,
    "release-address": release_address,
    "find-soft-deleted-mailbox": find_soft_deleted,
    "find-inactive-mailbox": find_inactive,
    "correct-in-directory": correct_in_directory,
    "bring-into-scope": bring_into_scope,
    "convert-mailbox-type": convert_mailbox_type,
    "verify-domain": verify_domain,
    "list-seat-holders": nothing,
    "set-usage-location-on-premises": set_location_on_premises,
    "wait": wait,
    "contact-support": contact_support,
    "clear-browser-cache": nothing,
    "watch-incident": watch_incident,
    "buy-seats": buy_seats,
    "renew-subscription": renew_subscription,
    "activate-plan": activate_plan,
    "rename-one": rename_one,
    "fix-sibling-license": buy_seats,
    "use-home-mailbox": nothing,
    "use-sign-in-name": nothing,
}


def _user(tenant: Tenant, name: str) -> User:
    found = tenant.users.get(name) or tenant.users.by_upn(name) or tenant.users.by_address(name)
    if found is None:
        raise CmdletRefused(f"There is no user {name}.")
    return found


def _sam(tenant: Tenant, name: str) -> str:
    return str(_user(tenant, name).props.get("onPremisesSamAccountName") or name)


def _free_hidden(tenant: Tenant, address: str, kind: RecipientKind) -> None:
    for one in tenant.recipients.values():
        if one.kind is kind:
            one.addresses = tuple(held for held in one.addresses if held.lower() != address)
