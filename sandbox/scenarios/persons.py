"""Scenarios about a person: already there, deleted, synced, a guest, or an address in the way."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox import people
from sandbox.scenarios.registry import World, scenario
from sandbox.tenant import accounts, licensing
from sandbox.tenant.catalogue import OFFICE_365_E1, OFFICE_365_E3
from sandbox.tenant.effects import Effects
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.organization import Group, fixed_id
from sandbox.tenant.seed import make_user
from sandbox.tenant.users import User

GUEST_UPN = f"guest_fabrikam.com#EXT#@{people.INITIAL_DOMAIN}"


@scenario("existing-user")
def existing_user(world: World) -> None:
    """lee@contoso.com exists, without license and mailbox."""
    _add(world, "lee@contoso.com", "Lee Gu", usageLocation="US")


@scenario("existing-mailbox")
def existing_mailbox(world: World) -> None:
    """kim@contoso.com exists and has a working mailbox."""
    user = _add(world, "kim@contoso.com", "Kim Akers", usageLocation="US")
    _license(world, user)
    make_ready(user.mailbox, world.tenant.now() - timedelta(days=90))


@scenario("recycle-bin")
def recycle_bin(world: World) -> None:
    """jane@contoso.com was deleted five days ago and is in the recycle bin."""
    user = _add(world, "jane@contoso.com", "Jane Doe", usageLocation="US", department="Sales")
    _forgetting_effects(world, lambda: accounts.delete(world.tenant, user))
    user.props["deletedDateTime"] = world.tenant.now() - timedelta(days=5)


@scenario("synced-tenant")
def synced_tenant(world: World) -> None:
    """The tenant is synced with Active Directory; sam@contoso.com came from there and has no mailbox."""
    synced_at = world.tenant.now() - timedelta(minutes=12)
    world.tenant.organization.synced, world.tenant.organization.last_sync = True, synced_at
    user = _add(world, "sam@contoso.com", "Sam Synced", usageLocation="US")
    user.props.update(_synced_properties("sam", user.name, synced_at))


@scenario("guest")
def guest(world: World) -> None:
    """guest@fabrikam.com has a guest account in the tenant."""
    user = _add(world, GUEST_UPN, "Gail Guest", usageLocation=None)
    user.props.update(
        mail="guest@fabrikam.com",
        userType="Guest",
        creationType="Invitation",
        externalUserState="Accepted",
        proxyAddresses=["SMTP:guest@fabrikam.com"],
    )
    world.tenant.users.reindex(user)


@scenario("conflict")
def conflict(world: World) -> None:
    """A Microsoft 365 group already has the address jane@contoso.com."""
    address = "jane@contoso.com"
    created = world.tenant.now() - timedelta(days=200)
    group = Group(
        fixed_id("Jane's project"), "Jane's project", created, mail=address, proxy_addresses=(f"SMTP:{address}",)
    )
    world.tenant.groups[group.id] = group


@scenario("tap-policy-off")
def tap_policy_off(world: World) -> None:
    """The tenant's policy does not allow Temporary Access Passes."""
    world.tenant.organization.access_pass_enabled = False


def _add(world: World, upn: str, name: str, **props: str | None) -> User:
    """An established user, whoever of that name was there before."""
    store = world.tenant.users
    before = store.by_upn(upn)
    if before is not None:
        accounts.forget(world.tenant, before)
    user = make_user(fixed_id(upn), upn, name, world.tenant.now() - timedelta(days=300))
    user.props.update(props)
    store.add(user)
    return user


def _license(world: World, user: User) -> None:
    def assign() -> None:
        licensing.assign(world.tenant, user, {OFFICE_365_E1.sku_id: ()}, ())

    _forgetting_effects(world, assign)


def _forgetting_effects(world: World, act: Callable[[], None]) -> None:
    """What a scenario does is history, not something that the bot caused."""
    counted, world.tenant.effects = world.tenant.effects, Effects()
    try:
        act()
    finally:
        world.tenant.effects = counted


def _synced_properties(account: str, name: str, synced_at: datetime) -> dict[str, object]:
    return {
        "onPremisesSyncEnabled": True,
        "onPremisesLastSyncDateTime": synced_at,
        "onPremisesImmutableId": "c2FtQGNvbnRvc28uY29tIQ==",
        "onPremisesSamAccountName": account,
        "onPremisesDomainName": "corp.contoso.com",
        "onPremisesDistinguishedName": f"CN={name},OU=People,DC=corp,DC=contoso,DC=com",
        "onPremisesUserPrincipalName": f"{account}@{people.DEFAULT_DOMAIN}",
    }


@scenario("groups")
def groups(world: World) -> None:
    """Groups for profiles: one that gives Office 365 E3, a team, a distribution list; and the mailbox that writes."""
    since = world.tenant.now() - timedelta(days=200)
    made = (
        Group(people.SALES_LICENSES, "Sales licenses", since, licenses={OFFICE_365_E3.sku_id: ()}),
        Group(people.SALES_TEAM, "Sales team", since, mail="sales-team@contoso.com"),
        Group(people.SALES_NEWS, "Sales news", since, mail="sales-news@contoso.com", unified=False),
    )
    for group in made:
        group.proxy_addresses = (f"SMTP:{group.mail}",) if group.mail else ()
        world.tenant.groups[group.id] = group
    if world.tenant.find_user(people.WELCOME_MAILBOX) is None:
        user = _add(world, people.WELCOME_MAILBOX, "Contoso IT", mail=people.WELCOME_MAILBOX)
        user.mailbox.purpose, user.background = "shared", True
        make_ready(user.mailbox, since)
