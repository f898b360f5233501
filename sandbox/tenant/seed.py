"""The default tenant: the people of the chat, colleagues who fill seats, subscriptions, groups."""

from datetime import datetime, timedelta
from itertools import product

from sandbox import people
from sandbox.tenant.catalogue import (
    EXCHANGE_PLAN_1,
    MAILBOX_PLAN_IDS,
    OFFICE_365_E1,
    OFFICE_365_E3,
    POWER_AUTOMATE_FREE,
    Product,
)
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.organization import Group, Subscription, fixed_id
from sandbox.tenant.store import UserStore
from sandbox.tenant.users import HeldLicense, PlanRecord, User

# Seats bought, and how many colleagues fill them besides the people of the chat (who hold E3).
_SEATS: tuple[tuple[Product, int, int], ...] = (
    (OFFICE_365_E3, 25, 15),
    (OFFICE_365_E1, 10, 9),
    (EXCHANGE_PLAN_1, 25, 25),
    (POWER_AUTOMATE_FREE, 10_000, 4),
)
_FIRST = ("Alex", "Megan", "Pradeep", "Diego", "Lidia", "Nestor", "Isaiah", "Miriam", "Johanna", "Grady", "Lynne")
_LAST = ("Wilber", "Bowen", "Gupta", "Siciliani", "Holloway")
_DEPARTMENTS = ("Sales", "Finance", "Marketing", "Operations")


def fill(users: UserStore, subscriptions: dict[str, Subscription], groups: dict[str, Group], now: datetime) -> None:
    """Make the default tenant in empty collections."""
    since = now - timedelta(days=400)
    for sku, enabled, _ in _SEATS:
        subscriptions[sku.sku_id] = Subscription(sku, enabled)
    for person in people.PEOPLE:
        if person.tenant_id == people.TENANT_ID:
            user = make_user(person.object_id, person.upn, person.name, since)
            user.props["usageLocation"] = person.locale[-2:]
            _give(user, OFFICE_365_E3, subscriptions, since)
            users.add(user)
    _add_colleagues(users, subscriptions, since)
    _add_groups(users, groups, since)


def make_user(object_id: str, upn: str, name: str, since: datetime) -> User:
    """An ordinary cloud user without license or mailbox."""
    given, _, surname = name.partition(" ")
    props = {
        "id": object_id,
        "userPrincipalName": upn,
        "displayName": name,
        "givenName": given or None,
        "surname": surname or None,
        "mailNickname": upn.partition("@")[0],
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": since,
        "lastPasswordChangeDateTime": since,
    }
    return User(object_id, props, visible_by_id_at=since, visible_by_name_at=since)


def _give(user: User, sku: Product, subscriptions: dict[str, Subscription], since: datetime) -> None:
    user.licenses[sku.sku_id] = HeldLicense(sku.sku_id, since)
    subscriptions[sku.sku_id].holders.add(user.id)
    for plan in sku.plans:
        user.plans[plan.id] = PlanRecord(plan.id, plan.service, since, enabled=True)
    if any(plan.id in MAILBOX_PLAN_IDS for plan in sku.plans):
        alias = user.upn.partition("@")[0]
        user.props["mail"] = user.upn
        user.props["proxyAddresses"] = [f"SMTP:{user.upn}", f"smtp:{alias}@{people.INITIAL_DOMAIN}"]
        make_ready(user.mailbox, since)
        user.mailbox.existed = True


def _add_colleagues(users: UserStore, subscriptions: dict[str, Subscription], since: datetime) -> None:
    names = (f"{first} {last}" for last, first in product(_LAST, _FIRST))
    for sku, _, filled in _SEATS:
        for _ in range(filled):
            name = next(names)
            upn = f"{name.lower().replace(' ', '.')}@{people.DEFAULT_DOMAIN}"
            user = make_user(fixed_id(upn), upn, name, since)
            user.props["usageLocation"] = "US"
            user.props["department"] = _DEPARTMENTS[len(users) % len(_DEPARTMENTS)]
            user.background = True
            _give(user, sku, subscriptions, since)
            users.add(user)


def _add_groups(users: UserStore, groups: dict[str, Group], since: datetime) -> None:
    chosen = {
        "All Contoso": {user.id for user in users},
        "Mailroom Operators": {people.HELGA.object_id, people.MONA.object_id},
        "Mailroom Admins": {people.ADAM.object_id},
    }
    for name, members in chosen.items():
        group = Group(fixed_id(name), name, since, members)
        groups[group.id] = group
