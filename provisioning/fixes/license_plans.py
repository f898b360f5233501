"""The writes of the fixes around licenses. Each change is one assignLicense call that leaves all other plans alone."""

from collections.abc import Iterable

from provisioning.directory import Account, AssignedLicense, LicenseState, Sku, Snapshot
from provisioning.errors import BadOrder
from provisioning.findings import Risk
from provisioning.fixes.account_plans import account_of, location_ask, location_step
from provisioning.fixes.steps import (
    Ask,
    AssignLicenses,
    ChangeGroupLicense,
    Choice,
    FixPlan,
    ReprocessLicenses,
    Step,
    Until,
    UpdateAccount,
    Wait,
    pick,
)
from provisioning.orders import mailbox_skus
from provisioning.signs import (
    direct_state,
    enabled_plan,
    failed_states,
    group_of,
    is_stuck,
    mailbox_plan_ids,
    serving_license,
    sku_by_id,
    sku_name,
    strength,
    switched_off,
)
from provisioning.words import say

PLAN_SECONDS = 15 * 60
MAILBOX_SECONDS = 60 * 60


def assign_license(snapshot: Snapshot, choice: Choice) -> FixPlan:
    account = account_of(snapshot)
    options = tuple(
        (sku.id, say("{license} ({seats} free)", license=sku.name, seats=sku.free))
        for sku in mailbox_skus(snapshot.skus or ())
        if sku.free
    )
    if not options:
        raise BadOrder(say("No license with a mailbox has a free seat. Buy or free one first."))
    license_ask = Ask("license", say("License"), options, options[0][0])
    sku_id, location = pick(choice, license_ask), account.usage_location or choice.get("usage_location", "").upper()
    asks = (() if sku_id else (license_ask,)) + (() if location else (location_ask(),))
    if asks:
        return FixPlan("assign-license", Risk.REVERSIBLE, asks=asks)
    kept = next((held.disabled_plans for held in account.licenses if held.sku_id == sku_id), ())
    added = AssignedLicense(sku_id, _without(kept, mailbox_plan_ids(snapshot, sku_id)))
    steps: list[Step] = []
    if not account.usage_location:
        says = location_step(account, location)
        steps.append(UpdateAccount(account.id, (("usageLocation", location),), says))
    says = say("Assign {license} to {upn}.", license=sku_name(snapshot, sku_id), upn=account.upn)
    steps.append(AssignLicenses(account.id, (added,), (), says))
    return FixPlan("assign-license", Risk.REVERSIBLE, tuple(steps))


def reassign_license(snapshot: Snapshot, _: Choice) -> FixPlan:
    """Off, save, on: two calls, because Graph refuses to remove and add one SKU in the same call."""
    account, held = _direct_mailbox_license(snapshot)
    name = sku_name(snapshot, held.sku_id)
    again = AssignedLicense(held.sku_id, _without(held.disabled_plans, mailbox_plan_ids(snapshot, held.sku_id)))
    steps = (
        AssignLicenses(
            account.id, (), (held.sku_id,), say("Remove {license} from {upn}.", license=name, upn=account.upn)
        ),
        _wait_for_plan_off(),
        AssignLicenses(
            account.id,
            (again,),
            (),
            say("Assign {license} again; the other plans stay switched as they are.", license=name),
        ),
    )
    return FixPlan("reassign-license", removal_risk(snapshot), steps)


def enable_exchange_plan(snapshot: Snapshot, _: Choice) -> FixPlan:
    account = account_of(snapshot)
    held = next(iter(switched_off(snapshot)), None)
    if held is None:
        raise BadOrder(say("No license of {upn} has its Exchange plan switched off.", upn=account.upn))
    name = sku_name(snapshot, held.sku_id)
    on = AssignedLicense(held.sku_id, _with_strongest(held.disabled_plans))
    if direct_state(account, held.sku_id):
        says = say("Switch on the Exchange plan in {license} of {upn}.", license=name, upn=account.upn)
        return FixPlan("enable-exchange-plan", Risk.REVERSIBLE, (AssignLicenses(account.id, (on,), (), says),))
    group = group_of(account, held.sku_id)
    state = next(s for s in account.license_states if s.sku_id == held.sku_id and s.assigned_by_group == group)
    for_all = AssignedLicense(held.sku_id, _with_strongest(state.disabled_plans or held.disabled_plans))
    says = say(
        "Switch on the Exchange plan in {license} for every member of the group {group}.", license=name, group=group
    )
    return FixPlan("enable-exchange-plan", Risk.MAIL_FLOW, (ChangeGroupLicense(group, (for_all,), says),))


def enable_all_plans(snapshot: Snapshot, _: Choice) -> FixPlan:
    """For a plan that lacks one it depends on."""
    account = account_of(snapshot)
    state = next(iter(failed_states(snapshot, "DependencyViolation")), None)
    held = next(iter(account.licenses), None)
    sku_id = state.sku_id if state else held.sku_id if held else ""
    if not sku_id:
        raise BadOrder(say("{upn} has no license whose plans could be switched on.", upn=account.upn))
    if not direct_state(account, sku_id):
        return reprocess_group_license(snapshot, {})
    says = say("Switch on every plan of {license} for {upn}.", license=sku_name(snapshot, sku_id), upn=account.upn)
    return FixPlan(
        "enable-all-plans", Risk.REVERSIBLE, (AssignLicenses(account.id, (AssignedLicense(sku_id),), (), says),)
    )


def swap_conflicting_licenses(snapshot: Snapshot, choice: Choice) -> FixPlan:
    """One call: the mailbox plan of one license goes on and that of the other off; the decision is the operator's."""
    account = account_of(snapshot)
    wanted, held = conflicting(snapshot)
    both = sorted((wanted.sku_id, held.sku_id), key=lambda sku_id: (_strength_of(snapshot, sku_id), sku_id))
    options = tuple((sku_id, sku_name(snapshot, sku_id)) for sku_id in both)
    ask = Ask("keep", say("License whose mailbox stays"), options, both[0])
    keep = pick(choice, ask)
    if not keep:
        return FixPlan("swap-conflicting-licenses", Risk.MAIL_FLOW, asks=(ask,))
    if not direct_state(account, held.sku_id) or (wanted.assigned_by_group and keep == held.sku_id):
        raise BadOrder(
            say("A group assigns the license that would have to change: change it on the group, then reprocess.")
        )
    changed = [_switched(snapshot, held, is_on=keep == held.sku_id)]
    if not wanted.assigned_by_group:
        fresh = AssignedLicense(wanted.sku_id, wanted.disabled_plans)
        changed.append(_switched(snapshot, fresh, is_on=keep == wanted.sku_id))
    says = say(
        "In one call, keep the mailbox of {license} and switch off the other Exchange plan.",
        license=sku_name(snapshot, keep),
    )
    steps: list[Step] = [AssignLicenses(account.id, tuple(changed), (), says)]
    if wanted.assigned_by_group:
        steps.append(ReprocessLicenses(account.id, say("Process the group's license again.")))
    return FixPlan("swap-conflicting-licenses", Risk.MAIL_FLOW, tuple(steps))


def reprocess_group_license(snapshot: Snapshot, _: Choice) -> FixPlan:
    account = account_of(snapshot)
    if not any(state.assigned_by_group for state in account.license_states):
        raise BadOrder(say("No group assigns a license to {upn}, so there is nothing to reprocess.", upn=account.upn))
    step = ReprocessLicenses(account.id, say("Process all group licenses of {upn} again.", upn=account.upn))
    return FixPlan("reprocess-group-license", Risk.REVERSIBLE, (step,))


def recreate_mailbox(snapshot: Snapshot, _: Choice) -> FixPlan:
    account, held = _direct_mailbox_license(snapshot)
    plans = mailbox_plan_ids(snapshot, held.sku_id)
    kept = _without(held.disabled_plans, plans)
    off = AssignedLicense(held.sku_id, tuple(sorted({*kept, *plans})))
    name = sku_name(snapshot, held.sku_id)
    says = say("Switch off the Exchange plan in {license} of {upn}.", license=name, upn=account.upn)
    on = AssignedLicense(held.sku_id, kept)
    steps = (
        AssignLicenses(account.id, (off,), (), says),
        _wait_for_plan_off(),
        Wait(Until.MAILBOX_GONE, MAILBOX_SECONDS, say("Wait until the mailbox no longer answers.")),
        AssignLicenses(account.id, (on,), (), say("Switch the Exchange plan on again.")),
    )
    return FixPlan("recreate-mailbox", removal_risk(snapshot), steps)


def _wait_for_plan_off() -> Wait:
    return Wait(Until.PLAN_OFF, PLAN_SECONDS, say("Wait until Microsoft 365 shows the Exchange plan as off."))


def removal_risk(snapshot: Snapshot) -> Risk:
    """Taking the plan away is harmless only where Graph says that there is no mailbox."""
    return Risk.REVERSIBLE if is_stuck(snapshot) else Risk.DATA_LOSS


def conflicting(snapshot: Snapshot) -> tuple[LicenseState, AssignedLicense]:
    """The assignment that was refused, and the held license whose mailbox plan it contradicts."""
    account = account_of(snapshot)
    refused = next(iter(failed_states(snapshot, "MutuallyExclusiveViolation")), None)
    others = [held for held in account.licenses if refused and held.sku_id != refused.sku_id]
    other = next((held for held in others if enabled_plan(snapshot, held)), None)
    if refused is None or other is None:
        raise BadOrder(
            say("Mailroom sees no two licenses of {upn} whose Exchange plans exclude each other.", upn=account.upn)
        )
    return refused, other


def _direct_mailbox_license(snapshot: Snapshot) -> tuple[Account, AssignedLicense]:
    account = account_of(snapshot)
    held = serving_license(snapshot) or next(iter(switched_off(snapshot)), None)
    if held is None and snapshot.skus is None:
        raise BadOrder(say("The licenses of the tenant could not be read, so Mailroom does not touch this one."))
    if held is None:
        raise BadOrder(say("{upn} has no license with a mailbox. Assign one.", upn=account.upn))
    if not direct_state(account, held.sku_id):
        raise BadOrder(
            say(
                "The group {group} assigns the license, so it cannot be taken off and on for one member.",
                group=group_of(account, held.sku_id),
            )
        )
    return account, held


def _switched(snapshot: Snapshot, held: AssignedLicense, *, is_on: bool) -> AssignedLicense:
    plans = mailbox_plan_ids(snapshot, held.sku_id)
    kept = _without(held.disabled_plans, plans)
    return AssignedLicense(held.sku_id, kept if is_on else tuple(sorted({*kept, *plans})))


def _with_strongest(disabled: Iterable[str]) -> tuple[str, ...]:
    """The disabled plans without the one that offers the best mailbox."""
    best = min(disabled, key=strength)
    return tuple(plan for plan in disabled if plan != best)


def _strength_of(snapshot: Snapshot, sku_id: str) -> int:
    sku: Sku | None = sku_by_id(snapshot, sku_id)
    return min((strength(plan.id) for plan in sku.mailbox_plans), default=99) if sku else 99


def _without(plans: Iterable[str], removed: Iterable[str]) -> tuple[str, ...]:
    gone = set(removed)
    return tuple(plan for plan in plans if plan not in gone)
