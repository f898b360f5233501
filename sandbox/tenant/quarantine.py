"""Duplicate attribute resiliency: a value that another object has already is left out and reported.

learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-syncservice-duplicate-attribute-resiliency
"""

from datetime import datetime

from sandbox.clock import timestamp
from sandbox.tenant.active_directory import AdUser
from sandbox.tenant.exchange import look
from sandbox.tenant.organization import fixed_id
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User


def review(tenant: Tenant, at: datetime) -> None:
    """Quarantined values are tried again at every sync."""
    by_object = {one.object_id: one for one in tenant.directory.users.values() if one.object_id}
    for user in tenant.users:
        source = by_object.get(user.id)
        if source is not None and user.props.get("onPremisesProvisioningErrors"):
            write_names(tenant, source, user, at)
            look(tenant, user)


def write_names(tenant: Tenant, source: AdUser, user: User, at: datetime) -> None:
    """UPN, mail and proxyAddresses, as far as nobody else has them."""
    errors = []
    upn = free_upn(tenant, source, user.id)
    if upn.lower() != source.upn.lower() and tenant.organization.owns(source.upn.partition("@")[2]):
        errors.append(_error("UserPrincipalName", source.upn, at))
    kept = []
    for proxy in source.proxy_addresses:
        if tenant.address_is_taken(proxy.partition(":")[2], by_other_than=user.id):
            errors.append(_error("ProxyAddress", proxy, at))
        else:
            kept.append(proxy)
    user.props["userPrincipalName"] = upn
    if source.proxy_addresses or source.mail:
        user.props["mail"] = source.mail or None
        user.props["proxyAddresses"] = kept or user.props.get("proxyAddresses")
    user.props["onPremisesProvisioningErrors"] = errors or None
    tenant.users.reindex(user)


def free_upn(tenant: Tenant, source: AdUser, object_id: str) -> str:
    """The sign-in name, or prefix+4 digits at the initial domain where it is taken or its domain is not ours."""
    local, _, domain = source.upn.partition("@")
    holder = tenant.users.by_upn(source.upn)
    if (holder is None or holder.id == object_id) and tenant.organization.owns(domain):
        return source.upn
    if not tenant.organization.owns(domain):
        return f"{local}@{tenant.organization.initial_domain}"
    return substitute(source.upn, source.immutable_id, tenant.organization.initial_domain)


def substitute(upn: str, immutable_id: str, initial_domain: str) -> str:
    """prefix+4 digits at the initial domain; the digits are Entra's choice, here always the same for one anchor."""
    digits = int(fixed_id(immutable_id)[:8], 16) % 9000 + 1000
    return f"{upn.partition('@')[0]}{digits}@{initial_domain}"


def _error(name: str, value: str, at: datetime) -> dict[str, str]:
    return {
        "category": "PropertyConflict",
        "occurredDateTime": timestamp(at),
        "propertyCausingError": name,
        "value": value,
    }
