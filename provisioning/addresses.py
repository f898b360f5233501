"""A person's addresses: which are wanted, who else holds one, what a proper mail nickname is. Pure; lower case."""

import re
import unicodedata
from collections.abc import Iterable

from provisioning.directory import Account, DeletedAccount, Snapshot
from provisioning.recipients import AddressHolder

MOST_WANTED = 12  # a $filter takes a limited number of clauses
NICKNAME_LIMIT = 64

# What mailNickname takes (learn.microsoft.com/graph/api/user-post-users): ASCII without @ () / [] " ; : <> , space.
_NICKNAME = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
# Letters, digits and ' . - _ ! # ^ ~ (learn.microsoft.com/entra/identity/authentication/concept-sspr-policy).
_SIGN_IN_LOCAL = re.compile(r"[A-Za-z0-9'._!#^~-]+")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+", re.IGNORECASE)


def local_part(address: str) -> str:
    return address.partition("@")[0]


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""


def smtp_addresses(proxies: Iterable[str]) -> tuple[str, ...]:
    """Those of type SMTP, without the prefix."""
    return tuple(proxy[5:].lower() for proxy in proxies if proxy[:5].lower() == "smtp:")


def primary_address(account: Account) -> str:
    """The one whose prefix is SMTP: in capitals, else `mail`."""
    primary = next((proxy[5:] for proxy in account.proxy_addresses if proxy.startswith("SMTP:")), "")
    return (primary or account.mail).lower()


def initial_domain(snapshot: Snapshot) -> str:
    """The tenant's first domain, under onmicrosoft.com: "" if it could not be read."""
    named = next((domain.name for domain in snapshot.domains or () if domain.is_initial), "")
    if not named and snapshot.organization:
        named = snapshot.organization.initial_domain
    return named.lower()


def initial_address(account: Account, initial: str) -> str:
    """What Exchange stamps on a new mailbox beside the real address: the sign-in prefix at the initial domain."""
    return f"{local_part(account.upn)}@{initial}".lower() if initial else ""


def own_addresses(account: Account) -> frozenset[str]:
    """Held now: sign-in name, mail and all SMTP addresses."""
    held = (account.upn.lower(), account.mail.lower(), *smtp_addresses(account.proxy_addresses))
    return frozenset(address for address in held if "@" in address)


def wanted(snapshot: Snapshot) -> tuple[str, ...]:
    """What to ask the holders about, in the order of importance: for `Snapshot.holders` and `deleted`."""
    account = snapshot.account
    if account is None:
        return (snapshot.name.lower(),) if "@" in snapshot.name else ()
    nickname = initial_domain(snapshot) and f"{account.mail_nickname}@{initial_domain(snapshot)}".lower()
    first = (account.upn.lower(), account.mail.lower(), initial_address(account, initial_domain(snapshot)), nickname)
    ordered = dict.fromkeys((*first, *smtp_addresses(account.proxy_addresses)))
    return tuple(address for address in ordered if local_part(address) and "@" in address)[:MOST_WANTED]


def addresses_of(one: AddressHolder | DeletedAccount) -> frozenset[str]:
    held = (one.upn.lower(), one.mail.lower(), *smtp_addresses(one.proxy_addresses))
    return frozenset(address for address in held if "@" in address)


def proper_nickname(account: Account) -> str:
    """The part before the @ of the sign-in name as mailNickname takes it; accents are dropped, not the letters."""
    plain = unicodedata.normalize("NFKD", local_part(account.upn)).encode("ascii", "ignore").decode()
    pieces = _NICKNAME.findall(plain)
    return ".".join(piece.strip(".") for piece in pieces)[:NICKNAME_LIMIT].strip(".") or "user"


def is_nickname(text: str) -> bool:
    return len(text) <= NICKNAME_LIMIT and _NICKNAME.fullmatch(text) is not None


def is_sign_in_name(upn: str) -> bool:
    local = local_part(upn)
    return bool(_SIGN_IN_LOCAL.fullmatch(local)) and not local.endswith(".") and _is_domain(domain_of(upn))


def is_mail_address(address: str) -> bool:
    """Good enough to tell a broken address: printable ASCII, one @, a real domain, no stray dots."""
    local = local_part(address)
    return address.count("@") == 1 and is_nickname(local) and _is_domain(domain_of(address))


def _is_domain(name: str) -> bool:
    return _DOMAIN.fullmatch(name) is not None
