"""Create, change, delete and restore a user, with the refusals that the directory gives."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.failures import bad_request, conflict, invalid_property, invalid_value
from sandbox.tenant import schema
from sandbox.tenant.effects import Effect
from sandbox.tenant.exchange import look
from sandbox.tenant.licensing import settle
from sandbox.tenant.mailboxes import follow_plan
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

REQUIRED = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName")
# Allowed in a UPN's local part: learn.microsoft.com/graph/api/user-post-users
_UPN_LOCAL = re.compile(r"[A-Za-z0-9'.\-_!#^~]{1,64}")
_ON_PREMISES = (
    "Unable to update the specified properties for on-premises mastered Directory Sync objects "
    "or objects currently undergoing migration."
)
_WEAK = (
    "The specified password does not comply with password complexity requirements. Please provide a different password."
)


def create(tenant: Tenant, body: Mapping[str, Any]) -> User:
    """A new cloud user; it replicates for some seconds before it can be read."""
    values = _checked(body)
    password = values.pop("passwordProfile", None)
    for name in REQUIRED:
        if values.get(name) in (None, ""):
            raise bad_request(f"A value is required for property '{name}' of resource 'User'.")
    if not isinstance(password, dict) or not password.get("password"):
        raise bad_request("A password must be specified to create a new user.")
    _check_password(password)
    _check_upn(tenant, values["userPrincipalName"])
    _check_unique(tenant, values, "")
    return _add(tenant, values)


def update(tenant: Tenant, user: User, body: Mapping[str, Any]) -> None:
    values = _checked(body)
    if user.is_mastered_on_premises and schema.ON_PREMISES_MASTERED & values.keys():
        raise bad_request(_ON_PREMISES)
    password = values.pop("passwordProfile", None)
    if isinstance(password, dict) and password.get("password"):
        _check_password(password)
    if "userPrincipalName" in values:
        _check_upn(tenant, values["userPrincipalName"])
    _check_unique(tenant, values, user.id)
    _rename(user, values)
    user.props.update(values)
    if values:
        tenant.users.reindex(user)
        tenant.effects.count(user.upn, Effect.UPDATED)
        look(tenant, user)
    if isinstance(password, dict) and password.get("password"):
        user.props["lastPasswordChangeDateTime"] = tenant.now()
        tenant.effects.count(user.upn, Effect.PASSWORDS_SET)


def _rename(user: User, values: Mapping[str, Any]) -> None:
    """With the sign-in name of a cloud user go its addresses, but for the one at the initial domain."""
    old, new = user.upn.lower(), values.get("userPrincipalName")
    if not new or user.is_synced:
        return
    proxies = user.props.get("proxyAddresses") or ()
    user.props["proxyAddresses"] = [
        f"{proxy[:5]}{new}" if proxy[5:].lower() == old else proxy for proxy in proxies
    ] or None
    if str(user.props.get("mail") or "").lower() == old and "mail" not in values:
        user.props["mail"] = new


def delete(tenant: Tenant, user: User) -> None:
    """Into the recycle bin: the UPN gets the object id as its prefix, the seats become free."""
    upn, now = user.upn, tenant.now()
    forget(tenant, user)
    follow_plan(user.mailbox, has_plan=False, now=now, rng=tenant.rng, how=tenant.preparation)
    user.props["userPrincipalName"] = user.id.replace("-", "") + upn
    user.props["deletedDateTime"] = now
    user.group_licenses.clear()
    tenant.deleted[user.id] = user
    tenant.effects.count(upn, Effect.DELETED)


def forget(tenant: Tenant, user: User) -> None:
    """Out of the directory, with the seats and memberships; nothing is left in the recycle bin."""
    tenant.users.remove(user)
    for subscription in tenant.subscriptions.values():
        subscription.holders.discard(user.id)
    for group in tenant.groups.values():
        group.members.discard(user.id)


def restore(tenant: Tenant, user: User) -> None:
    """Out of the recycle bin, with its licenses as far as seats are free."""
    upn = original_upn(user)
    if tenant.users.by_upn(upn) is not None:
        raise conflict("userPrincipalName")
    if any(tenant.address_is_taken(address) for address in user.addresses()):
        raise conflict("proxyAddresses")
    del tenant.deleted[user.id]
    user.props["userPrincipalName"], user.props["deletedDateTime"] = upn, None
    tenant.users.add(user)
    user.exchange.keeps_addresses = False
    for sku_id, held in list(user.licenses.items()):
        held.since = tenant.now()
        if tenant.subscriptions[sku_id].free == 0:
            del user.licenses[sku_id]
    settle(tenant, user, tenant.now())
    tenant.effects.count(upn, Effect.RESTORED)


def original_upn(user: User) -> str:
    """The sign-in name before the deletion."""
    return user.upn.removeprefix(user.id.replace("-", ""))


def _add(tenant: Tenant, values: dict[str, Any]) -> User:
    now = tenant.now()
    object_id = tenant.new_id()
    props = {"userType": "Member", **values, "id": object_id, "createdDateTime": now, "lastPasswordChangeDateTime": now}
    user = User(object_id, props, now + tenant.draw_replication(), now + tenant.draw_replication())
    tenant.users.add(user)
    tenant.effects.count(user.upn, Effect.CREATED)
    return user


def _checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with Graph's spelling of the names, or the refusal of its first bad value."""
    values = {}
    for key, value in body.items():
        if key.startswith("@odata"):
            continue
        name = schema.CANONICAL.get(key.lower())
        if name is None:
            raise bad_request(
                f"The property '{key}' does not exist on type 'microsoft.graph.user'. "
                "Make sure to only use property names that are defined by the type."
            )
        if name in schema.READ_ONLY:
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
        _check_value(name, value)
        values[name] = value
    return values


def _check_value(name: str, value: Any) -> None:
    if value is None:
        return
    limit = schema.TEXT_LIMITS.get(name)
    if limit is not None and (not isinstance(value, str) or not value or len(value) > limit):
        raise invalid_property(name) if name == "userPrincipalName" else invalid_value(name)
    if name == "usageLocation" and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise invalid_value(name)
    if name in schema.WRITABLE_FLAGS and not isinstance(value, bool):
        raise invalid_value(name)
    if name in schema.WRITABLE_LISTS and not _is_text_list(value):
        raise invalid_value(name)
    if name == "mailNickname" and not re.fullmatch(r"[^\s@()\\\[\]\";:<>,]+", value):
        raise invalid_value(name)
    if name == "mail" and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise invalid_value(name)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _check_upn(tenant: Tenant, upn: str) -> None:
    local, _, domain = upn.partition("@")
    if not _UPN_LOCAL.fullmatch(local) or not tenant.organization.owns(domain):
        raise invalid_property("userPrincipalName")


def _check_unique(tenant: Tenant, values: Mapping[str, Any], own_id: str) -> None:
    upn, mail = values.get("userPrincipalName"), values.get("mail")
    holder = tenant.users.by_upn(upn) if upn else None
    if holder is not None and holder.id != own_id:
        raise conflict("userPrincipalName")
    if upn and tenant.address_is_taken(upn, by_other_than=own_id):
        raise conflict("proxyAddresses")
    if mail and tenant.address_is_taken(mail, by_other_than=own_id):
        raise conflict("mail")


def _check_password(profile: Mapping[str, Any]) -> None:
    """Entra's rule: 8 to 256 characters, three of four kinds. The password itself is not kept."""
    password = profile["password"]
    if not isinstance(password, str) or not 8 <= len(password) <= 256 or _kinds(password) < 3:
        raise bad_request(_WEAK)


def _kinds(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda ch: not ch.isalnum())
    return sum(any(test(ch) for ch in password) for test in tests)
