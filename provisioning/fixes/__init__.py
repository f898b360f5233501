"""Every fix by its id: what it would change (`FIXES`), and the exact writes of those that Mailroom runs (`PLANNERS`).

To add one: a builder in graph_fixes, scripts or advice, its line here, and a planner where Graph can do it.
"""

from collections.abc import Callable, Iterable

from provisioning.directory import Snapshot
from provisioning.errors import BadOrder
from provisioning.findings import Fix
from provisioning.fixes import (
    account_plans,
    address_scripts,
    advice,
    directory_scripts,
    graph_fixes,
    license_plans,
    scripts,
)
from provisioning.fixes.steps import Choice, FixPlan, Planner
from provisioning.words import say

Builder = Callable[[Snapshot], Fix]

FIXES: dict[str, Builder] = {
    # Graph
    "assign-license": graph_fixes.assign_license,
    "reassign-license": graph_fixes.reassign_license,
    "enable-exchange-plan": graph_fixes.enable_exchange_plan,
    "enable-all-plans": graph_fixes.enable_all_plans,
    "set-usage-location": graph_fixes.set_usage_location,
    "swap-conflicting-licenses": graph_fixes.swap_conflicting_licenses,
    "reprocess-group-license": graph_fixes.reprocess_group_license,
    "retry-provisioning": graph_fixes.retry_provisioning,
    "restore-account": graph_fixes.restore_account,
    "purge-deleted": graph_fixes.purge_deleted,
    "correct-mail-nickname": graph_fixes.correct_mail_nickname,
    "use-free-name": graph_fixes.use_free_name,
    "recreate-mailbox": graph_fixes.recreate_mailbox,
    "re-check": graph_fixes.re_check,
    # PowerShell
    "resync-directory": scripts.resync_directory,
    "check-deletion-threshold": scripts.check_deletion_threshold,
    "run-diagnostic": scripts.run_diagnostic,
    "inspect-recipient": scripts.inspect_recipient,
    "enable-remote-mailbox": scripts.enable_remote_mailbox,
    "migrate-mailbox": scripts.migrate_mailbox,
    "clear-previous-mailbox": scripts.clear_previous_mailbox,
    "set-archive-guid": scripts.set_archive_guid,
    "correct-mail-nickname-on-premises": scripts.correct_nickname_on_premises,
    "release-address": address_scripts.release_address,
    "find-soft-deleted-mailbox": address_scripts.find_soft_deleted,
    "find-inactive-mailbox": address_scripts.find_inactive,
    "correct-in-directory": directory_scripts.correct_in_directory,
    "bring-into-scope": directory_scripts.bring_into_scope,
    "convert-mailbox-type": directory_scripts.convert_to_user_mailbox,
    "verify-domain": directory_scripts.verify_domain,
    "correct-name": directory_scripts.correct_name,
    "list-seat-holders": directory_scripts.list_seat_holders,
    "set-usage-location-on-premises": directory_scripts.set_location_on_premises,
    # Advice
    "wait": advice.wait,
    "contact-support": advice.contact_support,
    "clear-browser-cache": advice.clear_browser_cache,
    "watch-incident": advice.watch_incident,
    "buy-seats": advice.buy_seats,
    "renew-subscription": advice.renew_subscription,
    "activate-plan": advice.activate_plan,
    "rename-one": advice.free_address,
    "fix-sibling-license": advice.fix_sibling,
    "choose-other-license": advice.choose_other_license,
    "use-home-mailbox": advice.use_home_mailbox,
    "use-sign-in-name": advice.use_sign_in_name,
}

PLANNERS: dict[str, Planner] = {
    "assign-license": license_plans.assign_license,
    "reassign-license": license_plans.reassign_license,
    "enable-exchange-plan": license_plans.enable_exchange_plan,
    "enable-all-plans": license_plans.enable_all_plans,
    "swap-conflicting-licenses": license_plans.swap_conflicting_licenses,
    "reprocess-group-license": license_plans.reprocess_group_license,
    "recreate-mailbox": license_plans.recreate_mailbox,
    "set-usage-location": account_plans.set_usage_location,
    "retry-provisioning": account_plans.retry_provisioning,
    "restore-account": account_plans.restore_account,
    "purge-deleted": account_plans.purge_deleted,
    "correct-mail-nickname": account_plans.correct_mail_nickname,
    "use-free-name": account_plans.use_free_name,
    "resync-directory": account_plans.resync_directory,
    "re-check": account_plans.re_check,
}


def fix(fix_id: str, snapshot: Snapshot) -> Fix:
    return FIXES[fix_id](snapshot)


def fixes(snapshot: Snapshot, *fix_ids: str) -> tuple[Fix, ...]:
    """In this order, for a finding."""
    return tuple(FIXES[fix_id](snapshot) for fix_id in fix_ids)


def cure_of(offered: Iterable[Fix]) -> str:
    """The first of a finding's fixes by which Mailroom itself changes something; "" where there is none."""
    return next((one.id for one in offered if one.id in PLANNERS and one.id != "re-check"), "")


def plan(fix_id: str, snapshot: Snapshot, choice: Choice) -> FixPlan:
    """The exact writes, or what has to be chosen first. Raises BadOrder where it cannot help this user."""
    if fix_id not in FIXES:
        raise BadOrder(say("There is no fix called “{name}”.", name=fix_id[:80]))
    if fix_id not in PLANNERS:
        title = FIXES[fix_id](snapshot).title
        raise BadOrder(say("{fix} cannot be done by Mailroom: a person has to do it.", fix=title))
    return PLANNERS[fix_id](snapshot, choice)
