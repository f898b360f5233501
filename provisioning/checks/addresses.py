"""Addresses and names: held by another, by the recycle bin, taken, wrong, on a domain that takes no mail."""

from provisioning.addresses import (
    domain_of,
    is_mail_address,
    is_nickname,
    is_sign_in_name,
    local_part,
    own_addresses,
    primary_address,
)
from provisioning.causes import found
from provisioning.checks.address_words import bad_characters, was_deleted, who_has
from provisioning.checks.check import evidence
from provisioning.checks.license_errors import refused_state
from provisioning.directory import Account, Snapshot
from provisioning.exchange_errors import Meaning, addresses_in, description, errors_meaning
from provisioning.findings import Finding
from provisioning.fixes import fixes
from provisioning.fixes.address_scripts import contested
from provisioning.holding import Held, deleted_holders, held_addresses, initial_clashes
from provisioning.recipients import Attempt, HolderKind, Operation
from provisioning.signs import is_ready, is_stuck, member, refusal, stuck, unserved
from provisioning.words import say

LOCAL_NICKNAME = ("correct-mail-nickname-on-premises", "resync-directory")
CLOUD_NICKNAME = ("correct-mail-nickname",)


def held_by_another(snapshot: Snapshot) -> Finding | None:
    """Exchange says so itself, or the directory shows who."""
    account = member(snapshot)
    errors = errors_meaning(account, Meaning.ADDRESS_IN_USE) if account else ()
    held = _visible_holders(snapshot)
    if not errors and (not held or refused_state(snapshot, "UniquenessViolation")):
        return None
    if not held and (initial_clashes(snapshot) or deleted_holders(snapshot)):
        return None  # those findings say who it is
    retry = ("retry-provisioning",) if account else ()
    return found(
        "C19",
        who_has(", ".join(contested(snapshot)), held),
        evidence(
            *(("serviceProvisioningErrors.errorDetail", description(error.detail)) for error in errors),
            *((f"{one.holder.kind}.proxyAddresses", f"{one.holder.name}: {one.address}") for one in held),
        ),
        fixes(snapshot, "release-address", *retry),
    )


def initial_address_clash(snapshot: Snapshot) -> Finding | None:
    """Two people with the same prefix in different domains want the same address under onmicrosoft.com."""
    account, clashes = stuck(snapshot), initial_clashes(snapshot)
    if account is None or not clashes:
        return None
    first = clashes[0]
    return found(
        "C20",
        say(
            "{upn} and {other} both want {address}. Rename one of the two, then retry.",
            upn=account.upn,
            other=first.holder.name,
            address=first.address,
        ),
        evidence(("userPrincipalName", account.upn), *_clash_evidence(clashes)),
        fixes(snapshot, "rename-one", "release-address", "retry-provisioning"),
    )


def in_recycle_bin(snapshot: Snapshot) -> Finding | None:
    account = snapshot.account
    # The person's own former account is C29b's business: it is matched again, not purged.
    anchor = account.immutable_id if account else ""
    found_there = [one for one in deleted_holders(snapshot) if not anchor or one.immutable_id != anchor]
    if not found_there or (account is not None and not is_stuck(snapshot)) or "account" in dict(snapshot.unread):
        return None
    one = found_there[0]
    shown = evidence(
        ("deletedItems.userPrincipalName", one.upn),
        ("deletedItems.deletedDateTime", f"{one.deleted_at:%Y-%m-%d %H:%M}" if one.deleted_at else ""),
        ("deletedItems.proxyAddresses", one.proxy_addresses),
    )
    if account is None:
        return found("C21", was_deleted(one), shown, fixes(snapshot, "restore-account", "purge-deleted"))
    sentence = say(
        "A deleted account, {deleted}, still holds an address of {upn}. Restore it if it is the same person; "
        "otherwise delete it for good.",
        deleted=one.upn,
        upn=account.upn,
    )
    can_restore = () if one.upn.lower() == account.upn.lower() else ("restore-account",)
    return found("C21", sentence, shown, fixes(snapshot, *can_restore, "purge-deleted", "retry-provisioning"))


def sign_in_name_taken(snapshot: Snapshot) -> Finding | None:
    attempt = refusal(snapshot, Operation.CREATE)
    if attempt is None or attempt.target != "userPrincipalName" or _came_later(snapshot, attempt):
        return None
    name = snapshot.name or (snapshot.account.upn if snapshot.account else say("this sign-in name"))
    free = ("use-free-name",) if "@" in name else ()
    return found(
        "C24",
        say("{name} is taken, so no account could be created. Use the one that exists, or a free name.", name=name),
        evidence(("POST /users", attempt.trace.message), ("details.target", attempt.target)),
        fixes(snapshot, *free, "re-check"),
        is_note=is_ready(snapshot),  # whoever has the name is well: it is the newcomer who has no account
    )


def _came_later(snapshot: Snapshot, attempt: Attempt) -> bool:
    """The mailbox is that of an account which was made after all, not of who had the name before."""
    created = snapshot.account.created_at if snapshot.account else None
    return is_ready(snapshot) and (created is None or created >= attempt.at)


def wrong_nickname(snapshot: Snapshot) -> Finding | None:
    """Missing, or like nothing else of the account: it went wrong when the sign-in name changed."""
    account = stuck(snapshot)
    if account is None or _nickname_fits(account) or (account.mail_nickname and not is_nickname(account.mail_nickname)):
        return None
    local = account.is_mastered_on_premises
    matches = account.sam_account_name or local_part(account.upn)
    sentence = say("The mail nickname of {upn} does not match “{name}”. Correct it.", upn=account.upn, name=matches)
    if local:
        sentence = say(
            "The mail nickname of {upn} does not match “{name}”. Correct it in Active Directory.",
            upn=account.upn,
            name=matches,
        )
    return found(
        "C25",
        sentence,
        evidence(
            ("mailNickname", account.mail_nickname),
            ("userPrincipalName", account.upn),
            ("onPremisesSamAccountName", account.sam_account_name),
        ),
        fixes(snapshot, *(LOCAL_NICKNAME if local else CLOUD_NICKNAME)),
    )


def domain_not_ready(snapshot: Snapshot) -> Finding | None:
    domain = _domain_wanted(snapshot)
    problem = _domain_problem(snapshot, domain) if domain else ""
    if not problem:
        return None
    return found(
        "C26",
        say(
            "The domain {domain} {problem}, so Exchange gives no mailbox an address there. Set the domain up.",
            domain=domain,
            problem=problem,
        ),
        evidence(("domain", domain), (say("domain state"), problem)),
        fixes(snapshot, "verify-domain"),
    )


def invalid_characters(snapshot: Snapshot) -> Finding | None:
    account = stuck(snapshot)
    wrong = _invalid(account) if account else ()
    said = _invalid_value_said(snapshot)
    if not wrong and not said:
        return None
    return found(
        "C27",
        bad_characters(account.upn if account else snapshot.name, [name for name, _ in wrong]),
        evidence(*wrong, *(("Graph", text) for text in said)),
        fixes(snapshot, *_corrections(account, wrong)),
    )


def _visible_holders(snapshot: Snapshot) -> tuple[Held, ...]:
    """Where there is no account, a person who holds the address is the one that was meant."""
    held = held_addresses(snapshot)
    if snapshot.account is None:
        unread = "account" in dict(snapshot.unread)
        return () if unread else tuple(one for one in held if one.holder.kind is not HolderKind.USER)
    if unserved(snapshot):
        return held
    named = {address for error in snapshot.account.service_errors for address in addresses_in(error.detail)}
    return tuple(one for one in held if one.address in named)


def _clash_evidence(clashes: tuple[Held, ...]) -> tuple[tuple[str, object], ...]:
    return tuple((f"{one.holder.kind}.proxyAddresses", f"{one.holder.name}: {one.address}") for one in clashes)


def _nickname_fits(account: Account) -> bool:
    nickname = account.mail_nickname.lower()
    known = {local_part(account.upn).lower(), account.sam_account_name.lower()}
    if not account.synced:
        known |= {local_part(address) for address in own_addresses(account)}
    return bool(nickname) and nickname in known


def _domain_wanted(snapshot: Snapshot) -> str:
    """The domain of the mail address that a stuck account, or the name without an account, would get."""
    account = stuck(snapshot)
    if account is not None:
        return domain_of(primary_address(account) or account.upn)
    if snapshot.account is None and "account" not in dict(snapshot.unread):
        return domain_of(snapshot.name)
    return ""


def _domain_problem(snapshot: Snapshot, name: str) -> str:
    if snapshot.domains is not None:
        domain = next((one for one in snapshot.domains if one.name.lower() == name), None)
        if domain is None:
            return say("is not a domain of this tenant")
        if not domain.is_verified:
            return say("is not verified")
        return "" if domain.services is None or "Email" in domain.services else say("is not set up for mail")
    known = snapshot.organization.domains if snapshot.organization else ()
    return say("is not a verified domain of this tenant") if known and name not in known else ""


def _invalid(account: Account) -> tuple[tuple[str, str], ...]:
    values = (
        ("userPrincipalName", account.upn, is_sign_in_name(account.upn)),
        ("mailNickname", account.mail_nickname, not account.mail_nickname or is_nickname(account.mail_nickname)),
        ("mail", account.mail, not account.mail or is_mail_address(account.mail)),
    )
    return tuple((name, value) for name, value, is_good in values if not is_good)


def _invalid_value_said(snapshot: Snapshot) -> tuple[str, ...]:
    tried = (refusal(snapshot, Operation.CREATE), refusal(snapshot, Operation.UPDATE))
    said = (one.trace.message for one in tried if one and not is_ready(snapshot))
    return tuple(text for text in said if "Invalid value specified for property" in text)


def _corrections(account: Account | None, wrong: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    names = {name for name, _ in wrong}
    if account and names == {"mailNickname"}:
        return LOCAL_NICKNAME if account.is_mastered_on_premises else CLOUD_NICKNAME
    return ("correct-name",)
