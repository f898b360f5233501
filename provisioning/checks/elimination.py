"""Causes that Graph cannot show, named by elimination: everything is licensed and free of errors, yet no mailbox.

Each has a precondition of its own, and says what would prove it: ExchangeGuid, msExch* and the mailboxes that are
deleted or inactive can only be read in PowerShell. Normal latency is what remains when nothing else does.
"""

from dataclasses import replace
from datetime import timedelta

from provisioning.addresses import domain_of, initial_domain, smtp_addresses
from provisioning.causes import found, likely
from provisioning.checks.check import evidence
from provisioning.directory import MAILBOX_PLANS, Account, Snapshot
from provisioning.exchange_errors import Meaning, description, errors_meaning
from provisioning.findings import Evidence, Finding
from provisioning.fixes import fixes
from provisioning.holding import deleted_holders, held_addresses, initial_clashes
from provisioning.signs import enabled_plan, is_entitled, licensed_since, sku_by_id, stuck, waiting
from provisioning.waiting import LONGEST, USUAL
from provisioning.words import say

ON_PREMISES_AFTER = timedelta(hours=1)
RECONNECTS = timedelta(days=30)
FIRST_OF_ALL = 1  # the audit log speaks for it


def by_elimination(snapshot: Snapshot) -> tuple[Finding, ...]:
    """For a member with an active mailbox plan and no mailbox, when no check found a certain cause.

    Nothing at all means that this is no more than normal latency, if that (see `latency`).
    """
    account = stuck(snapshot)
    if account is None or not is_entitled(snapshot):
        return ()
    age = waiting(snapshot)
    candidates = (
        *_hybrid(snapshot, account, age),
        _previous_mailbox(snapshot, account, age),
        _never_heard(snapshot, account, age),
        _grace_period(snapshot, account, age),
    )
    return tuple(finding for finding in candidates if finding)


def latency(snapshot: Snapshot) -> Finding | None:
    """What remains when nothing else was found."""
    account = stuck(snapshot)
    if account is None or not is_entitled(snapshot) or waiting(snapshot) >= LONGEST:
        return None
    age = waiting(snapshot)
    return found(
        "C01",
        _being_prepared(account.upn, age),
        _nothing_wrong(snapshot, account),
        fixes(snapshot, "wait", "re-check", *(("retry-provisioning",) if age >= USUAL else ())),
    )


def _being_prepared(upn: str, age: timedelta) -> str:
    if age < USUAL:
        return say(
            "Exchange is preparing the mailbox of {upn}. That is usual: mostly under 30 minutes, up to 24 hours. Wait.",
            upn=upn,
        )
    return say(
        "Exchange is preparing the mailbox of {upn}. It has taken {minutes} minutes so far: mostly under 30 minutes, "
        "up to 24 hours. Wait.",
        upn=upn,
        minutes=int(age.total_seconds() // 60),
    )


def unseen_holders(snapshot: Snapshot) -> tuple[Finding, ...]:
    """Exchange says that the address is in use, and nobody whom Graph shows has it: who else it may be."""
    account = snapshot.account
    errors = errors_meaning(account, Meaning.ADDRESS_IN_USE) if account else ()
    if account is None or not errors or snapshot.holders is None or snapshot.deleted is None:
        return ()
    if held_addresses(snapshot) or deleted_holders(snapshot) or initial_clashes(snapshot):
        return ()
    shown = evidence(
        *(("serviceProvisioningErrors.errorDetail", description(error.detail)) for error in errors),
        (say("users, groups, contacts, deletedItems with the address"), say("none")),
    )
    return (
        likely(
            "C22",
            say(
                "Likely a deleted mailbox without a user holds the address of {upn}. Look for it in Exchange.",
                upn=account.upn,
            ),
            shown,
            fixes(snapshot, "find-soft-deleted-mailbox", "retry-provisioning"),
            say("Get-Mailbox -SoftDeletedMailbox lists a mailbox with the address."),
        ),
        likely(
            "C23",
            say(
                "Perhaps an inactive mailbox, kept by a hold, has the address of {upn}. Look for it in Exchange.",
                upn=account.upn,
            ),
            shown,
            fixes(snapshot, "find-inactive-mailbox", "retry-provisioning"),
            say("Get-Mailbox -InactiveMailboxOnly lists a mailbox with the address."),
        ),
    )


def _hybrid(snapshot: Snapshot, account: Account, age: timedelta) -> tuple[Finding | None, ...]:
    if not account.synced or age <= ON_PREMISES_AFTER:
        return ()
    return (
        _on_premises(snapshot, account),
        _returning(snapshot, account),
        _still_migrated(snapshot, account),
        _deprovisioned(snapshot, account),
        _cloud_attributes(snapshot, account, age),
    )


def _on_premises(snapshot: Snapshot, account: Account) -> Finding:
    return likely(
        "C28",
        say(
            "{upn} likely has a mailbox on premises: by design, Exchange Online then makes none. Migrate it.",
            upn=account.upn,
        ),
        _nothing_wrong(snapshot, account),
        fixes(snapshot, "inspect-recipient", "migrate-mailbox"),
        say("Get-MailUser shows an ExchangeGuid other than 00000000-0000-0000-0000-000000000000."),
    )


def _returning(snapshot: Snapshot, account: Account) -> Finding | None:
    """A new cloud account for an old one of Active Directory, which had a mailbox in the cloud."""
    is_new = account.created_at is not None and snapshot.taken_at - account.created_at < RECONNECTS
    same_anchor = account.immutable_id and any(
        one.immutable_id == account.immutable_id and one.id != account.id for one in snapshot.deleted or ()
    )
    if not same_anchor and not (is_new and had_cloud_mailbox(account)):
        return None
    return likely(
        "C29b",
        say(
            "{upn} likely returned after the former cloud account was gone for over 30 days. Match the two again.",
            upn=account.upn,
        ),
        (
            *_nothing_wrong(snapshot, account),
            *evidence(
                ("onPremisesImmutableId", account.immutable_id),
                ("createdDateTime", f"{account.created_at:%Y-%m-%d}" if account.created_at else ""),
            ),
        ),
        fixes(snapshot, "find-soft-deleted-mailbox", "find-inactive-mailbox", "inspect-recipient"),
        say("Get-Mailbox -SoftDeletedMailbox or -InactiveMailboxOnly lists the person's former mailbox."),
    )


def _still_migrated(snapshot: Snapshot, account: Account) -> Finding | None:
    """The audit log, or a trace of a former cloud mailbox on an account that is older than its license."""
    removed, since = snapshot.license_removed_at, licensed_since(snapshot)
    was_without = removed is not None and since is not None and since - removed > RECONNECTS
    is_old = account.created_at is not None and since is not None and since - account.created_at > RECONNECTS
    if not was_without and not (is_old and had_cloud_mailbox(account)):
        return None
    finding = likely(
        "C29",
        say(
            "{upn} likely had a migrated mailbox and no license for over 30 days, so that none is made. "
            "Mark the user for a new cloud mailbox on premises.",
            upn=account.upn,
        ),
        (
            *_nothing_wrong(snapshot, account),
            *evidence((say("license removed"), f"{removed:%Y-%m-%d}" if removed else "")),
        ),
        fixes(snapshot, "inspect-recipient", "enable-remote-mailbox"),
        say("Get-RemoteMailbox on premises shows RemoteRecipientType Migrated, and Exchange Online has no mailbox."),
    )
    return replace(finding, rank=FIRST_OF_ALL) if was_without else finding


def _deprovisioned(snapshot: Snapshot, account: Account) -> Finding | None:
    """Disable-RemoteMailbox takes the addresses away; who has a mailbox on premises has addresses."""
    initial = initial_domain(snapshot)
    if any(domain_of(address) != initial for address in smtp_addresses(account.proxy_addresses)):
        return None
    return likely(
        "C31",
        say(
            "Active Directory likely marks {upn} as without a cloud mailbox. Enable the remote mailbox there.",
            upn=account.upn,
        ),
        (*_nothing_wrong(snapshot, account), *evidence(("proxyAddresses", account.proxy_addresses))),
        fixes(snapshot, "inspect-recipient", "enable-remote-mailbox"),
        say("In Active Directory, msExchRemoteRecipientType is 8, 10 or 24 (DeprovisionMailbox)."),
    )


def _cloud_attributes(snapshot: Snapshot, account: Account, age: timedelta) -> Finding | None:
    if age <= LONGEST:
        return None
    return likely(
        "C38",
        say(
            "Perhaps the tenant manages Exchange attributes in the cloud, and what was set on premises for {upn} "
            "no longer counts. Ask Microsoft Support.",
            upn=account.upn,
        ),
        _nothing_wrong(snapshot, account),
        fixes(snapshot, "inspect-recipient", "contact-support"),
        say("Get-OrganizationConfig shows ExchangeAttributesCloudManagedByDefault as True."),
    )


def _previous_mailbox(snapshot: Snapshot, account: Account, age: timedelta) -> Finding | None:
    if age <= ON_PREMISES_AFTER or not had_cloud_mailbox(account):
        return None
    return likely(
        "C30",
        say(
            "Exchange likely still points to a former mailbox of {upn}. Check, then let it forget that one.",
            upn=account.upn,
        ),
        (*_nothing_wrong(snapshot, account), *evidence(("proxyAddresses", account.proxy_addresses))),
        fixes(snapshot, "inspect-recipient", "clear-previous-mailbox"),
        say("Get-User shows a PreviousRecipientTypeDetails other than None."),
    )


def _never_heard(snapshot: Snapshot, account: Account, age: timedelta) -> Finding | None:
    if age < LONGEST:
        return None
    hours = int(age.total_seconds() // 3600)
    return likely(
        "C04",
        say(
            "{upn} likely never reached Exchange: {hours} hours without mailbox or error. Retry provisioning.",
            upn=account.upn,
            hours=hours,
        ),
        _nothing_wrong(snapshot, account),
        fixes(
            snapshot,
            "retry-provisioning",
            "run-diagnostic",
            "reassign-license",
            "recreate-mailbox",
            "contact-support",
        ),
        say("Invoke-ProvisioningRecipientDiagnostic does not find the user, or repairs it by submitting it again."),
    )


def _grace_period(snapshot: Snapshot, account: Account, age: timedelta) -> Finding | None:
    skus = [sku_by_id(snapshot, held.sku_id) for held in account.licenses if enabled_plan(snapshot, held)]
    warned = [sku for sku in skus if sku and sku.capability_status == "Warning"]
    if not warned or age < USUAL or len(warned) < len(skus):
        return None
    return likely(
        "C13",
        say(
            "The subscription {license} of {upn} has expired and is in its grace period. Renew it.",
            license=warned[0].name,
            upn=account.upn,
        ),
        evidence(("subscribedSkus.capabilityStatus", f"{warned[0].name}: Warning")),
        fixes(snapshot, "renew-subscription", "assign-license"),
        say("A license of another, active subscription brings the mailbox."),
    )


def had_cloud_mailbox(account: Account) -> bool:
    """An X500 address of Exchange Online stays when a mailbox goes; so does a mailbox plan that Graph calls Deleted."""
    x500 = any(address.lower().startswith("x500:/o=exchangelabs") for address in account.proxy_addresses)
    serving = {plan.id for plan in account.plans if plan.capability_status != "Deleted"}
    gone = {plan.id for plan in account.plans if plan.id in MAILBOX_PLANS and plan.capability_status == "Deleted"}
    return x500 or bool(gone - serving)


def _nothing_wrong(snapshot: Snapshot, account: Account) -> tuple[Evidence, ...]:
    """What elimination rests on."""
    since = licensed_since(snapshot)
    probe = snapshot.mailbox.trace.code if snapshot.mailbox else ""
    return evidence(
        ("mailboxSettings", probe or "404"),
        (say("licensed since"), f"{since:%Y-%m-%d %H:%M}" if since else say("unknown")),
        ("serviceProvisioningErrors", say("no open one")),
        ("onPremisesSyncEnabled", str(account.synced).lower()),
    )
