"""What a snapshot shows at a glance: is the mailbox there, what is licensed, since when, what stands in the way. Pure.

The checks and the fixes read the snapshot through these, so that both mean the same by "licensed".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from provisioning.directory import (
    MAILBOX_PLANS,
    Account,
    AssignedLicense,
    LicenseState,
    ProbeResult,
    Sku,
    Snapshot,
)
from provisioning.recipients import Attempt, Operation
from provisioning.words import say

SERVING = ("Enabled", "Warning")  # Warning is the grace period: everything still works
STRENGTH = ("ENTERPRISE", "STANDARD_MIDMARKET", "STANDARD", "ESSENTIALS", "DESKLESS")  # strongest first


def is_ready(snapshot: Snapshot) -> bool:
    return snapshot.mailbox is not None and snapshot.mailbox.result is ProbeResult.READY


def is_stuck(snapshot: Snapshot) -> bool:
    """Graph says that the mailbox is not there. An unreadable mailbox is not stuck."""
    return snapshot.mailbox is not None and snapshot.mailbox.result is ProbeResult.NOT_READY


def member(snapshot: Snapshot) -> Account | None:
    """The account, unless it is a guest: guests get no mailbox, so nothing else matters."""
    account = snapshot.account
    return None if account is None or account.is_guest else account


def unserved(snapshot: Snapshot) -> Account | None:
    """The member whose mailbox does not answer, or could not be asked."""
    return None if is_ready(snapshot) else member(snapshot)


def stuck(snapshot: Snapshot) -> Account | None:
    return member(snapshot) if is_stuck(snapshot) else None


def sku_by_id(snapshot: Snapshot, sku_id: str) -> Sku | None:
    return next((sku for sku in snapshot.skus or () if sku.id == sku_id), None)


def sku_name(snapshot: Snapshot, sku_id: str) -> str:
    sku = sku_by_id(snapshot, sku_id)
    return sku.name if sku else say("the license {id}", id=sku_id)


def mailbox_plan_ids(snapshot: Snapshot, sku_id: str) -> tuple[str, ...]:
    sku = sku_by_id(snapshot, sku_id)
    return tuple(plan.id for plan in sku.mailbox_plans) if sku else ()


def enabled_plan(snapshot: Snapshot, held: AssignedLicense) -> str:
    """The mailbox plan that the held license has switched on, or ""."""
    plans = (plan for plan in mailbox_plan_ids(snapshot, held.sku_id) if plan not in held.disabled_plans)
    return next(plans, "")


def serving_license(snapshot: Snapshot) -> AssignedLicense | None:
    """A held license with a mailbox plan that is switched on."""
    held = snapshot.account.licenses if snapshot.account else ()
    return next((one for one in held if enabled_plan(snapshot, one)), None)


def is_entitled(snapshot: Snapshot) -> bool:
    """A mailbox plan is on: by a held license, or as Graph already shows it among the assigned plans."""
    account = snapshot.account
    return account is not None and (account.mailbox_plan is not None or serving_license(snapshot) is not None)


def switched_off(snapshot: Snapshot) -> tuple[AssignedLicense, ...]:
    """Held licenses that bring a mailbox plan, with all of these plans switched off."""
    account = snapshot.account
    if account is None:
        return ()
    return tuple(one for one in account.licenses if _off_plans(one) and not enabled_plan(snapshot, one))


def _off_plans(held: AssignedLicense) -> Iterable[str]:
    """Known by the plan's own id even where the tenant's licenses could not be read."""
    return [plan for plan in held.disabled_plans if plan in MAILBOX_PLANS]


def failed_states(snapshot: Snapshot, error: str = "") -> tuple[LicenseState, ...]:
    """Assignments in error of licenses that bring a mailbox, or may do so."""
    account = snapshot.account
    if account is None:
        return ()
    return tuple(
        state
        for state in account.license_states
        if state.error and error in ("", state.error) and _may_bring_mailbox(snapshot, state.sku_id)
    )


def _may_bring_mailbox(snapshot: Snapshot, sku_id: str) -> bool:
    """A license that could not be looked up counts only for a user whom no other license serves."""
    sku = sku_by_id(snapshot, sku_id)
    return bool(sku.mailbox_plans) if sku else not is_entitled(snapshot)


def direct_state(account: Account, sku_id: str) -> bool:
    """Is the license assigned to the user directly, as far as Graph says? Without states it is taken for direct."""
    states = [state for state in account.license_states if state.sku_id == sku_id]
    return not states or any(not state.assigned_by_group for state in states)


def group_of(account: Account, sku_id: str) -> str:
    """The group that assigns the license, or ""."""
    states = (state for state in account.license_states if state.sku_id == sku_id)
    return next((state.assigned_by_group for state in states if state.assigned_by_group), "")


def licensed_since(snapshot: Snapshot) -> datetime | None:
    """When the mailbox plan came: the license's last change, else the plan's, else the account's creation."""
    account = snapshot.account
    if account is None:
        return None
    ids = {held.sku_id for held in account.licenses if enabled_plan(snapshot, held)}
    times = [s.updated_at for s in account.license_states if s.sku_id in ids and s.updated_at and not s.error]
    if times:
        return max(times)
    plan = account.mailbox_plan
    return (plan.assigned_at if plan else None) or account.created_at


def waiting(snapshot: Snapshot) -> timedelta:
    """How long the licensed user has been without a mailbox; zero where nothing tells."""
    since = licensed_since(snapshot)
    return max(timedelta(), snapshot.taken_at - since) if since else timedelta()


def strength(plan_id: str) -> int:
    """0 is the plan that offers most; an unknown plan comes last."""
    name = MAILBOX_PLANS.get(plan_id, "").removesuffix("_GOV")
    return next((rank for rank, part in enumerate(STRENGTH) if name.endswith(part)), len(STRENGTH))


def refusal(snapshot: Snapshot, operation: Operation) -> Attempt | None:
    """The last attempt of this kind, if Graph refused it."""
    last = next((one for one in reversed(snapshot.attempts) if one.operation is operation), None)
    return last if last and last.is_refused else None
