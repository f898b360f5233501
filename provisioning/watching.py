"""A case that only watches: somebody else made the account, and Mailroom changes nothing. Pure."""

from datetime import datetime

from provisioning.case import (
    AccountOrigin,
    Case,
    Order,
    Person,
    Stage,
    enter,
    finish,
    skip,
    touch,
    wait,
)
from provisioning.directory import Account, Lookup, Sku
from provisioning.errors import BadOrder
from provisioning.waiting import LONGEST, PREPARING
from provisioning.words import say

NO_LICENSE = say("No license with a mailbox yet. Mailroom only watches, and assigns none.")
FOUND = say("Somebody else made the account; Mailroom only watches.")


def watched(lookup: Lookup, by: Person, now: datetime, case_id: str) -> Case:
    """The waiting case for an account that exists. Raises BadOrder where there is nothing to watch."""
    account = lookup.account
    if account is None:
        raise BadOrder(say("There is no account {upn} to watch. Type provision {upn} to make one.", upn=lookup.upn))
    if account.is_guest:
        raise BadOrder(
            say("{upn} is a guest: the mailbox is in the guest's own organization, not here.", upn=account.upn)
        )
    sku = _mailbox_sku(account, lookup.skus)
    case = Case(case_id, _order(account, sku), by, now, account_id=account.id, is_watch=True)
    case = finish(touch(case, now, account_origin=AccountOrigin.ADOPTED), Stage.ACCOUNT, FOUND, now)
    case = _license(case, account, sku, now)
    case = _sync(case, account, now)
    case = wait(enter(case, Stage.MAILBOX, PREPARING, now), now)
    return touch(case, now, waiting_since=_since(account, now))


def _order(account: Account, sku: Sku | None) -> Order:
    return Order(
        account.upn,
        account.display_name,
        account.usage_location,
        license=sku.id if sku else "",
        license_name=sku.name if sku else "",
        department=account.department,
    )


def _mailbox_sku(account: Account, skus: tuple[Sku, ...]) -> Sku | None:
    """The license that the account has its mailbox plan from."""
    off = {held.sku_id: held.disabled_plans for held in account.licenses}
    return next(
        (sku for sku in skus if sku.id in off and any(plan.id not in off[sku.id] for plan in sku.mailbox_plans)), None
    )


def _license(case: Case, account: Account, sku: Sku | None, now: datetime) -> Case:
    if sku is None and account.mailbox_plan is None:
        return skip(case, Stage.LICENSE, NO_LICENSE, now)
    note = say("{license} is assigned.", license=sku.name) if sku else say("A license with a mailbox is assigned.")
    return finish(case, Stage.LICENSE, note, now)


def _sync(case: Case, account: Account, now: datetime) -> Case:
    if not account.synced:
        return skip(case, Stage.SYNC, say("The account lives in the cloud only."), now)
    return finish(case, Stage.SYNC, say("The account is synchronized from Active Directory."), now)


def _since(account: Account, now: datetime) -> datetime:
    """Since the license, so that what is late already is seen as late; at most a day, so that it is watched for two."""
    assigned = account.mailbox_plan.assigned_at if account.mailbox_plan else None
    earliest: datetime = now - LONGEST
    return min(now, max(assigned, earliest)) if assigned else now
