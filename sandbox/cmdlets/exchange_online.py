"""Exchange Online PowerShell: recipients that Graph does not show, addresses, former mailboxes, diagnostics."""

from dataclasses import replace

from sandbox.cmdlets.registry import CmdletRefused, Json, Parameters, cloud_user, cmdlet
from sandbox.tenant import exchange
from sandbox.tenant.organization import Contact, Group, Recipient, RecipientKind
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

NO_GUID = "00000000-0000-0000-0000-000000000000"
_SYNCED = (
    "The operation on '{name}' failed because it's out of the current user's write scope: the object is being "
    "synchronized from your on-premises organization. The action should be performed there."
)


@cmdlet("Get-Recipient")
def get_recipient(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """Everybody with the address in -Filter, public folders too; deleted mailboxes are not among them."""
    wanted = parameters.filtered_address()
    people: list[tuple[str, str, tuple[str, ...]]] = [
        (user.name, "UserMailbox", tuple(user.props.get("proxyAddresses") or ())) for user in tenant.users
    ]
    people += [
        (group.name, "MailUniversalDistributionGroup", group.proxy_addresses) for group in tenant.groups.values()
    ]
    people += [(contact.name, "MailContact", contact.proxy_addresses) for contact in tenant.contacts.values()]
    people += [
        (one.name, "PublicFolder", tuple(f"smtp:{address}" for address in one.addresses))
        for one in tenant.recipients.values()
        if one.kind is RecipientKind.PUBLIC_FOLDER
    ]
    hits = [one for one in people if any(proxy.lower() == f"smtp:{wanted}" for proxy in one[2])]
    return [{"Name": name, "RecipientTypeDetails": kind, "EmailAddresses": list(held)} for name, kind, held in hits]


@cmdlet("Get-Mailbox")
def get_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """-SoftDeletedMailbox or -InactiveMailboxOnly with -Filter; else the ArchiveGuid of one user."""
    if parameters.is_on("SoftDeletedMailbox"):
        return _former(tenant, RecipientKind.SOFT_DELETED, parameters.filtered_address())
    if parameters.is_on("InactiveMailboxOnly"):
        return _former(tenant, RecipientKind.INACTIVE, parameters.filtered_address())
    user = cloud_user(tenant, parameters)
    return [{"Name": user.name, "ArchiveGuid": user.exchange.cloud_archive_guid or NO_GUID}]


@cmdlet("Get-MailUser")
def get_mail_user(tenant: Tenant, parameters: Parameters) -> list[Json]:
    user = cloud_user(tenant, parameters)
    return [
        {
            "Name": user.name,
            "ExchangeGuid": user.exchange.guid or NO_GUID,
            "ArchiveGuid": user.exchange.archive_guid or NO_GUID,
            "RemoteRecipientType": user.exchange.remote_recipient_type,
        }
    ]


@cmdlet("Get-User")
def get_user(tenant: Tenant, parameters: Parameters) -> list[Json]:
    user = cloud_user(tenant, parameters)
    previous = "UserMailbox" if user.exchange.previous_mailbox else "None"
    return [{"Name": user.name, "PreviousRecipientTypeDetails": previous}]


@cmdlet("Set-User")
def set_user(tenant: Tenant, parameters: Parameters) -> list[Json]:
    user = cloud_user(tenant, parameters)
    if parameters.is_on("PermanentlyClearPreviousMailboxInfo"):
        user.exchange.previous_mailbox = False
        exchange.look(tenant, user)
    return []


@cmdlet("Set-Mailbox")
def set_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """-Type Regular or Shared, -EmailAddresses @{remove=…}; with -InactiveMailbox for one that a hold keeps."""
    if parameters.is_on("InactiveMailbox"):
        _remove_hidden(tenant, RecipientKind.INACTIVE, parameters)
        return []
    user = cloud_user(tenant, parameters)
    if parameters.get("Type") is not None:
        user.mailbox.purpose = "shared" if parameters.text("Type").lower() == "shared" else "user"
    gone = parameters.addresses("remove")
    if gone and user.is_mastered_on_premises:
        raise CmdletRefused(_SYNCED.format(name=user.name))
    release(tenant, user, gone)
    return []


@cmdlet("Set-MailUser")
def set_mail_user(tenant: Tenant, parameters: Parameters) -> list[Json]:
    return set_mailbox(tenant, parameters)


@cmdlet("Set-MailContact")
def set_mail_contact(tenant: Tenant, parameters: Parameters) -> list[Json]:
    _release_listed(list(tenant.contacts.values()), parameters)
    return []


@cmdlet("Set-DistributionGroup")
def set_distribution_group(tenant: Tenant, parameters: Parameters) -> list[Json]:
    _release_listed(list(tenant.groups.values()), parameters)
    return []


@cmdlet("Set-UnifiedGroup")
def set_unified_group(tenant: Tenant, parameters: Parameters) -> list[Json]:
    return set_distribution_group(tenant, parameters)


@cmdlet("Set-MailPublicFolder")
def set_mail_public_folder(tenant: Tenant, parameters: Parameters) -> list[Json]:
    _remove_hidden(tenant, RecipientKind.PUBLIC_FOLDER, parameters)
    return []


@cmdlet("Remove-Mailbox")
def remove_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """-PermanentlyDelete of a deleted mailbox; a hold does not let go of an inactive one."""
    found = _hidden(tenant, parameters)
    if found.kind is not RecipientKind.SOFT_DELETED or not parameters.is_on("PermanentlyDelete"):
        raise CmdletRefused(f"The mailbox '{found.name}' can't be removed.")
    del tenant.recipients[found.id]
    return []


@cmdlet("Undo-SoftDeletedMailbox")
def undo_soft_deleted(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """The former mailbox is connected with its returned owner again."""
    found = _hidden(tenant, parameters)
    del tenant.recipients[found.id]
    for user in tenant.users:
        if found.immutable_id and user.props.get("onPremisesImmutableId") == found.immutable_id:
            exchange.look(tenant, user)
    return []


@cmdlet("New-MailboxRestoreRequest")
def restore_request(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """Copies content; it frees no address."""
    cloud_user(tenant, parameters, "TargetMailbox")
    return [{"Status": "Queued"}]


@cmdlet("Invoke-ProvisioningRecipientDiagnostic")
def recipient_diagnostic(tenant: Tenant, parameters: Parameters) -> list[Json]:
    user = cloud_user(tenant, parameters, "Recipients")
    exchange.listen(tenant, user)
    return [{"Recipient": user.upn, "Errors": list(user.mailbox.blockers)}]


@cmdlet("Invoke-ProvisioningAcceptedDomainDiagnostic")
def domain_diagnostic(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """Exchange takes the verified domains up that it missed."""
    organization = tenant.organization
    wanted = [name.lower() for name in parameters.texts("Domains")]
    organization.domains = tuple(
        replace(domain, services=tuple(dict.fromkeys(("Email", *domain.services))))
        if domain.name in wanted and domain.is_verified
        else domain
        for domain in organization.domains
    )
    exchange.look_at_waiting(tenant)
    return [{"Domains": wanted}]


def release(tenant: Tenant, user: User, gone: list[str]) -> None:
    """The user gives these addresses back."""
    kept = [proxy for proxy in user.props.get("proxyAddresses") or () if proxy[5:].lower() not in gone]
    if gone:
        user.props["proxyAddresses"] = kept or None
        if str(user.props.get("mail") or "").lower() in gone:
            user.props["mail"] = next((proxy[5:] for proxy in kept if proxy.startswith("SMTP:")), None)
        tenant.users.reindex(user)


def _release_listed(listed: list[Contact] | list[Group], parameters: Parameters) -> None:
    wanted, gone = parameters.text("Identity").lower(), parameters.addresses("remove")
    found = next((one for one in listed if wanted in (one.id, one.name.lower(), one.mail.lower())), None)
    if found is None:
        raise CmdletRefused(f"The operation couldn't be performed because object '{wanted}' couldn't be found.")
    if found.synced:
        raise CmdletRefused(_SYNCED.format(name=found.name))
    found.proxy_addresses = tuple(one for one in found.proxy_addresses if one.partition(":")[2].lower() not in gone)
    if found.mail.lower() in gone:
        found.mail = next((one[5:] for one in found.proxy_addresses), "")


def _hidden(tenant: Tenant, parameters: Parameters) -> Recipient:
    wanted = parameters.text("Identity").lower()
    for one in tenant.recipients.values():
        if wanted in (one.id, one.name.lower()) or wanted in one.addresses:
            return one
    raise CmdletRefused(f"The operation couldn't be performed because object '{wanted}' couldn't be found.")


def _remove_hidden(tenant: Tenant, kind: RecipientKind, parameters: Parameters) -> None:
    found, gone = _hidden(tenant, parameters), parameters.addresses("remove")
    if found.kind is not kind:
        raise CmdletRefused(f"'{found.name}' is a {found.kind.value}.")
    found.addresses = tuple(address for address in found.addresses if address.lower() not in gone)


def _former(tenant: Tenant, kind: RecipientKind, address: str) -> list[Json]:
    return [
        {"Name": one.name, "ExchangeGuid": one.id, "EmailAddresses": [f"smtp:{held}" for held in one.addresses]}
        for one in tenant.recipients.values()
        if one.kind is kind and (not address or address in one.addresses)
    ]
