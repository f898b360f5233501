"""On-premises Exchange, Active Directory and Entra Connect: what is changed there waits for a sync."""

from collections.abc import Mapping
from typing import Any

from sandbox.cmdlets.registry import CmdletRefused, Json, Parameters, ad_user, cmdlet
from sandbox.tenant import sync
from sandbox.tenant.active_directory import AdUser
from sandbox.tenant.exchange import look
from sandbox.tenant.state import Tenant

PROVISION, DEPROVISION = 1, 8
SHARED_MAILBOX = 34359738368
ATTRIBUTES = {
    "displayname": "name",
    "givenname": "given_name",
    "sn": "surname",
    "department": "department",
    "mail": "mail",
    "mailnickname": "mail_nickname",
    "msexcharchiveguid": "archive_guid",
    "msexchmailboxguid": "mailbox_guid",
    "msexchremoterecipienttype": "remote_recipient_type",
    "msexchusagelocation": "usage_location",
    "proxyaddresses": "proxy_addresses",
    "userprincipalname": "upn",
}
# Set beside the others by the documented scripts; nothing here depends on them.
_WITHOUT_EFFECT = ("msexchhomeservername", "homemdb", "homemta", "msexchrecipientdisplaytype")


@cmdlet("Enable-RemoteMailbox")
def enable_remote_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    user = ad_user(tenant, parameters)
    if user.remote_recipient_type not in (0, DEPROVISION, 10, 24) or user.mailbox_guid:
        raise CmdletRefused(f"This task does not support recipients of this type: {user.name} has a mailbox already.")
    proxies = user.proxy_addresses or (f"SMTP:{user.mail or user.upn}",)
    tenant.directory.edit(
        user,
        remote_recipient_type=PROVISION,
        mail_nickname=user.mail_nickname or user.sam,
        mail=user.mail or user.upn,
        proxy_addresses=proxies,
    )
    return _shown(tenant, user)


@cmdlet("Disable-RemoteMailbox")
def disable_remote_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    tenant.directory.edit(ad_user(tenant, parameters), remote_recipient_type=DEPROVISION)
    return []


@cmdlet("Set-RemoteMailbox")
def set_remote_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    user = ad_user(tenant, parameters)
    given = {"Alias": "mail_nickname", "ArchiveGuid": "archive_guid", "ExchangeGuid": "mailbox_guid"}
    changes: dict[str, Any] = {
        attribute: parameters.text(name) for name, attribute in given.items() if parameters.get(name) is not None
    }
    if parameters.get("Type") is not None:
        changes["shared"] = parameters.text("Type").lower() == "shared"
    tenant.directory.edit(user, **changes)
    return _shown(tenant, user)


@cmdlet("Get-RemoteMailbox")
def get_remote_mailbox(tenant: Tenant, parameters: Parameters) -> list[Json]:
    return _shown(tenant, ad_user(tenant, parameters))


@cmdlet("Set-ADUser")
def set_ad_user(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """-Replace @{…}, -Clear … and -UserPrincipalName."""
    user = ad_user(tenant, parameters)
    changes: dict[str, Any] = {}
    replaced = parameters.get("Replace")
    for name, value in (replaced if isinstance(replaced, Mapping) else {}).items():
        _put(changes, name, value)
    for name in parameters.texts("Clear") if parameters.get("Clear") is not None else ():
        attribute = ATTRIBUTES.get(name.strip().lower())
        if attribute:
            changes[attribute] = AdUser.__dataclass_fields__[attribute].default
    if parameters.get("UserPrincipalName") is not None:
        changes["upn"] = parameters.text("UserPrincipalName")
    try:
        tenant.directory.edit(user, **changes)
    except ValueError as error:
        raise CmdletRefused(str(error)) from error
    return []


@cmdlet("Move-ADObject")
def move_ad_object(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """Into an organizational unit that is synchronized."""
    tenant.directory.edit(ad_user(tenant, parameters), in_scope=True)
    return []


@cmdlet("New-MoveRequest")
def new_move_request(tenant: Tenant, parameters: Parameters) -> list[Json]:
    """The mailbox on premises moves to Exchange Online, at once."""
    user = ad_user(tenant, parameters)
    if not user.mailbox_guid:
        raise CmdletRefused(f"Couldn't find a mailbox of {user.name} on premises.")
    tenant.directory.edit(user, mailbox_guid="", remote_recipient_type=PROVISION)
    cloud = tenant.users.get(user.object_id)
    if cloud is not None:
        cloud.exchange.guid = ""
        look(tenant, cloud)
    return []


@cmdlet("Start-ADSyncSyncCycle")
def start_sync(tenant: Tenant, _: Parameters) -> list[Json]:
    sync.request(tenant)
    return [{"Result": "Success"}]


@cmdlet("Disable-ADSyncExportDeletionThreshold")
def lift_threshold(tenant: Tenant, _: Parameters) -> list[Json]:
    tenant.directory.export_blocked = False
    return []


@cmdlet("Enable-ADSyncExportDeletionThreshold")
def set_threshold(_: Tenant, __: Parameters) -> list[Json]:
    return []


def _put(changes: dict[str, Any], name: str, value: Any) -> None:
    attribute = ATTRIBUTES.get(name.lower())
    if attribute:
        changes[attribute] = value
    elif name.lower() == "msexchrecipienttypedetails":
        changes["shared"] = value == SHARED_MAILBOX
    elif name.lower() not in _WITHOUT_EFFECT:
        raise CmdletRefused(f"The specified directory service attribute or value does not exist: {name}")


def _shown(tenant: Tenant, user: AdUser) -> list[Json]:
    now = tenant.directory.users[user.sam.lower()]
    return [
        {
            "Name": now.name,
            "Alias": now.mail_nickname,
            "ExchangeGuid": now.mailbox_guid,
            "ArchiveGuid": now.archive_guid,
            "RemoteRecipientType": now.remote_recipient_type,
        }
    ]
