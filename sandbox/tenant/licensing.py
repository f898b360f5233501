"""assignLicense: what is refused, what changes, and what follows for seats, plans and the mailbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sandbox.failures import bad_request
from sandbox.tenant import audit, exchange
from sandbox.tenant.catalogue import MAILBOX_PLAN_IDS, Plan
from sandbox.tenant.effects import Effect
from sandbox.tenant.license_rules import Wanted, exclusive_plans, is_not_sold, missing_dependency
from sandbox.tenant.mailboxes import follow_plan
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import COMPUTED, HeldLicense, PlanRecord, User


def assign(tenant: Tenant, user: User, add: Wanted, remove: Iterable[str]) -> None:
    """Add SKUs (id -> disabled plans) and remove SKUs in one go, or refuse all of it."""
    removed = set(remove)
    _check(tenant, user, add, removed)
    now = tenant.now()
    before, listed = _held(user), user.in_force()
    for sku_id in removed:
        del user.licenses[sku_id]
    for sku_id, disabled in add.items():
        kept = user.licenses.get(sku_id)
        unchanged = kept and not kept.error and kept.disabled_plans == tuple(disabled)
        since = kept.since if kept and unchanged else now
        user.licenses[sku_id] = HeldLicense(sku_id, since, tuple(disabled))
    if _held(user) == before:
        return
    if any(before.get(sku_id) != held for sku_id, held in _held(user).items()):
        tenant.effects.count(user.upn, Effect.LICENSES_ASSIGNED)
    if removed:
        tenant.effects.count(user.upn, Effect.LICENSES_REMOVED)
    settle(tenant, user, now)
    audit.license_changed(tenant, user, listed)


def settle(tenant: Tenant, user: User, now: datetime) -> None:
    """Make seats, plans, addresses and mailbox follow the licenses that the user holds."""
    held = user.in_force()
    for sku_id, subscription in tenant.subscriptions.items():
        (subscription.holders.add if sku_id in held else subscription.holders.discard)(user.id)
    for name in (*COMPUTED, "licenseDetails"):
        user.raw.pop(name, None)
    _settle_plans(tenant, user, held, now)
    has_plan = has_mailbox_plan(user)
    follow_plan(user.mailbox, has_plan, now, tenant.rng, tenant.preparation)
    if not has_plan:
        user.exchange.plan_error = False
    exchange.look(tenant, user)


def has_mailbox_plan(user: User) -> bool:
    return any(record.enabled for plan_id, record in user.plans.items() if plan_id in MAILBOX_PLAN_IDS)


def plans_of(tenant: Tenant, held: HeldLicense) -> tuple[Plan, ...]:
    return tenant.subscriptions[held.sku_id].product.plans


def _held(user: User) -> dict[str, tuple[frozenset[str], str]]:
    return {sku_id: (frozenset(held.disabled_plans), held.error) for sku_id, held in user.licenses.items()}


def _check(tenant: Tenant, user: User, add: Wanted, removed: set[str]) -> None:
    for sku_id in (*add, *removed):
        if sku_id not in tenant.subscriptions:
            raise bad_request(f"License {sku_id} does not correspond to a valid company License.")
    for sku_id in removed:
        if sku_id not in user.licenses:
            raise bad_request("User does not have a corresponding license.")
    if add and not user.props.get("usageLocation"):
        raise bad_request("License assignment cannot be done for user with invalid usage location.")
    if add and is_not_sold(user):
        raise bad_request("License assignment failed because a service plan is prohibited in the usage location.")
    for sku_id, disabled in add.items():
        _check_addition(tenant, user, sku_id, disabled)
    _check_together(tenant, user, add, removed)


def _check_addition(tenant: Tenant, user: User, sku_id: str, disabled: Sequence[str]) -> None:
    subscription = tenant.subscriptions[sku_id]
    known = {plan.id for plan in subscription.product.plans}
    unknown = [plan_id for plan_id in disabled if plan_id not in known]
    if unknown:
        raise bad_request(f"Service plan {unknown[0]} is not part of license {sku_id}.")
    if user.id in subscription.holders:
        return
    if subscription.free == 0 or subscription.capability_status not in ("Enabled", "Warning"):
        raise bad_request(f"Subscription with SKU {sku_id} does not have any available licenses.")


def _check_together(tenant: Tenant, user: User, add: Wanted, removed: set[str]) -> None:
    """Only what is added can be at fault: taking a license away is never refused for those that stay."""
    after = dict(_after(user, add, removed))
    clash = exclusive_plans(tenant, after) if add else []
    if clash:
        raise bad_request(f"License assignment failed because service plans {', '.join(clash)} are mutually exclusive.")
    for plan, needs in missing_dependency(tenant, after).items() if add else ():
        raise bad_request(
            f"License assignment failed because service plan {plan} depends on the service plan(s) {', '.join(needs)}"
        )


def _after(user: User, add: Wanted, removed: set[str]) -> Mapping[str, Sequence[str]]:
    """What would be in force, group licenses included."""
    direct = {held.sku_id: held for held in user.licenses.values() if held.sku_id not in removed | add.keys()}
    left = User(user.id, user.props, user.visible_by_id_at, user.visible_by_name_at, direct, user.group_licenses)
    left.licenses.update({sku: HeldLicense(sku, user.visible_by_id_at, tuple(off)) for sku, off in add.items()})
    return {sku_id: held.disabled_plans for sku_id, held in left.in_force().items()}


def _settle_plans(tenant: Tenant, user: User, licenses: Mapping[str, HeldLicense], now: datetime) -> None:
    enabled: dict[str, bool] = {}
    services: dict[str, str] = {}
    for held in licenses.values():
        for plan in plans_of(tenant, held):
            enabled[plan.id] = enabled.get(plan.id, False) or plan.id not in held.disabled_plans
            services[plan.id] = plan.service
    for plan_id, is_on in enabled.items():
        known = user.plans.get(plan_id)
        if known is None or known.enabled != is_on:
            user.plans[plan_id] = PlanRecord(plan_id, services[plan_id], now, is_on)
    for plan_id, record in user.plans.items():
        if plan_id not in enabled and record.enabled:
            user.plans[plan_id] = PlanRecord(plan_id, record.service, now, enabled=False)
