"""What assignLicense refuses and changes, for the Directory in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from provisioning.directory import Account, AssignedLicense, AssignedPlan, LicenseState, Sku
from provisioning.errors import GraphRejected, GraphTrace

Skus = dict[str, Sku]


def rejected(message: str) -> GraphRejected:
    trace = GraphTrace(status=400, code="Request_BadRequest", message=message)
    return GraphRejected(f"Microsoft Graph refused: {message}", trace)


def relicensed(
    account: Account, add: Sequence[AssignedLicense], remove: Iterable[str], skus: Skus, now: datetime
) -> Account:
    """The account afterwards; the seats in `skus` are counted. All of it is refused, or nothing."""
    held = {one.sku_id for one in account.licenses}
    removed = set(remove)
    _check(account, add, removed, held, skus)
    added = {one.sku_id for one in add}
    for sku_id in added - held:
        skus[sku_id] = replace(skus[sku_id], consumed=skus[sku_id].consumed + 1)
    for sku_id in removed - added:
        skus[sku_id] = replace(skus[sku_id], consumed=skus[sku_id].consumed - 1)
    kept = [one for one in account.licenses if one.sku_id not in removed | added]
    return _with_licenses(account, (*kept, *add), skus, now)


def licensed_by_group(
    account: Account, group_id: str, add: Sequence[AssignedLicense], skus: Skus, now: datetime
) -> Account:
    """As relicensed, with the group's name on the assignments."""
    changed = relicensed(account, add, (), skus, now)
    added = {one.sku_id for one in add}
    states = tuple(
        replace(state, assigned_by_group=group_id) if state.sku_id in added else state
        for state in changed.license_states
    )
    return replace(changed, license_states=states)


def _check(account: Account, add: Sequence[AssignedLicense], removed: set[str], held: set[str], skus: Skus) -> None:
    for sku_id in (*(one.sku_id for one in add), *removed):
        if sku_id not in skus:
            raise rejected(f"License {sku_id} does not correspond to a valid company License.")
    if removed - held:
        raise rejected("User does not have a corresponding license.")
    if add and not account.usage_location:
        raise rejected("License assignment cannot be done for user with invalid usage location.")
    for one in add:
        if one.sku_id not in held and skus[one.sku_id].free == 0:
            raise rejected(f"Subscription with SKU {one.sku_id} does not have any available licenses.")


def _with_licenses(account: Account, licenses: tuple[AssignedLicense, ...], skus: Skus, now: datetime) -> Account:
    plans = tuple(
        AssignedPlan(plan.id, "exchange" if plan.name.startswith("EXCHANGE") else plan.name, "Enabled", now)
        for one in licenses
        for plan in skus[one.sku_id].plans
        if plan.id not in one.disabled_plans
    )
    states = tuple(
        LicenseState(one.sku_id, "Active", disabled_plans=one.disabled_plans, updated_at=now) for one in licenses
    )
    return replace(account, licenses=licenses, plans=plans, license_states=states)
