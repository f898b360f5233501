"""Fixes that Microsoft Graph can do: what stands on the button, and what it will change, in one sentence."""

from provisioning.addresses import proper_nickname
from provisioning.directory import Snapshot
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.account_plans import free_name
from provisioning.fixes.license_plans import removal_risk
from provisioning.fixes.scripts import name_of
from provisioning.signs import direct_state, group_of, sku_name, switched_off
from provisioning.words import say


def assign_license(snapshot: Snapshot) -> Fix:
    changes = say(
        "{user} gets a license with a mailbox: one seat is used, and the mailbox is prepared.", user=name_of(snapshot)
    )
    return _fix("assign-license", say("Assign a license"), Risk.REVERSIBLE, changes)


def reassign_license(snapshot: Snapshot) -> Fix:
    changes = say(
        "The license of {user} is removed, then assigned again with the same plans; "
        "in between all of its services stop, and a mailbox that exists is disconnected.",
        user=name_of(snapshot),
    )
    return _fix("reassign-license", say("Reassign the license"), removal_risk(snapshot), changes)


def enable_exchange_plan(snapshot: Snapshot) -> Fix:
    off, account = switched_off(snapshot), snapshot.account
    if off and account and not direct_state(account, off[0].sku_id):
        changes = say(
            "The Exchange plan in {license} is switched on for every member of the group {group}; all of them get a "
            "mailbox.",
            license=sku_name(snapshot, off[0].sku_id),
            group=group_of(account, off[0].sku_id),
        )
        return _fix("enable-exchange-plan", say("Switch on the Exchange plan for the group"), Risk.MAIL_FLOW, changes)
    changes = say(
        "The Exchange plan of {user} is switched on; all other plans stay as they are.", user=name_of(snapshot)
    )
    return _fix("enable-exchange-plan", say("Switch on the Exchange plan"), Risk.REVERSIBLE, changes)


def enable_all_plans(snapshot: Snapshot) -> Fix:
    changes = say(
        "Every plan of the license of {user} is switched on, also those that were switched off.",
        user=name_of(snapshot),
    )
    return _fix("enable-all-plans", say("Switch on all plans"), Risk.REVERSIBLE, changes)


def set_usage_location(snapshot: Snapshot) -> Fix:
    changes = say("The usage location of {user} is set to the country that you choose.", user=name_of(snapshot))
    return _fix("set-usage-location", say("Set the usage location"), Risk.REVERSIBLE, changes)


def swap_conflicting_licenses(snapshot: Snapshot) -> Fix:
    changes = say(
        "Of the two Exchange plans of {user}, the one that you choose stays on and the other goes off, "
        "in one call, so that the mailbox is never without a license.",
        user=name_of(snapshot),
    )
    return _fix("swap-conflicting-licenses", say("Keep one Exchange plan"), Risk.MAIL_FLOW, changes)


def reprocess_group_license(snapshot: Snapshot) -> Fix:
    changes = say(
        "Microsoft 365 evaluates all group licenses of {user} again; nothing else changes.", user=name_of(snapshot)
    )
    return _fix("reprocess-group-license", say("Reprocess group licenses"), Risk.REVERSIBLE, changes)


def retry_provisioning(snapshot: Snapshot) -> Fix:
    changes = say(
        "Microsoft 365 sends {user} to Exchange again; nothing on the account changes.", user=name_of(snapshot)
    )
    return _fix("retry-provisioning", say("Retry provisioning"), Risk.REVERSIBLE, changes)


def restore_account(_: Snapshot) -> Fix:
    changes = say(
        "The deleted account comes back from the recycle bin with its mailbox, licenses and group memberships."
    )
    return _fix("restore-account", say("Restore the account"), Risk.REVERSIBLE, changes)


def purge_deleted(_: Snapshot) -> Fix:
    changes = say(
        "The deleted account is removed from the recycle bin for good: its addresses become free, "
        "and neither the account nor what it owned can be restored."
    )
    return _fix("purge-deleted", say("Delete for good"), Risk.DATA_LOSS, changes)


def correct_mail_nickname(snapshot: Snapshot) -> Fix:
    nickname = proper_nickname(snapshot.account) if snapshot.account else ""
    changes = say(
        "mailNickname of {user} becomes “{nickname}”; mail keeps its addresses.",
        user=name_of(snapshot),
        nickname=nickname,
    )
    return _fix("correct-mail-nickname", say("Correct the mail nickname"), Risk.REVERSIBLE, changes)


def use_free_name(snapshot: Snapshot) -> Fix:
    changes = say("A new account is ordered as {upn}; whoever holds the other name keeps it.", upn=free_name(snapshot))
    return _fix("use-free-name", say("Use a free name"), Risk.REVERSIBLE, changes)


def recreate_mailbox(snapshot: Snapshot) -> Fix:
    risk = removal_risk(snapshot)
    consequence = (
        say("No mailbox answers now, so nothing is lost.")
        if risk is Risk.REVERSIBLE
        else say(
            "The mailbox is disconnected in between, and mail to it is returned; within 30 days the same mailbox "
            "is connected again, later its content is gone."
        )
    )
    changes = say(
        "The Exchange plan of {user} is switched off and, once the mailbox is gone, on again.", user=name_of(snapshot)
    )
    return _fix("recreate-mailbox", say("Recreate the mailbox"), risk, f"{changes} {consequence}")


def re_check(snapshot: Snapshot) -> Fix:
    changes = say("Mailroom reads everything about {user} again; nothing is changed.", user=name_of(snapshot))
    return _fix("re-check", say("Check again"), Risk.NONE, changes)


def _fix(fix_id: str, title: str, risk: Risk, changes: str) -> Fix:
    return Fix(fix_id, title, FixKind.GRAPH, risk, changes)
