"""How a user looks in Graph: any documented property by its name, computed ones included."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sandbox.clock import timestamp
from sandbox.tenant import schema
from sandbox.tenant.catalogue import MAILBOX_PLAN_IDS
from sandbox.tenant.licensing import plans_of
from sandbox.tenant.mailboxes import MailboxState, state_of
from sandbox.tenant.organization import Subscription
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import HeldLicense, PlanRecord, User

Json = dict[str, Any]


def read(tenant: Tenant, user: User, name: str) -> Any:
    """The property's value as JSON; null or [] when it was never set."""
    if name in user.raw:
        return user.raw[name]
    computed = _COMPUTED.get(name)
    if computed is not None:
        return computed(tenant, user)
    value = user.props.get(name)
    if value is None:
        return [] if name in schema.COLLECTIONS else None
    return timestamp(value) if isinstance(value, datetime) else value


def view(tenant: Tenant, user: User, names: Iterable[str] = schema.DEFAULT_PROPERTIES) -> Json:
    return {name: read(tenant, user, name) for name in names}


def license_details(tenant: Tenant, user: User, held: HeldLicense) -> Json:
    """A licenseDetails object; its id is opaque."""
    product = tenant.subscriptions[held.sku_id].product
    plans = [
        {
            "servicePlanId": plan.id,
            "servicePlanName": plan.name,
            "provisioningStatus": _provisioning(tenant, user, plan.id, plan.id not in held.disabled_plans),
            "appliesTo": "User",
        }
        for plan in product.plans
    ]
    identity = (user.id + held.sku_id).replace("-", "")
    return {"id": identity, "skuId": product.sku_id, "skuPartNumber": product.part_number, "servicePlans": plans}


def _provisioning(tenant: Tenant, user: User, plan_id: str, is_on: bool) -> str:
    """Exchange confirms its plan only when the mailbox is there: PendingInput until then."""
    if not is_on:
        return "Disabled"
    if plan_id in MAILBOX_PLAN_IDS and user.exchange.plan_error:
        return "Error"
    inactive = [one.plan_status.get(plan_id, "") for one in _sources(tenant, user, plan_id)]
    if inactive and all(inactive):
        return inactive[0]
    waits = plan_id in MAILBOX_PLAN_IDS and state_of(user.mailbox, tenant.now()) is MailboxState.PREPARING
    return "PendingInput" if waits else "Success"


def _sources(tenant: Tenant, user: User, plan_id: str) -> list[Subscription]:
    """The subscriptions that bring the user this plan."""
    held = (one for one in user.in_force().values() if plan_id not in one.disabled_plans)
    found = (tenant.subscriptions[one.sku_id] for one in held)
    return [one for one in found if any(plan.id == plan_id for plan in one.product.plans)]


def _capability(tenant: Tenant, user: User, record: PlanRecord) -> str:
    """As good as the best subscription that brings the plan."""
    if not record.enabled:
        return "Deleted"
    statuses = {one.capability_status for one in _sources(tenant, user, record.plan_id)}
    return next(
        (status for status in ("Enabled", "Warning", "Suspended", "LockedOut") if status in statuses), "Enabled"
    )


def _assigned_licenses(_: Tenant, user: User) -> list[Json]:
    return [{"disabledPlans": list(held.disabled_plans), "skuId": held.sku_id} for held in user.in_force().values()]


def _assigned_plans(tenant: Tenant, user: User) -> list[Json]:
    return [
        {
            "assignedDateTime": timestamp(record.assigned_at),
            "capabilityStatus": _capability(tenant, user, record),
            "service": record.service,
            "servicePlanId": record.plan_id,
        }
        for record in user.plans.values()
    ]


def _provisioned_plans(tenant: Tenant, user: User) -> list[Json]:
    return [
        {
            "capabilityStatus": _capability(tenant, user, record),
            "provisioningStatus": _provisioning(tenant, user, record.plan_id, is_on=True),
            "service": record.service,
        }
        for record in user.plans.values()
        if record.enabled
    ]


def _license_states(tenant: Tenant, user: User) -> list[Json]:
    return [
        {
            "skuId": held.sku_id,
            "disabledPlans": [plan.id for plan in plans_of(tenant, held) if plan.id in held.disabled_plans],
            "assignedByGroup": held.group_id or None,
            "state": "Error" if held.error else "Active",
            "error": held.error or "None",
            "lastUpdatedDateTime": timestamp(held.since),
        }
        for held in user.all_licenses()
    ]


_COMPUTED: dict[str, Callable[[Tenant, User], Any]] = {
    "assignedLicenses": _assigned_licenses,
    "assignedPlans": _assigned_plans,
    "provisionedPlans": _provisioned_plans,
    "licenseAssignmentStates": _license_states,
}
