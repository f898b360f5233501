"""Licenses that Entra could not apply: `licenseAssignmentStates[].error`, or what assignLicense answered.

learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems tells what each error means.
"""

from provisioning.causes import found
from provisioning.checks.check import evidence
from provisioning.directory import Account, LicenseState, Snapshot
from provisioning.findings import Finding
from provisioning.fixes import fixes
from provisioning.recipients import Operation
from provisioning.signs import failed_states, is_entitled, is_ready, mailbox_plan_ids, member, refusal, sku_name
from provisioning.words import say


def not_sold_there(snapshot: Snapshot) -> Finding | None:
    state = refused_state(snapshot, "ProhibitedInUsageLocationViolation")
    account = member(snapshot)
    if account is None or state is None:
        return None
    name = sku_name(snapshot, state.sku_id)
    sentence = (
        say(
            "{license} is not offered in {country}. Correct the country, or use another license.",
            license=name,
            country=account.usage_location,
        )
        if account.usage_location
        else say(
            "{license} is not offered in the usage location. Correct the country, or use another license.",
            license=name,
        )
    )
    return found(
        "C11",
        sentence,
        evidence(*state_evidence(state), ("usageLocation", account.usage_location)),
        fixes(snapshot, "set-usage-location", "choose-other-license"),
    )


def conflicting_licenses(snapshot: Snapshot) -> Finding | None:
    state, account = refused_state(snapshot, "MutuallyExclusiveViolation"), member(snapshot)
    said = _assign_said(snapshot, "mutually exclusive", "conflicts with")
    if account is None or not (state or said):
        return None
    return found(
        "C14",
        say("Two Exchange plans of {upn} exclude each other. Decide which license's mailbox stays.", upn=account.upn),
        evidence(*(state_evidence(state) if state else ()), *(("assignLicense", text) for text in said)),
        fixes(snapshot, "swap-conflicting-licenses"),
    )


def missing_dependent_plan(snapshot: Snapshot) -> Finding | None:
    state, account = refused_state(snapshot, "DependencyViolation"), member(snapshot)
    said = _assign_said(snapshot, "depends on the service plan")
    if account is None or not (state or said):
        return None
    return found(
        "C15",
        say(
            "A plan of the license of {upn} needs another plan that is off or missing. Switch on all plans.",
            upn=account.upn,
        ),
        evidence(*(state_evidence(state) if state else ()), *(("assignLicense", text) for text in said)),
        fixes(snapshot, "enable-all-plans"),
    )


def address_not_unique(snapshot: Snapshot) -> Finding | None:
    account, state = member(snapshot), refused_state(snapshot, "UniquenessViolation")
    if account is None or state is None:
        return None
    return found(
        "C16",
        say(
            "The license of {upn} cannot be applied: one of the addresses is in use elsewhere. Free it.",
            upn=account.upn,
        ),
        evidence(*state_evidence(state), ("proxyAddresses", account.proxy_addresses)),
        fixes(snapshot, "release-address", *(("reprocess-group-license",) if is_by_group(state) else ("re-check",))),
    )


def group_license_blocked(snapshot: Snapshot) -> Finding | None:
    account, state = member(snapshot), refused_state(snapshot, "Other")
    if account is None or state is None:
        return None
    siblings = _siblings(account, state)
    blocked = "; ".join(f"{sku_name(snapshot, one.sku_id)}: {one.error}" for one in siblings) or say("not said")
    return found(
        "C17",
        say(
            "The group gives {upn} no license at all because another product of it fails ({errors}). Solve that.",
            upn=account.upn,
            errors=blocked,
        ),
        evidence(*state_evidence(state), *(item for one in siblings for item in state_evidence(one))),
        fixes(snapshot, "fix-sibling-license", "reprocess-group-license"),
    )


def refused_state(snapshot: Snapshot, error: str) -> LicenseState | None:
    """Of licenses that bring a mailbox; where the mailbox works, only of those that certainly do."""
    states = failed_states(snapshot, error)
    if is_ready(snapshot):
        states = tuple(state for state in states if mailbox_plan_ids(snapshot, state.sku_id))
    return next(iter(states), None)


def is_by_group(state: LicenseState | None) -> bool:
    return bool(state and state.assigned_by_group)


def state_evidence(state: LicenseState) -> tuple[tuple[str, object], ...]:
    group = (("licenseAssignmentStates.assignedByGroup", state.assigned_by_group),) if state.assigned_by_group else ()
    return (("licenseAssignmentStates.error", f"{state.error} ({state.state}, SKU {state.sku_id})"), *group)


def _siblings(account: Account, state: LicenseState) -> tuple[LicenseState, ...]:
    same_group = (one for one in account.license_states if one.assigned_by_group == state.assigned_by_group)
    return tuple(one for one in same_group if one.error not in ("", "Other") and one.assigned_by_group)


def _assign_said(snapshot: Snapshot, *texts: str) -> tuple[str, ...]:
    """What Graph said to the last assignLicense, if it is one of these and the license is still missing."""
    attempt = refusal(snapshot, Operation.ASSIGN)
    if attempt is None or is_ready(snapshot) or is_entitled(snapshot):
        return ()
    return (attempt.trace.message,) if any(text in attempt.trace.message for text in texts) else ()
