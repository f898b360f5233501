"""Fixes that Microsoft Graph can do: what stands on the button, and what it will change, in one sentence."""

from provisioning.addresses import proper_nickname
from provisioning.directory import Snapshot
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.account_plans import free_name
from provisioning.fixes.license_plans import removal_risk
from provisioning.fixes.scripts import name_of
from provisioning.signs import direct_state, group_of, sku_name, switched_off


def assign_license(snapshot: Snapshot) -> Fix:
    changes = f"{name_of(snapshot)} gets a license with a mailbox: one seat is used, and the mailbox is prepared."
    return _fix("assign-license", "Assign a license", Risk.REVERSIBLE, changes)


def reassign_license(snapshot: Snapshot) -> Fix:
    changes = (
        f"The license of {name_of(snapshot)} is removed, then assigned again with the same plans; "
        "in between all of its services stop, and a mailbox that exists is disconnected."
    )
    return _fix("reassign-license", "Reassign the license", removal_risk(snapshot), changes)


def enable_exchange_plan(snapshot: Snapshot) -> Fix:
    off, account = switched_off(snapshot), snapshot.account
    if off and account and not direct_state(account, off[0].sku_id):
        group = group_of(account, off[0].sku_id)
        changes = (
            f"The Exchange plan in {sku_name(snapshot, off[0].sku_id)} is switched on for every member of the "
            f"group {group}; all of them get a mailbox."
        )
        return _fix("enable-exchange-plan", "Switch on the Exchange plan for the group", Risk.MAIL_FLOW, changes)
    changes = f"The Exchange plan of {name_of(snapshot)} is switched on; all other plans stay as they are."
    return _fix("enable-exchange-plan", "Switch on the Exchange plan", Risk.REVERSIBLE, changes)


def enable_all_plans(snapshot: Snapshot) -> Fix:
    changes = f"Every plan of the license of {name_of(snapshot)} is switched on, also those that were switched off."
    return _fix("enable-all-plans", "Switch on all plans", Risk.REVERSIBLE, changes)


def set_usage_location(snapshot: Snapshot) -> Fix:
    changes = f"The usage location of {name_of(snapshot)} is set to the country that you choose."
    return _fix("set-usage-location", "Set the usage location", Risk.REVERSIBLE, changes)


def swap_conflicting_licenses(snapshot: Snapshot) -> Fix:
    changes = (
        f"Of the two Exchange plans of {name_of(snapshot)}, the one that you choose stays on and the other goes off, "
        "in one call, so that the mailbox is never without a license."
    )
    return _fix("swap-conflicting-licenses", "Keep one Exchange plan", Risk.MAIL_FLOW, changes)


def reprocess_group_license(snapshot: Snapshot) -> Fix:
    changes = f"Microsoft 365 evaluates all group licenses of {name_of(snapshot)} again; nothing else changes."
    return _fix("reprocess-group-license", "Reprocess group licenses", Risk.REVERSIBLE, changes)


def retry_provisioning(snapshot: Snapshot) -> Fix:
    changes = f"Microsoft 365 sends {name_of(snapshot)} to Exchange again; nothing on the account changes."
    return _fix("retry-provisioning", "Retry provisioning", Risk.REVERSIBLE, changes)


def restore_account(_: Snapshot) -> Fix:
    changes = "The deleted account comes back from the recycle bin with its mailbox, licenses and group memberships."
    return _fix("restore-account", "Restore the account", Risk.REVERSIBLE, changes)


def purge_deleted(_: Snapshot) -> Fix:
    changes = (
        "The deleted account is removed from the recycle bin for good: its addresses become free, "
        "and neither the account nor what it owned can be restored."
    )
    return _fix("purge-deleted", "Delete for good", Risk.DATA_LOSS, changes)


def correct_mail_nickname(snapshot: Snapshot) -> Fix:
    nickname = proper_nickname(snapshot.account) if snapshot.account else ""
    changes = f"mailNickname of {name_of(snapshot)} becomes “{nickname}”; mail keeps its addresses."
    return _fix("correct-mail-nickname", "Correct the mail nickname", Risk.REVERSIBLE, changes)


def use_free_name(snapshot: Snapshot) -> Fix:
    changes = f"A new account is ordered as {free_name(snapshot)}; whoever holds the other name keeps it."
    return _fix("use-free-name", "Use a free name", Risk.REVERSIBLE, changes)


def recreate_mailbox(snapshot: Snapshot) -> Fix:
    risk = removal_risk(snapshot)
    consequence = (
        "No mailbox answers now, so nothing is lost."
        if risk is Risk.REVERSIBLE
        else "The mailbox is disconnected in between, and mail to it is returned; within 30 days the same mailbox "
        "is connected again, later its content is gone."
    )
    changes = f"The Exchange plan of {name_of(snapshot)} is switched off and, once the mailbox is gone, on again."
    return _fix("recreate-mailbox", "Recreate the mailbox", risk, f"{changes} {consequence}")


def re_check(snapshot: Snapshot) -> Fix:
    changes = f"Mailroom reads everything about {name_of(snapshot)} again; nothing is changed."
    return _fix("re-check", "Check again", Risk.NONE, changes)


def _fix(fix_id: str, title: str, risk: Risk, changes: str) -> Fix:
    return Fix(fix_id, title, FixKind.GRAPH, risk, changes)
