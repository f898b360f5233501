"""From Graph's JSON to what surrounds an account: domains, who else has its addresses, the recycle bin, the audit log.

Pure. What was found is compared with what was asked for: an answer that ignores a filter names nobody by mistake.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from graph.answers import Json
from graph.values import each, ident, moment, objects, text, texts
from provisioning.addresses import addresses_of
from provisioning.directory import DeletedAccount, Sku
from provisioning.recipients import AddressHolder, Domain, HolderKind

# The object id without dashes, which Entra puts in front of a deleted user's sign-in name.
DELETED_PREFIX = re.compile(r"^[0-9a-fA-F]{32}(?=.*@)")
SKU_ID = re.compile(r"SkuId\W{1,8}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
LICENSE_PROPERTY = "AssignedLicense"


def domains(body: Json) -> tuple[Domain, ...]:
    """learn.microsoft.com/graph/api/resources/domain"""
    return each(body.get("value"), _domain)


def holders(body: Json, kind: HolderKind, addresses: Collection[str]) -> tuple[AddressHolder, ...]:
    found = (_holder(item, kind) for item in objects(body.get("value")))
    return tuple(one for one in found if addresses_of(one).intersection(addresses))


def deleted(body: Json, addresses: Collection[str]) -> tuple[DeletedAccount, ...]:
    """Newest first. The filter by the end of the sign-in name also finds others that end in it."""
    found = (deleted_account(item) for item in objects(body.get("value")))
    return newest_first(one for one in found if addresses_of(one).intersection(addresses))


def deleted_account(item: Mapping[str, Any]) -> DeletedAccount:
    return DeletedAccount(
        id=ident(item.get("id")),
        upn=DELETED_PREFIX.sub("", text(item.get("userPrincipalName"))),
        display_name=text(item.get("displayName")),
        deleted_at=moment(item.get("deletedDateTime")),
        mail=text(item.get("mail")),
        proxy_addresses=texts(item.get("proxyAddresses")),
        immutable_id=text(item.get("onPremisesImmutableId")),
    )


def newest_first(found: Iterable[DeletedAccount]) -> tuple[DeletedAccount, ...]:
    return tuple(sorted(found, key=lambda one: one.deleted_at or datetime.min.replace(tzinfo=UTC), reverse=True))


def license_removed_at(body: Json, skus: Collection[Sku]) -> datetime | None:
    """The last "Change user license" that took a mailbox license away; a license that is unknown here counts.

    `modifiedProperties[]` has the licenses before and after as text, each with its SkuId
    (learn.microsoft.com/graph/api/resources/modifiedproperty).
    """
    without_mailbox = {sku.id for sku in skus if not sku.mailbox_plans}
    times = (moment(e.get("activityDateTime")) for e in objects(body.get("value")) if _removed(e) - without_mailbox)
    return max((at for at in times if at), default=None)


def _removed(entry: Json) -> set[str]:
    removed: set[str] = set()
    for target in objects(entry.get("targetResources")):
        for change in objects(target.get("modifiedProperties")):
            if text(change.get("displayName")) == LICENSE_PROPERTY:
                removed |= _sku_ids(change.get("oldValue")) - _sku_ids(change.get("newValue"))
    return removed


def _sku_ids(value: object) -> set[str]:
    return {found.lower() for found in SKU_ID.findall(text(value))}


def _domain(item: Mapping[str, Any]) -> Domain:
    services = item.get("supportedServices")
    return Domain(
        name=text(item.get("id")).lower(),
        is_verified=item.get("isVerified") is not False,
        is_initial=item.get("isInitial") is True,
        services=texts(services) if isinstance(services, list) else None,
    )


def _holder(item: Mapping[str, Any], kind: HolderKind) -> AddressHolder:
    upn = text(item.get("userPrincipalName"))
    return AddressHolder(
        id=ident(item.get("id")),
        kind=kind,
        name=text(item.get("displayName")) or upn,
        upn=upn,
        mail=text(item.get("mail")),
        proxy_addresses=texts(item.get("proxyAddresses")),
        synced=item.get("onPremisesSyncEnabled") is True,
    )
