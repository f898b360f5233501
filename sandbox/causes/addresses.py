"""Addresses that somebody else has: visible in Graph, or known to Exchange alone."""

from dataclasses import replace

from sandbox.causes.people import colleague, contact, hidden_recipient, mail_group, sam_of
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant.organization import Domain, RecipientKind
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

RELEASE = ["release-address", "retry-provisioning"]
OTHER_DOMAIN = "emea.contoso.com"


@cause(
    "address-held-by-contact",
    "rosa.jimenez@contoso.com",
    "Rosa Jimenez",
    ["C19"],
    RELEASE,
    stamped=False,
    aspects=("address",),
)
def held_by_contact(world: World, user: User) -> None:
    """A mail contact has the user's address."""
    contact(world.tenant, f"{user.name} (private)", f"{sam_of(user.upn)}@mail.example", user.upn)


@cause(
    "address-held-by-group",
    "stefan.huber@contoso.com",
    "Stefan Huber",
    ["C19"],
    RELEASE,
    stamped=False,
    aspects=("address",),
)
def held_by_group(world: World, user: User) -> None:
    """A distribution group has the user's address."""
    mail_group(world.tenant, f"Clients of {user.name}", f"clients.of.{user.upn}", user.upn)


@cause(
    "address-held-by-user",
    "lila.moreau@contoso.com",
    "Lila Moreau",
    ["C19"],
    RELEASE,
    stamped=False,
    aspects=("address",),
)
def held_by_user(world: World, user: User) -> None:
    """The front desk's mailbox has the user's address as an alias."""
    colleague(world.tenant, f"desk.of.{user.upn}", f"Front desk of {user.name}", user.upn)


@cause(
    "address-held-by-public-folder",
    "hector.cruz@contoso.com",
    "Hector Cruz",
    ["C19"],
    RELEASE,
    looks_like=("C22", "C23"),
)
def held_by_public_folder(world: World, user: User) -> None:
    """A mail-enabled public folder, which Graph does not show, has the user's address."""
    hidden_recipient(world.tenant, RecipientKind.PUBLIC_FOLDER, f"Letters to {user.name}", user.upn)


@cause(
    "initial-address-clash",
    "ravi.menon@contoso.com",
    "Ravi Menon",
    ["C20"],
    ["rename-one", "retry-provisioning"],
    alternatives=(("release-address", "retry-provisioning"),),
    stamped=False,
    aspects=("initial address",),
)
def initial_address_clash(world: World, user: User) -> None:
    """A namesake in another domain of the tenant has the address at onmicrosoft.com that the user would get."""
    add_domain(world.tenant, Domain(OTHER_DOMAIN))
    namesake = f"{user.upn.partition('@')[0]}@{OTHER_DOMAIN}"
    colleague(world.tenant, namesake, f"{user.name} (EMEA)")
    user.props.update(mail=user.upn, proxyAddresses=[f"SMTP:{user.upn}"])


@cause(
    "soft-deleted-mailbox",
    "nina.petrov@contoso.com",
    "Nina Petrov",
    ["C22", "C19"],
    ["find-soft-deleted-mailbox", "retry-provisioning"],
    looks_like=("C23", "C19"),
)
def soft_deleted_mailbox(world: World, user: User) -> None:
    """A deleted mailbox whose user was purged still has the address; only Exchange shows it."""
    hidden_recipient(world.tenant, RecipientKind.SOFT_DELETED, f"{user.name} (2024)", user.upn)


@cause(
    "inactive-mailbox",
    "hugo.silva@contoso.com",
    "Hugo Silva",
    ["C23", "C19"],
    ["find-inactive-mailbox", "retry-provisioning"],
    looks_like=("C22", "C19"),
)
def inactive_mailbox(world: World, user: User) -> None:
    """A mailbox that a litigation hold keeps has the address; only Exchange shows it."""
    hidden_recipient(world.tenant, RecipientKind.INACTIVE, f"{user.name} (on hold)", user.upn)


def add_domain(tenant: Tenant, domain: Domain) -> None:
    kept = tuple(known for known in tenant.organization.domains if known.name != domain.name)
    tenant.organization.domains = (*kept, replace(domain))
