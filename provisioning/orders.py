"""From what was typed to an order: what is wrong, what is missing, what is to be asked. Pure.

Nothing is ever guessed: a display name, country or license that nobody named is asked for in a form.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from provisioning.case import Order
from provisioning.countries import COUNTRY_CODES
from provisioning.directory import Account, DeletedAccount, Lookup, Sku
from provisioning.errors import BadOrder
from provisioning.order_words import MOST_SHOWN, all_in_use, clip, in_use, listed
from provisioning.words import say

NAME_LIMIT = 256  # displayName: learn.microsoft.com/graph/api/resources/user
DEPARTMENT_LIMIT = 64
UPN_LOCAL_LIMIT = 64  # the part before the @

# What Entra takes before the @ of a new sign-in name: "UserPrincipalName policies that apply to all user
# accounts", learn.microsoft.com/entra/identity/authentication/concept-sspr-policy
_UPN_LOCAL = re.compile(r"[a-z0-9'._!#^~-]+", re.IGNORECASE)


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
    profile: str = ""
    starts_at: datetime | None = None  # None: now
    zone: str = ""  # in which `starts_at` was said


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
    request = _tidy(request)
    _check_texts(request)
    account = lookup.account
    if account is not None and account.is_guest:
        raise BadOrder(
            say("{upn} is a guest: the mailbox is in the guest's own organization, not here.", upn=account.upn)
        )
    if account is None:
        _check_new_name(request, lookup)
        if lookup.deleted is not None and request.restore is None:
            return Restorable(request, lookup.deleted)
        if lookup.deleted is None and request.restore:
            raise BadOrder(
                say("{upn} is no longer in the recycle bin, so it cannot be restored. Order it anew.", upn=request.upn)
            )
    if request.manager and lookup.manager is None:
        raise BadOrder(say("The manager {upn} was not found in this tenant. Check the address.", upn=request.manager))
    filled = _fill(request, account, lookup, default_location)
    sku = _license(filled, account, lookup)
    missing = _missing(filled, sku, account, lookup.skus)
    if missing:
        if "license" in missing:
            _check_seats(lookup.skus)
        known = replace(filled, license=sku.id) if sku else filled
        return Incomplete(known, missing, mailbox_skus(lookup.skus))
    return Complete(_order(filled, sku, lookup))


def mailbox_skus(skus: tuple[Sku, ...]) -> tuple[Sku, ...]:
    """Those that carry a mailbox and can be assigned at all, those with free seats first."""
    usable = [sku for sku in skus if sku.mailbox_plans and sku.capability_status in ("Enabled", "Warning")]
    return tuple(sorted(usable, key=lambda sku: (sku.free == 0, sku.name)))


def find_sku(name: str, skus: tuple[Sku, ...]) -> Sku:
    """By id, part number, product name, or an unmistakable part of one ("E3"). Raises BadOrder."""
    wanted = _squash(name)
    for exact in skus:
        if wanted and wanted in (exact.id.lower(), _squash(exact.part_number), _squash(exact.name)):
            return exact
    usable = mailbox_skus(skus)
    others = tuple(sku for sku in skus if sku not in usable)
    near = _called(name, usable) or _called(name, others)
    if len(near) == 1:
        return near[0]
    if near:
        raise BadOrder(
            say(
                "More than one license is called “{name}”: {licenses}. Name one of them in full.",
                name=clip(name),
                licenses=listed(near),
            )
        )
    raise BadOrder(
        say(
            "There is no license “{name}” in this tenant. Licenses with a mailbox: {licenses}.",
            name=clip(name),
            licenses=listed(usable),
        )
    )


def _tidy(request: OrderRequest) -> OrderRequest:
    return replace(
        request,
        display_name=" ".join(request.display_name.split()),
        usage_location=request.usage_location.strip().upper(),
        license=request.license.strip(),
        department=" ".join(request.department.split()),
    )


def _check_texts(request: OrderRequest) -> None:
    _check_lengths(request)
    if request.usage_location and request.usage_location not in COUNTRY_CODES:
        sentence = say(
            "“{code}” is no country code. Use the two letters of ISO 3166, such as US or DE.",
            code=clip(request.usage_location),
        )
        hint = say("The United Kingdom is GB.") if request.usage_location == "UK" else ""
        raise BadOrder(f"{sentence} {hint}".rstrip())


def _check_lengths(request: OrderRequest) -> None:
    local = len(request.upn.partition("@")[0])
    name, department = len(request.display_name), len(request.department)
    if local > UPN_LOCAL_LIMIT:
        raise BadOrder(
            say(
                "The part before the @ has {length} characters; Microsoft 365 allows {limit}.",
                length=local,
                limit=UPN_LOCAL_LIMIT,
            )
        )
    if name > NAME_LIMIT:
        raise BadOrder(
            say(
                "The display name has {length} characters; Microsoft 365 allows {limit}.", length=name, limit=NAME_LIMIT
            )
        )
    if department > DEPARTMENT_LIMIT:
        raise BadOrder(
            say(
                "The department has {length} characters; Microsoft 365 allows {limit}.",
                length=department,
                limit=DEPARTMENT_LIMIT,
            )
        )


def _check_new_name(request: OrderRequest, lookup: Lookup) -> None:
    local, _, domain = request.upn.partition("@")
    if domain.lower() not in lookup.organization.domains:
        verified = ", ".join(lookup.organization.domains[:MOST_SHOWN])
        raise BadOrder(
            say(
                "{domain} is not a verified domain of this tenant. Use one of: {domains}.",
                domain=domain,
                domains=verified,
            )
        )
    if not _UPN_LOCAL.fullmatch(local) or local.endswith("."):
        raise BadOrder(
            say(
                "Microsoft 365 does not take “{name}” as a sign-in name. "
                "Before the @ it allows the letters a to z, digits and ' . - _ ! # ^ ~, with no dot at the end.",
                name=local,
            )
        )


def _check_seats(skus: tuple[Sku, ...]) -> None:
    """A form that asks for a license needs one that can be chosen."""
    usable = mailbox_skus(skus)
    if not usable:
        raise BadOrder(say("This tenant has no active license with an Exchange Online mailbox. Buy one first."))
    if not any(sku.free for sku in usable):
        raise BadOrder(
            say(
                "No seats are free in any license with a mailbox: {licenses}. Free or buy one.",
                licenses=in_use(usable[:MOST_SHOWN]),
            )
        )


def _fill(request: OrderRequest, account: Account | None, lookup: Lookup, default_location: str) -> OrderRequest:
    location = request.usage_location or (account.usage_location if account else "") or default_location
    known = account.display_name if account else ""
    if account is None and request.restore and lookup.deleted:
        known = lookup.deleted.display_name
    return replace(request, usage_location=location.upper(), display_name=request.display_name or known)


def _license(request: OrderRequest, account: Account | None, lookup: Lookup) -> Sku | None:
    held = {one.sku_id for one in account.licenses} if account else set()
    if not request.license:
        return None
    sku = find_sku(request.license, lookup.skus)
    if not sku.mailbox_plans:
        raise BadOrder(
            say("{license} has no Exchange Online mailbox plan, so it cannot give anyone a mailbox.", license=sku.name)
        )
    if sku.capability_status not in ("Enabled", "Warning"):
        raise BadOrder(
            say(
                "The subscription {license} is {status}. Renew it, or name another license.",
                license=sku.name,
                status=sku.capability_status.lower(),
            )
        )
    if sku.id not in held and sku.free == 0:
        raise BadOrder(all_in_use(sku, [other for other in mailbox_skus(lookup.skus) if other.free]))
    return sku


def _missing(request: OrderRequest, sku: Sku | None, account: Account | None, skus: tuple[Sku, ...]) -> tuple[str, ...]:
    needs = {
        "display_name": not request.display_name,
        "usage_location": not request.usage_location,
        "license": sku is None and not (account and _has_mailbox_license(account, skus)),
    }
    return tuple(field for field, is_missing in needs.items() if is_missing)


def _has_mailbox_license(account: Account, skus: tuple[Sku, ...]) -> bool:
    """By its plans, or by a license so fresh that `assignedPlans` does not show it yet."""
    if account.mailbox_plan:
        return True
    by_id = {sku.id: sku for sku in skus}
    return any(
        plan.id not in held.disabled_plans
        for held in account.licenses
        if held.sku_id in by_id
        for plan in by_id[held.sku_id].mailbox_plans
    )


def _order(request: OrderRequest, sku: Sku | None, lookup: Lookup) -> Order:
    manager = lookup.manager if request.manager else None
    return Order(
        upn=lookup.account.upn if lookup.account else request.upn,
        display_name=request.display_name,
        usage_location=request.usage_location,
        license=sku.id if sku else "",
        license_name=sku.name if sku else "",
        manager_id=manager.id if manager else "",
        manager_upn=manager.upn if manager else "",
        manager_name=manager.display_name if manager else "",
        department=request.department,
        restore_id=lookup.deleted.id if lookup.account is None and request.restore and lookup.deleted else "",
    )


def _called(name: str, skus: tuple[Sku, ...]) -> tuple[Sku, ...]:
    """Those whose names have every word of `name`."""
    wanted = {_squash(word) for word in name.split()} - {""}
    return tuple(sku for sku in skus if wanted and wanted <= _words(sku))


def _words(sku: Sku) -> set[str]:
    text = f"{sku.part_number.replace('_', ' ')} {sku.name}"
    return {_squash(word) for word in text.split()}


def _squash(text: str) -> str:
    return "".join(ch for ch in text.lower() if ch.isalnum() or ch == "-")
