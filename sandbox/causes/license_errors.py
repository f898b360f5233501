"""Licenses that Entra could not apply: errors of licenseAssignmentStates, by a group where Entra has them so."""

from datetime import timedelta

from sandbox.causes.people import contact, held_license, license_by_group, sam_of, subscribe, switch_off
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant.catalogue import (
    EXCHANGE_PLAN_1,
    OFFICE_365_E1,
    OFFICE_365_E3,
    POWER_BI_PRO,
    SHAREPOINT_ENTERPRISE,
)
from sandbox.tenant.license_rules import LicenseError
from sandbox.tenant.users import User

YESTERDAY = timedelta(hours=20)


@cause(
    "license-prohibited-in-location",
    "dario.rossi@contoso.com",
    "Dario Rossi",
    ["C11"],
    ["set-usage-location"],
    license=None,
    aspects=(
        "license",
        "location",
    ),
)
def prohibited_location(world: World, user: User) -> None:
    """The usage location says IR instead of IT: the group's license is not sold there."""
    user.props["usageLocation"] = "IR"
    _spare_seat(world)
    license_by_group(world.tenant, user, "License E1 for Rome", {OFFICE_365_E1.sku_id: ()}, YESTERDAY)


@cause(
    "no-seat-in-group",
    "ewa.kowalska@contoso.com",
    "Ewa Kowalska",
    ["C12"],
    ["buy-seats", "reprocess-group-license"],
    license=None,
    aspects=("license",),
)
def no_seat_in_group(world: World, user: User) -> None:
    """A group assigns Exchange Online (Plan 1), of which every seat is taken."""
    subscription = world.tenant.subscriptions[EXCHANGE_PLAN_1.sku_id]
    subscription.enabled = subscription.consumed
    license_by_group(world.tenant, user, "License Exchange Plan 1", {EXCHANGE_PLAN_1.sku_id: ()}, YESTERDAY)


@cause(
    "conflicting-licenses",
    "sofia.reyes@contoso.com",
    "Sofia Reyes",
    ["C14"],
    ["swap-conflicting-licenses"],
    license=OFFICE_365_E1,
    aspects=("license",),
)
def conflicting_licenses(world: World, user: User) -> None:
    """A group's Office 365 E3 clashes with the user's own E1; Exchange waits for the decision."""
    world.tenant.subscriptions[OFFICE_365_E3.sku_id].enabled += 1
    license_by_group(world.tenant, user, "License E3 for managers", {OFFICE_365_E3.sku_id: ()}, YESTERDAY)


@cause(
    "dependent-plan-off",
    "jonas.weber@contoso.com",
    "Jonas Weber",
    ["C15"],
    ["enable-all-plans"],
    stamped=False,
    aspects=("license",),
)
def dependent_plan_off(world: World, user: User) -> None:
    """Office for the web is on, SharePoint, which it needs, is off: the license is not in force."""
    held = held_license(user, OFFICE_365_E3)
    switch_off(user, OFFICE_365_E3, SHAREPOINT_ENTERPRISE.id)
    held.error = LicenseError.DEPENDENCY
    world.tenant.subscriptions[held.sku_id].holders.discard(user.id)
    user.plans.clear()
    user.mailbox.wanted_at = None


@cause(
    "license-address-not-unique",
    "amara.diallo@contoso.com",
    "Amara Diallo",
    ["C16"],
    ["release-address", "reprocess-group-license"],
    license=None,
    aspects=(
        "license",
        "address",
        "recycle bin",
    ),
)
def address_not_unique(world: World, user: User) -> None:
    """A mail contact has the user's address, so that the group's license is refused."""
    contact(world.tenant, f"{user.name} (agency)", f"{sam_of(user.upn)}@agency.example", user.upn)
    _spare_seat(world)
    license_by_group(world.tenant, user, "License E1 for Dakar", {OFFICE_365_E1.sku_id: ()}, YESTERDAY)


@cause(
    "sibling-license-failed",
    "victor.lange@contoso.com",
    "Victor Lange",
    ["C17"],
    ["fix-sibling-license", "reprocess-group-license"],
    license=None,
    aspects=("license",),
)
def sibling_failed(world: World, user: User) -> None:
    """The group also assigns Power BI Pro, which has no seat left, so that none of its licenses is assigned."""
    subscription = subscribe(world.tenant, POWER_BI_PRO)
    subscription.enabled, subscription.elsewhere = 3, 3
    _spare_seat(world)
    both = {OFFICE_365_E1.sku_id: (), POWER_BI_PRO.sku_id: ()}
    license_by_group(world.tenant, user, "License E1 and Power BI", both, YESTERDAY)


def _spare_seat(world: World) -> None:
    """Bought for this user, so that the others' seats do not run out."""
    world.tenant.subscriptions[OFFICE_365_E1.sku_id].enabled += 1
