"""From the content of a tenant file to a tenant. What Graph would compute stays as the file has it until it changes."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sandbox.tenant.active_directory import AdUser
from sandbox.tenant.organization import Contact, Domain, Group, Incident, Recipient, RecipientKind, fixed_id
from sandbox.tenant.roles import hold
from sandbox.tenant.state import Tenant
from sandbox.tenantfile.checking import Json, moment
from sandbox.tenantfile.subscriptions import read_subscription
from sandbox.tenantfile.users import read_mailbox, read_user

_DERIVED = ("id", "displayName", "verifiedDomains", "onPremisesSyncEnabled", "onPremisesLastSyncDateTime")


def start_of(content: Json | None) -> datetime | None:
    """When the tenant's clock starts: at `now`, else at the real time."""
    return moment(content["now"]) if content and "now" in content else None


def filler(content: Json | None) -> Callable[[Tenant], None] | None:
    """What fills an empty tenant, or None for Contoso."""
    if content is None:
        return None
    return lambda tenant: _fill(tenant, content)


def _fill(tenant: Tenant, content: Json) -> None:
    _read_organization(tenant, content)
    users = [*content.get("users", ()), *content.get("deletedUsers", ())]
    services = {plan["servicePlanId"]: plan["service"] for user in users for plan in user.get("assignedPlans") or ()}
    for item in content.get("subscribedSkus", ()):
        subscription = read_subscription(item, services)
        tenant.subscriptions[subscription.product.sku_id] = subscription
    for item in content["users"]:
        user = read_user(tenant, item)
        tenant.users.add(user)
        hold(tenant.roles, user.id, item.get("directoryRoles", ()))
    for item in content.get("deletedUsers", ()):
        user = read_user(tenant, item)
        user.props.setdefault("deletedDateTime", tenant.now())
        tenant.deleted[user.id] = user
    for item in content.get("groups", ()):
        _read_group(tenant, item)
    for item in content.get("contacts", ()):
        made = Contact(item["id"].lower(), item["displayName"], item.get("mail") or "", _proxies(item), _synced(item))
        tenant.contacts[made.id] = made
    _read_hidden(tenant, content)
    _read_health(tenant, content.get("serviceHealth", ()))
    tenant.audits = [dict(entry) for entry in content.get("directoryAudits", ())]
    _settle(tenant, content)


def _settle(tenant: Tenant, content: Json) -> None:
    """Seats and mailboxes, now that everything they depend on is there."""
    for user in tenant.users:
        for sku_id in user.in_force():
            tenant.subscriptions[sku_id].holders.add(user.id)
    for subscription in tenant.subscriptions.values():
        subscription.elsewhere = max(0, subscription.elsewhere - len(subscription.holders))
    boxes = {key.lower(): box for key, box in content.get("mailboxes", {}).items()}
    for user in (*tenant.users, *tenant.deleted.values()):
        read_mailbox(tenant, user, boxes.get(user.id) or boxes.get(user.upn.lower()))


def _read_organization(tenant: Tenant, content: Json) -> None:
    raw, organization = content["organization"], tenant.organization
    organization.id = str(raw.get("id") or organization.id)
    organization.name = str(raw.get("displayName") or organization.name)
    organization.synced = bool(raw.get("onPremisesSyncEnabled"))
    organization.last_sync = moment(raw.get("onPremisesLastSyncDateTime"))
    organization.raw = {name: value for name, value in raw.items() if name not in _DERIVED and name[0] != "@"}
    organization.domains = tuple(
        Domain(
            item["id"].lower(),
            bool(item.get("isDefault")),
            bool(item.get("isInitial")),
            item.get("isVerified", True) is not False,
            tuple(item.get("supportedServices", ("Email", "OfficeCommunicationsOnline"))),
        )
        for item in content["domains"]
    )


def _read_group(tenant: Tenant, item: Json) -> None:
    group = Group(
        item["id"].lower(),
        item["displayName"],
        moment(item.get("createdDateTime")) or tenant.now(),
        {str(member).lower() for member in item.get("members", ())},
        item.get("mail") or "",
        _proxies(item),
        {held["skuId"].lower(): tuple(held.get("disabledPlans") or ()) for held in item.get("assignedLicenses") or ()},
        _synced(item),
        "Unified" in item.get("groupTypes", ["Unified"]),
        item.get("membershipRule") or "",
        bool(item.get("isAssignableToRole")),
    )
    tenant.groups[group.id] = group


def _read_hidden(tenant: Tenant, content: Json) -> None:
    for item in content.get("exchangeRecipients", ()):
        kind = RecipientKind(item["kind"])
        identity = item.get("id") or fixed_id(f"{kind} {item['name']}")
        addresses = tuple(str(address).lower() for address in item.get("addresses", ()))
        tenant.recipients[identity] = Recipient(identity, kind, item["name"], addresses, item.get("immutableId", ""))
    raw, ad = content.get("onPremises", {}), tenant.directory
    known = {one.name for one in fields(AdUser)}
    for item in raw.get("users", ()):
        values: dict[str, Any] = {name: value for name, value in item.items() if name in known}
        values["proxy_addresses"] = tuple(item.get("proxy_addresses", ()))
        ad.put(AdUser(**values), is_change=item["sam"].lower() in raw.get("waiting", ()))
    ad.stopped, ad.export_blocked = bool(raw.get("stopped")), bool(raw.get("export_blocked"))


def _read_health(tenant: Tenant, items: list[Json]) -> None:
    """Overviews with their issues, or issues by themselves."""
    for item in items:
        if "issues" in item or "isResolved" not in item:
            tenant.health[item.get("service", "")] = item.get("status", "serviceOperational")
        for issue in item.get("issues", [item] if "isResolved" in item else []):
            tenant.incidents.append(_incident(tenant, issue, item.get("service", "Exchange Online")))


def _incident(tenant: Tenant, item: Json, service: str) -> Incident:
    ended = moment(item.get("endDateTime"))
    return Incident(
        id=str(item.get("id", "")),
        service=item.get("service") or service,
        title=item.get("title") or "",
        impact=item.get("impactDescription") or "",
        feature=item.get("feature") or "",
        feature_group=item.get("featureGroup") or "",
        started_at=moment(item.get("startDateTime")) or tenant.now(),
        status=item.get("status") or "serviceDegradation",
        classification=item.get("classification") or "incident",
        resolved_at=(ended or tenant.now()) if item.get("isResolved") else None,
    )


def _proxies(item: Json) -> tuple[str, ...]:
    return tuple(item.get("proxyAddresses") or ())


def _synced(item: Json) -> bool:
    return bool(item.get("onPremisesSyncEnabled"))
