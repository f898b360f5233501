"""Healthy users, as varied as those of a real tenant: whatever is unusual about them is nothing wrong."""

import random
from collections.abc import Callable
from datetime import timedelta

from sandbox.causes.people import ACCOUNT_AGE, give, license_by_group, make_person, make_synced, switch_off
from sandbox.tenant import exchange_texts
from sandbox.tenant.catalogue import EXCHANGE_PLAN_1, OFFICE_365_E1, OFFICE_365_E3, POWER_AUTOMATE_FREE
from sandbox.tenant.exchange import error_entry, stamp_addresses
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

GIVEN = ("Ana", "Björn", "Chloé", "Dmitri", "Esi", "Fatima", "Goran", "Hiro", "Inés", "João", "Kaya", "Łucja", "Mei")
SURNAMES = (
    "O'Brien",
    "van Dijk",
    "Müller",
    "García Márquez",
    "Sato",
    "Ngũgĩ",
    "Smith-Jones",
    "Åkesson",
    "Li",
    "d'Arcy",
)
PLAIN = str.maketrans("öéíãŁüáũĩÅñ", "oeiaLuauiAn")
COUNTRIES = ("US", "DE", "GB", "FR", "JP", "BR", "IN", "NO", "ZA", "CA")
PRODUCTS = (OFFICE_365_E3, OFFICE_365_E1, EXCHANGE_PLAN_1)
GROUP = "Fleet licenses"


def add_fleet(tenant: Tenant, count: int, seed: int) -> list[User]:
    """The same users for the same seed. The tenant becomes hybrid: some come from Active Directory."""
    rng = random.Random(seed)
    return [_add(tenant, rng, f"{seed}{number:04d}") for number in range(count)]


def _add(tenant: Tenant, rng: random.Random, number: str) -> User:
    given, surname = rng.choice(GIVEN), rng.choice(SURNAMES)
    local = f"{given}.{surname}".translate(PLAIN).replace(" ", "").lower()
    upn = f"{local}{number}@{tenant.organization.domains[0].name}"
    age = timedelta(days=rng.uniform(1, 290))
    kind = rng.choices(("direct", "group", "shared", "room"), (80, 12, 5, 3))[0]
    product = rng.choice(PRODUCTS) if kind == "direct" else None
    synced = rng.random() < 0.4
    user = make_person(tenant, upn, f"{given} {surname}", license=product, age=age, synced=False, stamped=True)
    user.props["usageLocation"] = rng.choice(COUNTRIES)
    if kind == "group":
        _license_by_group(tenant, user, age)
    if kind in ("shared", "room"):
        user.props["accountEnabled"] = False
        user.mailbox.purpose = kind
    stamp_addresses(tenant, user)
    for change in _ODDITIES:
        if rng.random() < 0.25:
            change(tenant, user)
    if synced:
        make_synced(tenant, user)
    make_ready(user.mailbox, tenant.now() - min(age, ACCOUNT_AGE) + timedelta(minutes=rng.uniform(3, 40)))
    user.mailbox.existed = True
    tenant.users.reindex(user)
    return user


def _license_by_group(tenant: Tenant, user: User, age: timedelta) -> None:
    subscription = tenant.subscriptions[OFFICE_365_E3.sku_id]
    subscription.enabled += 1
    license_by_group(tenant, user, GROUP, {OFFICE_365_E3.sku_id: ()}, age)


def _add_alias(_: Tenant, user: User) -> None:
    user.props["proxyAddresses"].append(f"smtp:alias.{user.upn}")


def _add_old_addresses(_: Tenant, user: User) -> None:
    """Of the time before a migration."""
    user.props["proxyAddresses"] += [f"x500:/o=Contoso/ou=EU/cn=Recipients/cn={user.id[:8]}", f"SIP:{user.upn}"]


def _change_nickname(_: Tenant, user: User) -> None:
    user.props["mailNickname"] = f"m{user.id[:6]}"


def _switch_sway_off(_: Tenant, user: User) -> None:
    if OFFICE_365_E3.sku_id in user.licenses:
        switch_off(user, OFFICE_365_E3, next(plan.id for plan in OFFICE_365_E3.plans if plan.name == "SWAY"))


def _add_free_license(tenant: Tenant, user: User) -> None:
    if user.props["accountEnabled"]:
        give(tenant, user, POWER_AUTOMATE_FREE, timedelta(days=1))


def _had_trouble(tenant: Tenant, user: User) -> None:
    """An error that was solved long ago."""
    text = exchange_texts.address_in_use(f"old.{user.upn}", "Somebody else", tenant.organization.initial_domain)
    user.props["serviceProvisioningErrors"] = [error_entry(text, tenant.now() - timedelta(days=30), is_resolved=True)]


def _may_not_sign_in(_: Tenant, user: User) -> None:
    user.props["accountEnabled"] = False


_ODDITIES: tuple[Callable[[Tenant, User], None], ...] = (
    _add_alias,
    _add_old_addresses,
    _change_nickname,
    _switch_sway_off,
    _add_free_license,
    _had_trouble,
    _may_not_sign_in,
)
