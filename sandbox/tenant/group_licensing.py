"""Group-based licensing: all products of a group are assigned to a member together, or none of them."""

from collections.abc import Iterable

from sandbox.failures import bad_request
from sandbox.tenant import audit
from sandbox.tenant.license_rules import LicenseError, Wanted, error_of
from sandbox.tenant.licensing import settle
from sandbox.tenant.organization import Group
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import HeldLicense, User


def change(tenant: Tenant, group: Group, add: Wanted, remove: Iterable[str]) -> None:
    """What POST /groups/{id}/assignLicense does: the group changes, then every member is evaluated."""
    removed = set(remove)
    for sku_id in (*add, *removed):
        if sku_id not in tenant.subscriptions:
            raise bad_request(f"License {sku_id} does not correspond to a valid company License.")
    if removed - group.licenses.keys():
        raise bad_request("Group does not have a corresponding license.")
    kept = {sku_id: off for sku_id, off in group.licenses.items() if sku_id not in removed}
    group.licenses = {**kept, **{sku_id: tuple(off) for sku_id, off in add.items()}}
    for member in sorted(group.members):
        user = tenant.users.get(member)
        if user is not None:
            evaluate(tenant, user, group)


def reprocess(tenant: Tenant, user: User) -> None:
    """Every group that licenses the user is evaluated again."""
    for group in tenant.groups.values():
        if group.licenses and user.id in group.members:
            evaluate(tenant, user, group)


def evaluate(tenant: Tenant, user: User, group: Group) -> None:
    """One error is enough for none of the group's products to be assigned: the others then say Other."""
    before, now = user.in_force(), tenant.now()
    known = {key: held for key, held in user.group_licenses.items() if key[0] == group.id}
    for key in known:
        del user.group_licenses[key]
    wanted = group.licenses if user.id in group.members else {}
    errors = _errors(tenant, user, wanted)
    for sku_id, disabled in wanted.items():
        error = str(errors.get(sku_id) or (LicenseError.OTHER if errors else ""))
        new = HeldLicense(sku_id, now, tuple(disabled), group.id, error)
        old = known.get((group.id, sku_id))
        if old and (old.disabled_plans, old.error) == (new.disabled_plans, new.error):
            new = old
        user.group_licenses[(group.id, sku_id)] = new
    settle(tenant, user, now)
    if user.in_force() != before:
        audit.license_changed(tenant, user, before)


def _errors(tenant: Tenant, user: User, wanted: Wanted) -> dict[str, LicenseError]:
    others = {sku_id: held.disabled_plans for sku_id, held in user.in_force().items()}
    after = {**others, **wanted}
    found = ((sku_id, error_of(tenant, user, sku_id, after)) for sku_id in wanted)
    return {sku_id: error for sku_id, error in found if error}
