"""From what was typed to an order: what is wrong, what is missing, what is to be asked. Pure.

Nothing is ever guessed: a display name, country or license that nobody named is asked for in a form.
"""

from dataclasses import dataclass, replace

from provisioning.case import Order
from provisioning.directory import Account, DeletedAccount, Lookup, Sku
from provisioning.errors import BadOrder

NAME_LIMIT = 256  # displayName: learn.microsoft.com/graph/api/resources/user
DEPARTMENT_LIMIT = 64
UPN_LOCAL_LIMIT = 64  # the part before the @; 113 with the domain


@dataclass(frozen=True)
class OrderRequest:
    """What was typed or filled in; "" where nothing was said. `license` is a name or a SKU id."""

    upn: str
    display_name: str = ""
    usage_location: str = ""
    license: str = ""
    manager: str = ""
    department: str = ""
    restore: bool | None = None  # None: not asked yet; False: create anew beside the recycle bin


@dataclass(frozen=True)
class Complete:
    order: Order


@dataclass(frozen=True)
class Incomplete:
    """Ask for `missing` ("display_name", "usage_location", "license") in a form; `skus` can be chosen."""

    request: OrderRequest
    missing: tuple[str, ...]
    skus: tuple[Sku, ...]


@dataclass(frozen=True)
class Restorable:
    """The person is in the recycle bin: ask whether to restore."""

    request: OrderRequest
    deleted: DeletedAccount


Plan = Complete | Incomplete | Restorable


def plan(request: OrderRequest, lookup: Lookup, default_location: str = "") -> Plan:
    """What to do with `request`. Raises BadOrder with the sentence when it cannot be carried out."""
    _check_texts(request)
    _check_domain(request, lookup)
    account = lookup.account
    if account is not None and account.is_guest:
        raise BadOrder(f"{account.upn} is a guest of another organisation, so it has its mailbox there, not here.")
    if account is None and lookup.deleted is not None and request.restore is None:
        return Restorable(request, lookup.deleted)
    if request.manager and lookup.manager is None:
        raise BadOrder(f"The manager {request.manager} was not found in this tenant. Check the address.")
    filled = _fill(request, account, lookup, default_location)
    sku = _license(filled, account, lookup)
    missing = _missing(filled, sku, account)
    if missing:
        return Incomplete(filled, missing, mailbox_skus(lookup.skus))
    return Complete(_order(filled, sku, lookup))


def mailbox_skus(skus: tuple[Sku, ...]) -> tuple[Sku, ...]:
    """Those that carry a mailbox and can be assigned at all, those with free seats first."""
    usable = [sku for sku in skus if sku.mailbox_plans and sku.capability_status in ("Enabled", "Warning")]
    return tuple(sorted(usable, key=lambda sku: (sku.free == 0, sku.name)))


def find_sku(name: str, skus: tuple[Sku, ...]) -> Sku:
    """By id, part number, product name, or an unmistakable part of one ("E3"). Raises BadOrder."""
    wanted = _squash(name)
    for exact in skus:
        if wanted in (exact.id.lower(), _squash(exact.part_number), _squash(exact.name)):
            return exact
    words = [sku for sku in mailbox_skus(skus) if wanted in _words(sku)]
    if len(words) == 1:
        return words[0]
    offered = ", ".join(sku.name for sku in mailbox_skus(skus)) or "none with a mailbox"
    if words:
        raise BadOrder(
            f"More than one license is called “{name}”: {', '.join(s.name for s in words)}. Name one of them."
        )
    raise BadOrder(f"There is no license “{name}” in this tenant. It has: {offered}.")


def _check_texts(request: OrderRequest) -> None:
    local = request.upn.partition("@")[0]
    if len(local) > UPN_LOCAL_LIMIT:
        raise BadOrder(f"The part before the @ has {len(local)} characters; Microsoft 365 allows {UPN_LOCAL_LIMIT}.")
    if len(request.display_name) > NAME_LIMIT:
        raise BadOrder(
            f"The display name has {len(request.display_name)} characters; Microsoft 365 allows {NAME_LIMIT}."
        )
    if len(request.department) > DEPARTMENT_LIMIT:
        raise BadOrder(
            f"The department has {len(request.department)} characters; Microsoft 365 allows {DEPARTMENT_LIMIT}."
        )
    if request.usage_location and not (len(request.usage_location) == 2 and request.usage_location.isalpha()):
        raise BadOrder(f"“{request.usage_location}” is no country code. Use two letters, such as US or DE.")


def _check_domain(request: OrderRequest, lookup: Lookup) -> None:
    domain = request.upn.partition("@")[2].lower()
    if lookup.account is None and domain not in lookup.organization.domains:
        verified = ", ".join(lookup.organization.domains)
        raise BadOrder(f"{domain} is not a verified domain of this tenant. Use one of: {verified}.")


def _fill(request: OrderRequest, account: Account | None, lookup: Lookup, default_location: str) -> OrderRequest:
    location = request.usage_location or (account.usage_location if account else "") or default_location
    known = account.display_name if account else ""
    if not known and request.restore and lookup.deleted:
        known = lookup.deleted.display_name
    return replace(request, usage_location=location.upper(), display_name=request.display_name or known)


def _license(request: OrderRequest, account: Account | None, lookup: Lookup) -> Sku | None:
    held = {license.sku_id for license in account.licenses} if account else set()
    if not request.license:
        return None
    sku = find_sku(request.license, lookup.skus)
    if not sku.mailbox_plans:
        raise BadOrder(f"{sku.name} has no Exchange Online mailbox plan, so it cannot give anyone a mailbox.")
    if sku.capability_status not in ("Enabled", "Warning"):
        raise BadOrder(
            f"The subscription {sku.name} is {sku.capability_status.lower()}. Renew it, or name another license."
        )
    if sku.id not in held and sku.free == 0:
        others = [other for other in mailbox_skus(lookup.skus) if other.free]
        offer = f" Free: {', '.join(f'{o.name} ({o.free})' for o in others)}." if others else ""
        raise BadOrder(
            f"No seats are free: {sku.name} has {sku.consumed} of {sku.enabled} in use.{offer} Free or buy one."
        )
    return sku


def _missing(request: OrderRequest, sku: Sku | None, account: Account | None) -> tuple[str, ...]:
    needs = {
        "display_name": not request.display_name,
        "usage_location": not request.usage_location,
        "license": sku is None and not (account and account.mailbox_plan),
    }
    return tuple(field for field, is_missing in needs.items() if is_missing)


def _order(request: OrderRequest, sku: Sku | None, lookup: Lookup) -> Order:
    return Order(
        upn=lookup.account.upn if lookup.account else request.upn,
        display_name=request.display_name,
        usage_location=request.usage_location,
        license=sku.id if sku else "",
        license_name=sku.name if sku else "",
        manager_id=lookup.manager.id if lookup.manager else "",
        manager_name=lookup.manager.display_name if lookup.manager else "",
        department=request.department,
        restore_id=lookup.deleted.id if request.restore and lookup.deleted else "",
    )


def _squash(text: str) -> str:
    return "".join(ch for ch in text.lower() if ch.isalnum() or ch == "-")


def _words(sku: Sku) -> set[str]:
    text = f"{sku.part_number.replace('_', ' ')} {sku.name}"
    return {_squash(word) for word in text.split()}
