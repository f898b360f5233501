"""assignLicense: what is refused, what changes, and what follows for plans, addresses and the mailbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sandbox import people
from sandbox.failures import GraphFailure, bad_request
from sandbox.tenant.catalogue import EXCLUSIVE_PLANS, MAILBOX_PLAN_IDS, Plan
from sandbox.tenant.effects import Effect
from sandbox.tenant.mailboxes import follow_plan
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import HeldLicense, PlanRecord, User


def assign(tenant: Tenant, user: User, add: Mapping[str, Sequence[str]], remove: Iterable[str]) -> None:
    """Add SKUs (id -> disabled plans) and remove SKUs in one go, or refuse all of it."""
    removed = set(remove)
    _check(tenant, user, add, removed)
    now = tenant.now()
    before = _held(user)
    for sku_id in removed:
        del user.licenses[sku_id]
    for sku_id, disabled in add.items():
        kept = user.licenses.get(sku_id)
        since = kept.since if kept and kept.disabled_plans == tuple(disabled) else now
        user.licenses[sku_id] = HeldLicense(sku_id, since, tuple(disabled))
    if _held(user) == before:
        return
    if any(before.get(sku_id) != held for sku_id, held in _held(user).items()):
        tenant.effects.count(user.upn, Effect.LICENSES_ASSIGNED)
    if removed:
        tenant.effects.count(user.upn, Effect.LICENSES_REMOVED)
    settle(tenant, user, now)


def settle(tenant: Tenant, user: User, now: datetime) -> None:
    """Make seats, plans, addresses and mailbox follow the licenses that the user holds."""
    for sku_id, subscription in tenant.subscriptions.items():
        (subscription.holders.add if sku_id in user.licenses else subscription.holders.discard)(user.id)
    _settle_plans(tenant, user, now)
    has_plan = has_mailbox_plan(user)
    if has_plan:
        _settle_addresses(tenant, user)
    follow_plan(user.mailbox, has_plan, now, tenant.rng, tenant.preparation)


def has_mailbox_plan(user: User) -> bool:
    return any(record.enabled for plan_id, record in user.plans.items() if plan_id in MAILBOX_PLAN_IDS)


def plans_of(tenant: Tenant, held: HeldLicense) -> tuple[Plan, ...]:
    return tenant.subscriptions[held.sku_id].product.plans


def _held(user: User) -> dict[str, frozenset[str]]:
    return {sku_id: frozenset(held.disabled_plans) for sku_id, held in user.licenses.items()}


def _check(tenant: Tenant, user: User, add: Mapping[str, Sequence[str]], removed: set[str]) -> None:
    for sku_id in (*add, *removed):
        if sku_id not in tenant.subscriptions:
            raise bad_request(f"License {sku_id} does not correspond to a valid company License.")
    for sku_id in removed:
        if sku_id not in user.licenses:
            raise bad_request("User does not have a corresponding license.")
    if add and not user.props.get("usageLocation"):
        raise bad_request("License assignment cannot be done for user with invalid usage location.")
    for sku_id, disabled in add.items():
        _check_addition(tenant, user, sku_id, disabled)
    _check_exclusive(tenant, user, add, removed)


def _check_addition(tenant: Tenant, user: User, sku_id: str, disabled: Sequence[str]) -> None:
    subscription = tenant.subscriptions[sku_id]
    known = {plan.id for plan in subscription.product.plans}
    unknown = [plan_id for plan_id in disabled if plan_id not in known]
    if unknown:
        raise bad_request(f"Service plan {unknown[0]} is not part of license {sku_id}.")
    if sku_id in user.licenses:
        return
    if subscription.free == 0 or subscription.capability_status not in ("Enabled", "Warning"):
        raise bad_request(f"Subscription with SKU {sku_id} does not have any available licenses.")


def _check_exclusive(tenant: Tenant, user: User, add: Mapping[str, Sequence[str]], removed: set[str]) -> None:
    after = {sku_id: held.disabled_plans for sku_id, held in user.licenses.items() if sku_id not in removed}
    after.update({sku_id: tuple(disabled) for sku_id, disabled in add.items()})
    enabled = {
        plan.id
        for sku_id, disabled in after.items()
        for plan in tenant.subscriptions[sku_id].product.plans
        if plan.id not in disabled
    }
    clash = sorted(enabled & EXCLUSIVE_PLANS)
    if len(clash) > 1:
        raise _mutually_exclusive(clash)


def _mutually_exclusive(plan_ids: Sequence[str]) -> GraphFailure:
    return bad_request(f"License assignment failed because service plans {', '.join(plan_ids)} are mutually exclusive.")


def _settle_plans(tenant: Tenant, user: User, now: datetime) -> None:
    enabled: dict[str, bool] = {}
    services: dict[str, str] = {}
    for held in user.licenses.values():
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


def _settle_addresses(tenant: Tenant, user: User) -> None:
    """Licensing fills mail and proxyAddresses; an address that somebody else holds is left out."""
    if user.props.get("proxyAddresses"):
        return
    mail = user.props.get("mail") or user.upn
    initial = f"{user.props.get('mailNickname') or user.upn.partition('@')[0]}@{people.INITIAL_DOMAIN}"
    proxies = [f"SMTP:{mail}"]
    if initial.lower() != mail.lower() and not tenant.address_is_taken(initial, by_other_than=user.id):
        proxies.append(f"smtp:{initial}")
    user.props["mail"], user.props["proxyAddresses"] = mail, proxies
    tenant.users.reindex(user)
