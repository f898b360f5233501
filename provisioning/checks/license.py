"""Licenses: none, the wrong one, switched off, without seats, suspended, taken away, not active in the service."""

from datetime import datetime, timedelta

from provisioning.causes import found, likely
from provisioning.checks.check import evidence
from provisioning.checks.license_errors import is_by_group, refused_state, state_evidence
from provisioning.countries import COUNTRY_CODES
from provisioning.directory import MAILBOX_PLANS, Account, AssignedPlan, Snapshot
from provisioning.findings import Finding
from provisioning.fixes import fixes
from provisioning.orders import mailbox_skus
from provisioning.recipients import Operation
from provisioning.signs import (
    SERVING,
    enabled_plan,
    failed_states,
    is_entitled,
    is_ready,
    is_stuck,
    licensed_since,
    member,
    refusal,
    serving_license,
    sku_by_id,
    sku_name,
    stuck,
    switched_off,
    unserved,
    waiting,
)
from provisioning.waiting import LONGEST
from provisioning.words import say

RECONNECTS = timedelta(days=30)
SWITCHED_OVER = timedelta(hours=1)
NOT_ACTIVE = ("PendingActivation", "PendingProvisioning")  # PendingInput is normal: the service has yet to confirm


def no_license(snapshot: Snapshot) -> Finding | None:
    account = unserved(snapshot)
    if account is None or account.licenses or failed_states(snapshot) or account.mailbox_plan:
        return None
    if not is_stuck(snapshot) and not account.enabled:
        return None  # perhaps a shared mailbox, which needs no license; its mailbox could not be asked
    return found(
        "C05",
        say(
            "{upn} has no license, so there is nothing to prepare a mailbox for. Assign one with a mailbox.",
            upn=account.upn,
        ),
        evidence(("assignedLicenses", "[]")),
        fixes(snapshot, "assign-license"),
    )


def no_mailbox_in_license(snapshot: Snapshot) -> Finding | None:
    account = unserved(snapshot)
    if account is None or not account.licenses or is_entitled(snapshot) or failed_states(snapshot):
        return None
    if any(plan in MAILBOX_PLANS for held in account.licenses for plan in held.disabled_plans):
        return None
    skus = [sku_by_id(snapshot, held.sku_id) for held in account.licenses]
    if any(sku is None or sku.mailbox_plans for sku in skus):
        return None
    names = ", ".join(sku_name(snapshot, held.sku_id) for held in account.licenses)
    return found(
        "C06",
        say(
            "None of the licenses of {upn} has a mailbox ({licenses}). Assign one that has.",
            upn=account.upn,
            licenses=names,
        ),
        evidence(*(("subscribedSkus.servicePlans", [p.name for p in sku.plans]) for sku in skus if sku)),
        fixes(snapshot, "assign-license"),
    )


def exchange_plan_off(snapshot: Snapshot) -> Finding | None:
    account, off = unserved(snapshot), switched_off(snapshot)
    if account is None or not off or serving_license(snapshot):
        return None
    if snapshot.skus is None and account.mailbox_plan:
        return None  # another license, which could not be read, brings the plan
    plans = tuple(MAILBOX_PLANS[plan] for plan in off[0].disabled_plans if plan in MAILBOX_PLANS)
    return found(
        "C07",
        say(
            "The Exchange plan is switched off in {license} of {upn}. Switch it on.",
            license=sku_name(snapshot, off[0].sku_id),
            upn=account.upn,
        ),
        evidence(("assignedLicenses.disabledPlans", plans)),
        fixes(snapshot, "enable-exchange-plan"),
    )


def plan_not_activated(snapshot: Snapshot) -> Finding | None:
    account = stuck(snapshot)
    status = _plan_status(snapshot)
    if account is None or status not in NOT_ACTIVE:
        return None
    return found(
        "C08",
        say(
            "Exchange Online is not active for the plan of {upn} ({status}): an administrator has to activate it.",
            upn=account.upn,
            status=status,
        ),
        evidence(("provisioningStatus", status)),
        fixes(snapshot, "activate-plan", "re-check"),
    )


def plan_error(snapshot: Snapshot) -> Finding | None:
    account = stuck(snapshot)
    if account is None or _plan_status(snapshot) != "Error":
        return None
    return found(
        "C09",
        say(
            "Exchange reports an error for the plan of {upn}. Ask it to provision the user again.",
            upn=account.upn,
        ),
        evidence(("provisionedPlans.provisioningStatus", "Error")),
        fixes(snapshot, "retry-provisioning", "run-diagnostic", "reassign-license"),
    )


def no_usage_location(snapshot: Snapshot) -> Finding | None:
    account = unserved(snapshot)
    if account is None or account.usage_location.upper() in COUNTRY_CODES:
        return None
    if is_entitled(snapshot) and not is_stuck(snapshot):
        return None
    local = ("set-usage-location-on-premises",) if account.is_mastered_on_premises else ()
    sentence = (
        say(
            "The usage location of {upn} is not a country, and no license works without it. Set the country.",
            upn=account.upn,
        )
        if account.usage_location
        else say(
            "The usage location of {upn} is missing, and no license works without it. Set the country.",
            upn=account.upn,
        )
    )
    return found(
        "C10",
        sentence,
        evidence(("usageLocation", account.usage_location or "null")),
        fixes(snapshot, "set-usage-location", *local),
    )


def no_seats(snapshot: Snapshot) -> Finding | None:
    account, state = member(snapshot), refused_state(snapshot, "CountViolation")
    full = _full_skus(snapshot) if unserved(snapshot) and not is_entitled(snapshot) else ()
    attempt = refusal(snapshot, Operation.ASSIGN) if not is_entitled(snapshot) else None
    was_refused = attempt is not None and "available licenses" in attempt.trace.message
    if account is None or not (state or full or (was_refused and not is_ready(snapshot))):
        return None
    seats = tuple(("subscribedSkus.consumedUnits", text) for text in full)
    states = state_evidence(state) if state else ()
    said = (("assignLicense", attempt.trace.message),) if attempt and was_refused else ()
    again = ("reprocess-group-license",) if is_by_group(state) else ()
    return found(
        "C12",
        say("No seat is free for {upn}. Buy a seat, or free one.", upn=account.upn),
        evidence(*states, *seats, *said),
        fixes(snapshot, "buy-seats", "list-seat-holders", *again),
    )


def subscription_not_active(snapshot: Snapshot) -> Finding | None:
    account = unserved(snapshot)
    if account is None:
        return None
    held = [sku_by_id(snapshot, one.sku_id) for one in account.licenses if enabled_plan(snapshot, one)]
    skus = [sku for sku in held if sku]
    ended = bool(skus) and len(skus) == len(held) and not any(sku.capability_status in SERVING for sku in skus)
    plans = [p for p in account.plans if p.id in MAILBOX_PLANS and p.capability_status in ("Suspended", "LockedOut")]
    if not ended and (not plans or account.mailbox_plan):
        return None
    names = ", ".join(sku.name for sku in skus) or say("the license")
    return found(
        "C13",
        say(
            "The subscription of {upn} ({licenses}) is not active, so Exchange does not serve it. Renew it.",
            upn=account.upn,
            licenses=names,
        ),
        evidence(
            *(("subscribedSkus.capabilityStatus", f"{sku.name}: {sku.capability_status}") for sku in skus if ended),
            *(("assignedPlans.capabilityStatus", plan.capability_status) for plan in plans),
        ),
        fixes(snapshot, "renew-subscription", "assign-license"),
    )


def old_mailbox_waits(snapshot: Snapshot) -> Finding | None:
    """Within 30 days of losing its license a mailbox is connected again; afterwards it is gone."""
    account = unserved(snapshot)
    removed = _removed_at(snapshot, account) if account else None
    if account is None or removed is None or snapshot.taken_at - removed > RECONNECTS or failed_states(snapshot):
        return None
    if is_entitled(snapshot):
        return _reconnects(snapshot, removed, account.upn)
    return found(
        "C41",
        say(
            "The license of {upn} was removed on {day}, and the old mailbox is still there. Assign a license before "
            "{deadline}, or it is lost.",
            upn=account.upn,
            day=f"{removed:%Y-%m-%d}",
            deadline=f"{removed + RECONNECTS:%Y-%m-%d}",
        ),
        evidence(("assignedPlans.capabilityStatus", "Deleted"), (say("license removed"), f"{removed:%Y-%m-%d %H:%M}")),
        fixes(snapshot, "assign-license"),
    )


def _reconnects(snapshot: Snapshot, removed: datetime, upn: str) -> Finding | None:
    """The license is back, which does not say that there had been a mailbox: likely, and only for the first day.

    Off and on in one go, as a fix does it, disconnects nothing.
    """
    since = licensed_since(snapshot)
    if since is None or since - removed < SWITCHED_OVER or waiting(snapshot) >= LONGEST:
        return None
    return likely(
        "C41",
        say(
            "The license of {upn} was removed on {day} and is back; the old mailbox, if there was one, connects again "
            "by itself. Wait.",
            upn=upn,
            day=f"{removed:%Y-%m-%d}",
        ),
        evidence(
            (say("license removed"), f"{removed:%Y-%m-%d %H:%M}"), (say("licensed since"), f"{since:%Y-%m-%d %H:%M}")
        ),
        fixes(snapshot, "wait", "re-check"),
        say("Get-User shows UserMailbox as PreviousRecipientTypeDetails."),
    )


def _full_skus(snapshot: Snapshot) -> tuple[str, ...]:
    """Every license with a mailbox that the tenant has, if none of them has a seat left and nothing else failed."""
    skus = mailbox_skus(snapshot.skus or ())
    if not skus or any(sku.free for sku in skus) or switched_off(snapshot) or failed_states(snapshot):
        return ()
    return tuple(f"{sku.name}: {sku.consumed} of {sku.enabled}" for sku in skus)


def _plan_status(snapshot: Snapshot) -> str:
    """What holds the mailbox plan up: by its own status, else the service's for the user, else the tenant's."""
    account = snapshot.account
    if account is None or not is_entitled(snapshot):
        return ""
    own = [plan.provisioning_status for plan in snapshot.license_details or () if plan.id in MAILBOX_PLANS]
    service = [
        plan.provisioning_status
        for plan in account.provisioned_plans
        if plan.service.lower() == "exchange" and plan.capability_status in SERVING
    ]
    skus = (sku_by_id(snapshot, held.sku_id) for held in account.licenses if enabled_plan(snapshot, held))
    tenant = [plan.provisioning_status for sku in skus if sku for plan in sku.mailbox_plans]
    return _blocked(own) or _blocked(service) or _blocked(tenant)


def _blocked(statuses: list[str]) -> str:
    """An error counts whatever else there is; other services of Exchange may be pending without harm."""
    if "Error" in statuses:
        return "Error"
    return "" if "Success" in statuses else next((status for status in statuses if status in NOT_ACTIVE), "")


def _removed_at(snapshot: Snapshot, account: Account) -> datetime | None:
    """From the audit log, else from the plan that Graph shows as Deleted although no license has it switched off."""
    if snapshot.license_removed_at:
        return snapshot.license_removed_at
    if is_entitled(snapshot) or switched_off(snapshot):
        return None
    gone = (plan.assigned_at for plan in account.plans if plan.id in MAILBOX_PLANS and _is_deleted(plan))
    return max((at for at in gone if at), default=None)


def _is_deleted(plan: AssignedPlan) -> bool:
    return plan.capability_status == "Deleted"
