"""Licenses: none, the wrong one, switched off, not active, suspended, taken away."""

from datetime import timedelta

from sandbox.causes.people import give, license_by_group, subscribe, switch_off
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant import audit
from sandbox.tenant.catalogue import (
    BUSINESS_BASIC,
    EXCHANGE_DESKLESS,
    EXCHANGE_ENTERPRISE,
    EXCHANGE_PLAN_2,
    EXCHANGE_STANDARD,
    OFFICE_365_E1,
    OFFICE_365_E3,
    OFFICE_365_F3,
    POWER_AUTOMATE_FREE,
)
from sandbox.tenant.users import HeldLicense, PlanRecord, User

LATELY = timedelta(days=5)


@cause(
    "no-license", "nora.lind@contoso.com", "Nora Lind", ["C05"], ["assign-license"], license=None, aspects=("license",)
)
def no_license(_: World, __: User) -> None:
    """No license at all."""


@cause(
    "license-without-mailbox",
    "emil.novak@contoso.com",
    "Emil Novak",
    ["C06"],
    ["assign-license"],
    license=None,
    aspects=("license",),
)
def license_without_mailbox(world: World, user: User) -> None:
    """The only license, Power Automate Free, has EXCHANGE_S_FOUNDATION, which is no mailbox."""
    give(world.tenant, user, POWER_AUTOMATE_FREE, timedelta(days=20))


@cause(
    "exchange-plan-off",
    "priya.nair@contoso.com",
    "Priya Nair",
    ["C07"],
    ["enable-exchange-plan"],
    stamped=False,
    aspects=("license",),
)
def exchange_plan_off(_: World, user: User) -> None:
    """The Exchange plan is switched off in the user's own license, and Sway with it."""
    switch_off(user, OFFICE_365_E3, EXCHANGE_ENTERPRISE.id)
    switch_off(user, OFFICE_365_E3, next(plan.id for plan in OFFICE_365_E3.plans if plan.name == "SWAY"))


@cause(
    "exchange-plan-off-in-group",
    "omar.farouk@contoso.com",
    "Omar Farouk",
    ["C07"],
    ["enable-exchange-plan"],
    license=None,
    aspects=("license",),
)
def exchange_plan_off_in_group(world: World, user: User) -> None:
    """The group that assigns the license has the Exchange plan switched off."""
    subscribe(world.tenant, OFFICE_365_E1).enabled += 1
    licenses = {OFFICE_365_E1.sku_id: (EXCHANGE_STANDARD.id,)}
    license_by_group(world.tenant, user, "License E1 without mail", licenses, timedelta(days=2))


@cause(
    "plan-pending-activation",
    "yuki.tanaka@contoso.com",
    "Yuki Tanaka",
    ["C08"],
    ["activate-plan"],
    license=OFFICE_365_F3,
    aspects=("license",),
)
def plan_pending_activation(world: World, _: User) -> None:
    """The Exchange plan of Office 365 F3 was never activated in the tenant."""
    subscribe(world.tenant, OFFICE_365_F3).plan_status = {EXCHANGE_DESKLESS.id: "PendingActivation"}


@cause(
    "plan-pending-provisioning",
    "luis.ortega@contoso.com",
    "Luis Ortega",
    ["C08"],
    ["activate-plan"],
    license=BUSINESS_BASIC,
    aspects=("license",),
)
def plan_pending_provisioning(world: World, _: User) -> None:
    """Microsoft has not set Exchange up yet for the new subscription of Business Basic."""
    subscribe(world.tenant, BUSINESS_BASIC).plan_status = {EXCHANGE_STANDARD.id: "PendingProvisioning"}


@cause(
    "no-usage-location", "marek.duda@contoso.com", "Marek Duda", ["C10"], ["set-usage-location"], aspects=("location",)
)
def no_usage_location(_: World, user: User) -> None:
    """Licensed, but the usage location is empty."""
    user.props["usageLocation"] = None


@cause(
    "no-location-no-license",
    "clara.bell@contoso.com",
    "Clara Bell",
    ["C10", "C05"],
    ["set-usage-location", "assign-license"],
    alternatives=(("assign-license",),),
    license=None,
)
def no_location_no_license(_: World, user: User) -> None:
    """Neither a license nor the usage location that one needs."""
    user.props["usageLocation"] = None


@cause(
    "license-suspended",
    "felix.braun@contoso.com",
    "Felix Braun",
    ["C13"],
    ["renew-subscription"],
    alternatives=(("assign-license",),),
    license=EXCHANGE_PLAN_2,
    aspects=("license",),
)
def license_suspended(world: World, _: User) -> None:
    """The subscription of Exchange Online (Plan 2) is suspended."""
    subscribe(world.tenant, EXCHANGE_PLAN_2).capability_status = "Suspended"


@cause(
    "license-removed-lately",
    "nadia.rahman@contoso.com",
    "Nadia Rahman",
    ["C41", "C05"],
    ["assign-license"],
    license=None,
    stamped=False,
    aspects=("license", "initial address", "domain"),
)
def license_removed_lately(world: World, user: User) -> None:
    """The license was taken away five days ago; the old mailbox waits for it."""
    gone = world.tenant.now() - LATELY
    before = {OFFICE_365_E3.sku_id: HeldLicense(OFFICE_365_E3.sku_id, gone - timedelta(days=90))}
    for plan in OFFICE_365_E3.plans:
        user.plans[plan.id] = PlanRecord(plan.id, plan.service, gone, enabled=False)
    alias = user.upn.partition("@")[0]
    user.props["mail"] = user.upn
    initial = world.tenant.organization.initial_domain
    user.props["proxyAddresses"] = [f"SMTP:{user.upn}", f"smtp:{alias}@{initial}"]
    user.mailbox.existed, user.mailbox.gone_at = True, gone + timedelta(minutes=10)
    audit.add_entry(world.tenant, user, before, {}, gone)
