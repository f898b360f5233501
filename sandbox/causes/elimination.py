"""What Graph cannot show: everything is licensed and without errors, yet there is no mailbox."""

from datetime import timedelta

from sandbox.causes.people import edit_on_premises, hidden_recipient, sam_of
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant import audit
from sandbox.tenant.catalogue import OFFICE_365_E3
from sandbox.tenant.exchange import MIGRATED
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.organization import RecipientKind, fixed_id
from sandbox.tenant.seed import make_user
from sandbox.tenant.users import HeldLicense, User

HOURS = timedelta(hours=5)
LAPSED = timedelta(days=45)
X500 = "x500:/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="


@cause(
    "mailbox-on-premises",
    "gerd.schulz@contoso.com",
    "Gerd Schulz",
    ["C28"],
    ["migrate-mailbox"],
    looks_like=("C38",),
    age=HOURS,
    synced=True,
)
def mailbox_on_premises(world: World, user: User) -> None:
    """The person has a mailbox on premises: its synced ExchangeGuid stops Exchange Online from making one."""
    edit_on_premises(world.tenant, user, mailbox_guid=fixed_id("mailbox on premises"), remote_recipient_type=0)


@cause(
    "second-mailbox",
    "paul.wagner@contoso.com",
    "Paul Wagner",
    ["C28b"],
    ["migrate-mailbox"],
    age=timedelta(days=3),
    synced=True,
    is_hidden=True,
)
def second_mailbox(world: World, user: User) -> None:
    """The GUID of the mailbox on premises did not sync, so that the license made a second one; Graph shows nothing."""
    make_ready(user.mailbox, world.tenant.now() - timedelta(days=2))
    source = world.tenant.directory.edit(
        world.tenant.directory.users[sam_of(user.upn)], mailbox_guid=fixed_id("Paul's mailbox on premises")
    )
    world.tenant.directory.changed.discard(source.sam)


@cause(
    "still-marked-migrated",
    "maud.jansen@contoso.com",
    "Maud Jansen",
    ["C29"],
    ["enable-remote-mailbox"],
    looks_like=("C28",),
    age=HOURS,
    synced=True,
)
def still_marked_migrated(world: World, user: User) -> None:
    """A migrated mailbox was without a license for 45 days; Active Directory still says Migrated, so none is made."""
    edit_on_premises(world.tenant, user, remote_recipient_type=MIGRATED)
    removed, added = world.tenant.now() - LAPSED, world.tenant.now() - HOURS
    held = {OFFICE_365_E3.sku_id: HeldLicense(OFFICE_365_E3.sku_id, removed)}
    audit.add_entry(world.tenant, user, held, {}, removed)
    audit.license_changed(world.tenant, user, {}, added)


@cause(
    "returning-employee",
    "igor.pavlov@contoso.com",
    "Igor Pavlov",
    ["C29b"],
    ["find-soft-deleted-mailbox"],
    looks_like=("C28",),
    age=HOURS,
    synced=True,
)
def returning_employee(world: World, user: User) -> None:
    """Back in the scope of the sync after 28 days: a new account for the same Active Directory user."""
    tenant = world.tenant
    user.props["createdDateTime"] = tenant.now() - timedelta(hours=6)
    anchor = str(user.props["onPremisesImmutableId"])
    hidden_recipient(tenant, RecipientKind.SOFT_DELETED, f"{user.name} (former)", anchor=anchor)
    former = make_user(fixed_id(f"former {user.upn}"), user.upn, user.name, tenant.now() - timedelta(days=900))
    former.props.update(onPremisesImmutableId=anchor, onPremisesSyncEnabled=True, usageLocation="US")
    former.props["userPrincipalName"] = former.id.replace("-", "") + user.upn
    former.props["deletedDateTime"] = tenant.now() - timedelta(days=28)
    tenant.deleted[former.id] = former


@cause(
    "previous-mailbox",
    "dana.white@contoso.com",
    "Dana White",
    ["C30"],
    ["clear-previous-mailbox"],
    age=HOURS,
)
def previous_mailbox(_: World, user: User) -> None:
    """Exchange still points to a former cloud mailbox; its X500 address is what is left to be seen."""
    user.exchange.previous_mailbox = True
    user.props["proxyAddresses"].append(f"{X500}{fixed_id(user.upn)[:8]}-{sam_of(user.upn)}")


@cause(
    "marked-deprovisioned",
    "otis.green@contoso.com",
    "Otis Green",
    ["C31"],
    ["enable-remote-mailbox"],
    looks_like=("C28",),
    age=HOURS,
    synced=True,
    stamped=False,
)
def marked_deprovisioned(world: World, user: User) -> None:
    """Disable-RemoteMailbox was run: Active Directory says DeprovisionMailbox, and the addresses are gone."""
    proxies = (f"smtp:{user.upn.partition('@')[0]}@{world.tenant.organization.initial_domain}",)
    edit_on_premises(world.tenant, user, remote_recipient_type=8, proxy_addresses=proxies)


@cause(
    "exchange-attributes-in-the-cloud",
    "axel.berg@contoso.com",
    "Axel Berg",
    ["C38"],
    ["contact-support"],
    looks_like=("C28", "C04"),
    age=timedelta(hours=40),
    synced=True,
)
def attributes_in_the_cloud(_: World, user: User) -> None:
    """Exchange attributes are managed in the cloud now, so that the mailbox enabled on premises never comes."""
    user.exchange.cloud_managed = True
