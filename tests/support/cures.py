"""Every fix by its id, carried out on a sandbox tenant without HTTP, and whether a person's trouble is over."""

from collections.abc import Callable

from sandbox.causes import CAUSES, Cause
from sandbox.clock import Clock
from sandbox.cmdlets import CmdletRefused
from sandbox.failures import GraphFailure
from sandbox.faults import Faults
from sandbox.remedies import BY_HAND
from sandbox.situations import apply
from sandbox.tenant import accounts, exchange, group_licensing, licensing
from sandbox.tenant.catalogue import MAILBOX_PLAN_IDS, OFFICE_365_E1, OFFICE_365_E3
from sandbox.tenant.mailboxes import answers
from sandbox.tenant.state import Tenant
from sandbox.tenant.sync import catch_up
from sandbox.tenant.users import User

HOUR = 3600.0


def tenant_with(*names: str) -> Tenant:
    tenant = Tenant(Clock(speed=0.0))
    for name in names:
        apply(name, tenant, Faults())
    return tenant


def person(tenant: Tenant, cause: Cause) -> User | None:
    """By the id that the person had from the start, since some fixes change names."""
    named = [user for user in tenant.users if user.name == cause.display_name]
    return tenant.users.by_upn(cause.user) or (named[0] if named else None)


def is_well(tenant: Tenant, user: User | None) -> bool:
    """A mailbox that answers, of a person, and no open error anywhere."""
    if user is None or not answers(user.mailbox, tenant.now()) or user.mailbox.purpose != "user":
        return False
    errors = [one for one in user.props.get("serviceProvisioningErrors") or () if not one["isResolved"]]
    refused = [held for held in user.all_licenses() if held.error]
    return not errors and not refused and not user.props.get("onPremisesProvisioningErrors")


def do(tenant: Tenant, fix_id: str, cause: Cause) -> None:
    """Carry the fix out and let two hours pass; what is refused does nothing."""
    user = person(tenant, cause)
    try:
        if fix_id in BY_HAND:
            BY_HAND[fix_id](tenant, user.id if user else cause.user)
        elif fix_id in _BY_GRAPH:
            _BY_GRAPH[fix_id](tenant, user, cause)
    except (GraphFailure, CmdletRefused, LookupError, StopIteration, AssertionError):
        pass
    tenant.clock.advance(2 * HOUR)
    catch_up(tenant)


def _assign(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    if not user.props.get("usageLocation"):
        accounts.update(tenant, user, {"usageLocation": "US"})
    licensing.assign(tenant, user, {OFFICE_365_E3.sku_id: ()}, ())


def _reassign(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    sku_id = next(sku for sku in user.licenses if _mailbox_plans(tenant, sku))
    off = user.licenses[sku_id].disabled_plans
    licensing.assign(tenant, user, {}, [sku_id])
    tenant.clock.advance(HOUR)
    licensing.assign(tenant, user, {sku_id: off}, ())


def _recreate(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    sku_id = next(sku for sku in user.licenses if _mailbox_plans(tenant, sku))
    off = user.licenses[sku_id].disabled_plans
    licensing.assign(tenant, user, {sku_id: (*off, *_mailbox_plans(tenant, sku_id))}, ())
    tenant.clock.advance(HOUR)
    licensing.assign(tenant, user, {sku_id: off}, ())


def _enable_plan(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    for sku_id, held in list(user.licenses.items()):
        kept = tuple(plan for plan in held.disabled_plans if plan not in MAILBOX_PLAN_IDS)
        licensing.assign(tenant, user, {sku_id: kept}, ())
    for group_id, sku_id in list(user.group_licenses):
        group_licensing.change(tenant, tenant.groups[group_id], {sku_id: ()}, ())


def _enable_all(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    licensing.assign(tenant, user, {next(iter(user.licenses)): ()}, ())


def _locate(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    accounts.update(tenant, user, {"usageLocation": "IT"})
    group_licensing.reprocess(tenant, user)


def _swap(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    if OFFICE_365_E1.sku_id in user.licenses:
        weaker = _mailbox_plans(tenant, OFFICE_365_E1.sku_id)
        licensing.assign(tenant, user, {OFFICE_365_E1.sku_id: weaker}, ())
        group_licensing.reprocess(tenant, user)


def _reprocess(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    group_licensing.reprocess(tenant, user)


def _retry(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    exchange.listen(tenant, user)


def _restore(tenant: Tenant, _: User | None, cause: Cause) -> None:
    for one in list(tenant.deleted.values()):
        if accounts.original_upn(one) == cause.user:
            accounts.restore(tenant, one)


def _purge(tenant: Tenant, _: User | None, __: Cause) -> None:
    tenant.deleted.clear()


def _nickname(tenant: Tenant, user: User | None, _: Cause) -> None:
    assert user is not None
    accounts.update(tenant, user, {"mailNickname": user.upn.partition("@")[0]})


def _mailbox_plans(tenant: Tenant, sku_id: str) -> tuple[str, ...]:
    plans = tenant.subscriptions[sku_id].product.plans
    return tuple(plan.id for plan in plans if plan.id in MAILBOX_PLAN_IDS)


_BY_GRAPH: dict[str, Callable[[Tenant, User | None, Cause], None]] = {
    "assign-license": _assign,
    "reassign-license": _reassign,
    "recreate-mailbox": _recreate,
    "enable-exchange-plan": _enable_plan,
    "enable-all-plans": _enable_all,
    "set-usage-location": _locate,
    "swap-conflicting-licenses": _swap,
    "reprocess-group-license": _reprocess,
    "retry-provisioning": _retry,
    "restore-account": _restore,
    "purge-deleted": _purge,
    "correct-mail-nickname": _nickname,
}
FIX_IDS = (*_BY_GRAPH, *BY_HAND)
__all__ = ["CAUSES", "FIX_IDS", "do", "is_well", "person", "tenant_with"]
