"""What an order means for an account: what to change, what it holds already, what went wrong. Pure."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from provisioning.case import AccountOrigin, Case, CaseState
from provisioning.directory import MAILBOX_PLANS, Account
from provisioning.words import say

_LOWER, _UPPER, _DIGITS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"  # no 0 O 1 l o I
_GROUPS, _GROUP_LENGTH = 4, 5


def strong_password() -> str:
    """Easy to read out: groups of unmistakable letters and digits, about 110 bits; all classes that Entra asks for."""
    while True:
        groups = [
            "".join(secrets.choice(_LOWER + _UPPER + _DIGITS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
        ]
        password = "-".join(groups)
        if all(any(character in kind for character in password) for kind in (_LOWER, _UPPER, _DIGITS)):
            return password


def detail_changes(case: Case, account: Account) -> dict[str, str]:
    """What PATCH has to change; a synced account's name and department are mastered in Active Directory."""
    order = case.order
    wanted = {"usageLocation": (order.usage_location, account.usage_location)}
    if not account.synced:
        wanted["displayName"] = (order.display_name, account.display_name)
        wanted["department"] = (order.department, account.department)
    return {name: new for name, (new, old) in wanted.items() if new and new != old}


def how_it_came(case: Case) -> str:
    """The account stage's sentence."""
    how = {
        AccountOrigin.CREATED: say("The account was created."),
        AccountOrigin.RESTORED: say("The account was restored from the recycle bin."),
    }
    return how.get(case.account_origin, say("The account existed already; Mailroom uses it."))


def serves_mail(account: Account, sku_id: str) -> bool:
    """The SKU is held with its mailbox plan switched on, whoever assigned it."""
    held = next((held for held in account.licenses if held.sku_id == sku_id), None)
    return held is not None and not MAILBOX_PLANS.keys() & set(held.disabled_plans)


def comes_from(account: Account, sku_id: str, group_id: str) -> bool:
    """The group gives the license, and that is in force (licenseAssignmentStates)."""
    return any(
        state.sku_id == sku_id and state.assigned_by_group == group_id and state.state == "Active"
        for state in account.license_states
    )


def license_error(account: Account, sku_id: str) -> str:
    """One sentence when Entra could not apply the license, else ""."""
    state = next((s for s in account.license_states if s.sku_id == sku_id and s.state == "Error"), None)
    if state is None:
        return ""
    return say(
        "Microsoft 365 could not apply the license ({error}). Diagnose shows the details.",
        error=state.error or say("no reason given"),
    )


def whose(case: Case, account: Account) -> AccountOrigin:
    """Of an account that is there although nobody told us that we made it.

    Ours only if a request of ours went out whose answer was lost, and it has the name that was sent.
    """
    is_ours = case.is_creating and account.display_name == case.order.display_name
    return AccountOrigin.CREATED if is_ours else AccountOrigin.ADOPTED


def passes_on(case: Case, earlier: Sequence[Case], now: datetime) -> bool:
    """Whether the right to the first sign-in details, which nobody has seen, goes over to this case.

    From a case that made the account and did not come to its end, or to the very person who had it; never after days.
    """
    if any(one.credential_shown_at for one in earlier):
        return False
    made = [one for one in earlier if one.account_origin is AccountOrigin.CREATED]
    if not made or any(one.credential_has_lapsed(now) for one in made):
        return False
    return all(one.credential_holder.is_same(case.requester) for one in made if one.state is CaseState.READY)
