"""Not really stuck: guests, people looked up by another name, mailboxes that work though REST says no."""

from provisioning.addresses import own_addresses
from provisioning.causes import found
from provisioning.checks.check import evidence
from provisioning.directory import Snapshot
from provisioning.findings import Finding
from provisioning.fixes import fixes
from provisioning.holding import held_addresses
from provisioning.recipients import HolderKind, Operation
from provisioning.signs import is_ready, refusal, stuck
from provisioning.words import say


def guest(snapshot: Snapshot) -> Finding | None:
    account = snapshot.account
    if account is None or not account.is_guest or is_ready(snapshot):
        return None
    return found(
        "C40",
        say(
            "{upn} is a guest: the mailbox is in the guest's own organization, and none is made here.",
            upn=account.upn,
        ),
        evidence(("userType", account.user_type), ("userPrincipalName", account.upn)),
        fixes(snapshot, "use-home-mailbox"),
    )


def known_by_another_name(snapshot: Snapshot) -> Finding | None:
    """Asked for by an address that is not the sign-in name."""
    name, account = snapshot.name.lower(), snapshot.account
    if "@" not in name:
        return None
    if account is None:
        return _somebody_elses(snapshot)
    if name == account.upn.lower() or name not in own_addresses(account):
        return None
    where = "mail" if name == account.mail.lower() else "proxyAddresses"
    return found(
        "C24b",
        say(
            "{address} is an address of {name}; the sign-in name is {upn}.",
            address=snapshot.name,
            name=account.display_name,
            upn=account.upn,
        ),
        evidence((where, snapshot.name), ("userPrincipalName", account.upn)),
        fixes(snapshot, "use-sign-in-name"),
        is_note=True,
    )


def works_but_not_by_rest(snapshot: Snapshot) -> Finding | None:
    """Exchange names a primary mailbox although mailboxSettings answers 404."""
    account = stuck(snapshot)
    if account is None or not snapshot.primary_mailbox_id:
        return None
    return found(
        "C43",
        say(
            "The mailbox of {upn} exists; only the REST interface does not see it yet. Try Outlook on the web.",
            upn=account.upn,
        ),
        evidence(("settings/exchange.primaryMailboxId", snapshot.primary_mailbox_id), ("mailboxSettings", "404")),
        fixes(snapshot, "re-check", "wait"),
    )


def follow_up_too_early(snapshot: Snapshot) -> Finding | None:
    account, attempt = stuck(snapshot), refusal(snapshot, Operation.FOLLOW_UP)
    if account is None or attempt is None or attempt.trace.status != 404:
        return None
    return found(
        "C42",
        say(
            "A follow-up for {upn} failed because it needs the mailbox. Mailroom repeats it once that is ready.",
            upn=account.upn,
        ),
        evidence(("follow-up", f"{attempt.trace.status} {attempt.trace.code}")),
        fixes(snapshot, "wait"),
        is_note=True,
    )


def _somebody_elses(snapshot: Snapshot) -> Finding | None:
    people = [one.holder for one in held_addresses(snapshot) if one.holder.kind is HolderKind.USER]
    if not people or "account" in dict(snapshot.unread):
        return None
    return found(
        "C24b",
        say(
            "{address} is an address of {name}; look for the sign-in name {upn}.",
            address=snapshot.name,
            name=people[0].name,
            upn=people[0].upn,
        ),
        evidence(("user.userPrincipalName", people[0].upn), ("user.proxyAddresses", snapshot.name)),
        fixes(snapshot, "use-sign-in-name"),
        is_note=True,
    )
