"""Who is meant and who holds an address, for the Directory in memory. Pure."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from provisioning.addresses import local_part, own_addresses, wanted
from provisioning.directory import Account, DeletedAccount, Match, ProbeResult, Snapshot
from provisioning.recipients import AddressHolder, HolderKind


def by_name(accounts: Iterable[Account], name: str) -> Account | None:
    """By object id or sign-in name."""
    lowered = name.lower()
    return next((one for one in accounts if lowered in (one.id.lower(), one.upn.lower())), None)


def by_address(accounts: Iterable[Account], address: str) -> Account | None:
    found = [one for one in accounts if address.lower() in own_addresses(one)]
    return found[0] if len(found) == 1 else None


def bin_entry(account: Account, deleted_at: datetime) -> DeletedAccount:
    return DeletedAccount(
        account.id,
        account.upn,
        account.display_name,
        deleted_at,
        account.mail,
        account.proxy_addresses,
        account.immutable_id,
    )


def as_holder(account: Account) -> AddressHolder:
    return AddressHolder(
        account.id,
        HolderKind.USER,
        account.display_name,
        account.upn,
        account.mail,
        account.proxy_addresses,
        account.synced,
    )


def asked_about(snapshot: Snapshot, is_alias: bool) -> frozenset[str]:
    """The name, or all addresses of an account without a mailbox or found by another name."""
    is_ready = snapshot.mailbox is not None and snapshot.mailbox.result is ProbeResult.READY
    if snapshot.account and (is_alias or not is_ready):
        return frozenset(wanted(snapshot))
    return frozenset({snapshot.name.lower()} if "@" in snapshot.name else ())


def search(accounts: Collection[Account], deleted: Collection[Account], typed: str) -> tuple[Match, ...]:
    text = re.sub(r"^[0-9a-f]{32}(?=.*@)", "", " ".join(typed.lower().split()).removeprefix("smtp:"))
    if not re.search(r"\w", text):
        return ()
    hits = [
        (rank, is_deleted, account.display_name, Match(account.id, account.upn, account.display_name, how, is_deleted))
        for people, is_deleted in ((accounts, False), (deleted, True))
        for account in people
        for rank, how in _reasons(account, text)
    ]
    exact = [hit for hit in hits if hit[0] == 0]
    found = [hit for hit in exact if not hit[1]] or exact or hits
    return tuple(hit[3] for hit in sorted(found, key=lambda hit: hit[:3]))[:10]


def _reasons(account: Account, text: str) -> list[tuple[int, str]]:
    """At most one."""
    words = re.findall(r"\w+", account.display_name.lower())
    if text in (account.upn.lower(), account.id):
        return [(0, "sign-in name" if "@" in text else "object id")]
    if text == account.mail.lower():
        return [(0, "mail address")]
    if text in own_addresses(account):
        return [(0, "proxy address")]
    if text in {account.mail_nickname.lower(), *map(local_part, own_addresses(account))}:
        return [(1, "alias")]
    if all(any(word.startswith(start) for word in words) for start in re.findall(r"\w+", text)):
        return [(2, "display name")]
    return []
