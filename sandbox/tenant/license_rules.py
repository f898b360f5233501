"""Which licenses cannot be given, and why: the errors of licenseAssignmentStates and the texts of a refused call.

learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems names the errors.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sandbox.tenant.catalogue import DEPENDS_ON, EXCLUSIVE_PLANS, MAILBOX_PLAN_IDS, NOT_SOLD_IN
from sandbox.tenant.exchange import contested
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

Wanted = Mapping[str, Sequence[str]]  # SKU id -> disabled plans


class LicenseError(StrEnum):
    COUNT = "CountViolation"
    EXCLUSIVE = "MutuallyExclusiveViolation"
    DEPENDENCY = "DependencyViolation"
    LOCATION = "ProhibitedInUsageLocationViolation"
    UNIQUENESS = "UniquenessViolation"
    OTHER = "Other"


def error_of(tenant: Tenant, user: User, sku_id: str, after: Wanted) -> LicenseError | None:
    """Why this SKU cannot be in force for the user, if `after` is all that the user then holds."""
    subscription = tenant.subscriptions[sku_id]
    if is_not_sold(user):
        return LicenseError.LOCATION
    if user.id not in subscription.holders and subscription.free == 0:
        return LicenseError.COUNT
    own = enabled_plans(tenant, {sku_id: after[sku_id]})
    if own & EXCLUSIVE_PLANS and exclusive_plans(tenant, after):
        return LicenseError.EXCLUSIVE
    if own & missing_dependency(tenant, after).keys():
        return LicenseError.DEPENDENCY
    if own & MAILBOX_PLAN_IDS and contested(tenant, user):
        return LicenseError.UNIQUENESS
    return None


def is_not_sold(user: User) -> bool:
    return user.props.get("usageLocation") in NOT_SOLD_IN


def enabled_plans(tenant: Tenant, wanted: Wanted) -> set[str]:
    return {
        plan.id
        for sku_id, disabled in wanted.items()
        for plan in tenant.subscriptions[sku_id].product.plans
        if plan.id not in disabled
    }


def exclusive_plans(tenant: Tenant, wanted: Wanted) -> list[str]:
    """The plans that exclude each other, or none."""
    clash = sorted(enabled_plans(tenant, wanted) & EXCLUSIVE_PLANS)
    return clash if len(clash) > 1 else []


def missing_dependency(tenant: Tenant, wanted: Wanted) -> dict[str, tuple[str, ...]]:
    """Enabled plans none of whose prerequisites is enabled, where the same licenses would offer one."""
    enabled = enabled_plans(tenant, wanted)
    offered = {plan.id for sku_id in wanted for plan in tenant.subscriptions[sku_id].product.plans}
    return {
        plan: tuple(need for need in needs if need in offered)
        for plan, needs in DEPENDS_ON.items()
        if plan in enabled and not enabled & set(needs) and offered & set(needs)
    }
