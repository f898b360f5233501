"""Who else holds one of the user's addresses: joins the account with the other recipients of the snapshot. Pure."""

from dataclasses import dataclass

from provisioning.addresses import addresses_of, initial_address, initial_domain, own_addresses
from provisioning.directory import DeletedAccount, Snapshot
from provisioning.recipients import AddressHolder


@dataclass(frozen=True)
class Held:
    """`address` is wanted by the user and held by `holder`."""

    address: str
    holder: AddressHolder


def held_addresses(snapshot: Snapshot) -> tuple[Held, ...]:
    """Addresses of the user, or the one that was asked for, that somebody else holds."""
    account = snapshot.account
    ours = own_addresses(account) if account else frozenset({snapshot.name.lower()} if "@" in snapshot.name else ())
    return tuple(
        Held(address, holder) for holder in _others(snapshot) for address in sorted(ours & addresses_of(holder))
    )


def initial_clashes(snapshot: Snapshot) -> tuple[Held, ...]:
    """Others who hold the user's sign-in prefix at the initial domain, while the user does not."""
    account = snapshot.account
    address = initial_address(account, initial_domain(snapshot)) if account else ""
    if account is None or not address or address in own_addresses(account):
        return ()
    return tuple(Held(address, holder) for holder in _others(snapshot) if address in addresses_of(holder))


def deleted_holders(snapshot: Snapshot) -> tuple[DeletedAccount, ...]:
    """Accounts of the recycle bin with one of the user's addresses, or with the name that was asked for."""
    account = snapshot.account
    ours = own_addresses(account) if account else frozenset({snapshot.name.lower()} if "@" in snapshot.name else ())
    if account and initial_domain(snapshot):
        ours |= {initial_address(account, initial_domain(snapshot))}
    return tuple(one for one in snapshot.deleted or () if ours & addresses_of(one))


def _others(snapshot: Snapshot) -> tuple[AddressHolder, ...]:
    own_id = snapshot.account.id if snapshot.account else ""
    return tuple(holder for holder in snapshot.holders or () if not own_id or holder.id != own_id)
