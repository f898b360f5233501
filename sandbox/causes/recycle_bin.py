"""The recycle bin: a person who returns, and a deleted one who keeps an address."""

from datetime import timedelta

from sandbox.causes.people import colleague, make_person
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant import accounts
from sandbox.tenant.catalogue import OFFICE_365_E1
from sandbox.tenant.users import User


@cause("deleted-returning", "paula.costa@contoso.com", "Paula Costa", ["C21"], ["restore-account"], exists=False)
def deleted_returning(world: World, user: User) -> None:
    """The account was deleted five days ago, with its mailbox."""
    former = colleague(world.tenant, user.upn, user.name)
    accounts.delete(world.tenant, former)
    _long_gone(world, former)


@cause(
    "address-in-recycle-bin",
    "kurt.meier@contoso.com",
    "Kurt Meier",
    ["C21"],
    ["purge-deleted", "retry-provisioning"],
    aspects=("recycle bin",),
)
def address_in_recycle_bin(world: World, user: User) -> None:
    """A deleted namesake's mailbox still has the user's address."""
    old = f"old.{user.upn}"
    former = make_person(
        world.tenant,
        old,
        f"{user.name} senior",
        license=OFFICE_365_E1,
        age=timedelta(days=200),
        synced=False,
        stamped=False,
    )
    former.props.update(mail=old, proxyAddresses=[f"SMTP:{old}", f"smtp:{user.upn}"])
    accounts.delete(world.tenant, former)
    former.exchange.keeps_addresses = True
    _long_gone(world, former)


def _long_gone(world: World, former: User) -> None:
    deleted_at = world.tenant.now() - timedelta(days=5)
    former.props["deletedDateTime"] = deleted_at
    former.mailbox.gone_at = deleted_at
