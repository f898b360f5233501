"""Directory sync: errors that it left, whether it runs, what Active Directory alone can change."""

from datetime import timedelta

from provisioning.addresses import domain_of, initial_domain, local_part, smtp_addresses
from provisioning.causes import found, likely
from provisioning.checks.check import evidence
from provisioning.directory import Account, ProvisioningError, Snapshot
from provisioning.exchange_errors import Meaning, description, errors_meaning
from provisioning.findings import Finding
from provisioning.fixes import fixes
from provisioning.holding import deleted_holders, held_addresses
from provisioning.recipients import Operation
from provisioning.signs import is_ready, member, refusal, serving_license, stuck, unserved
from provisioning.words import say

STALE = timedelta(hours=3)  # a cycle takes 30 minutes by default: six were missed
NOT_PEOPLE = ("shared", "room", "equipment")
OUT_OF_SCOPE_PROOF = say(
    "Get-ADUser finds the user outside the organizational units that are synchronized, or "
    "Get-ADSyncRunProfileResult shows stopped-deletion-threshold-exceeded."
)


def archive_guid(snapshot: Snapshot) -> Finding | None:
    account = member(snapshot)
    errors = errors_meaning(account, Meaning.ARCHIVE_GUID) if account else ()
    if account is None or not errors:
        return None
    return found(
        "C32",
        say(
            "The archive GUID of {upn} is not that of Exchange, so no change reaches Exchange. Correct it.",
            upn=account.upn,
        ),
        evidence(*(("serviceProvisioningErrors.errorDetail", description(error.detail)) for error in errors)),
        fixes(snapshot, "set-archive-guid", "resync-directory"),
    )


def quarantined(snapshot: Snapshot) -> Finding | None:
    """Duplicate attribute resiliency: the clashing value is left out, a sign-in name is replaced."""
    account = member(snapshot)
    errors = [error for error in account.sync_errors if not error.is_resolved] if account else []
    if account is None or not errors:
        return None
    what = ", ".join(dict.fromkeys(error.property or error.detail for error in errors))
    return found(
        "C34",
        say(
            "Directory sync left out an attribute of {upn} ({what}), because another object has the same value. "
            "Correct it in Active Directory, then sync.",
            upn=account.upn,
            what=what,
        ),
        evidence(*(("onPremisesProvisioningErrors", _words(error)) for error in errors)),
        fixes(snapshot, "correct-in-directory", "resync-directory"),
    )


def quarantined_name(snapshot: Snapshot) -> Finding | None:
    """A synced sign-in name like jane1234@<initial domain> without an error: it may have been quarantined."""
    account = stuck(snapshot)
    if account is None or not account.synced or account.sync_errors:
        return None
    local, initial = local_part(account.upn), initial_domain(snapshot)
    if not initial or domain_of(account.upn) != initial or not (len(local) > 4 and local[-4:].isdigit()):
        return None
    return likely(
        "C34",
        say(
            "{upn} looks like the substitute for a sign-in name that was in use already. Correct the original.",
            upn=account.upn,
        ),
        evidence(("userPrincipalName", account.upn)),
        fixes(snapshot, "correct-in-directory", "resync-directory"),
        say("Get-ADUser shows another userPrincipalName in Active Directory, and a second object has the same one."),
    )


def sync_stale(snapshot: Snapshot) -> Finding | None:
    organization = snapshot.organization
    if organization is None or not organization.synced or organization.last_sync is None:
        return None
    if not _is_missing(snapshot) and not _is_stuck_synced(snapshot):
        return None
    age = snapshot.taken_at - organization.last_sync
    if age <= STALE:
        return None
    hours = int(age.total_seconds() // 3600)
    return found(
        "C35",
        say(
            "Directory sync has not run for {hours} hours, so nothing new arrives from Active Directory. Start it.",
            hours=hours,
        ),
        evidence(("organization.onPremisesLastSyncDateTime", f"{organization.last_sync:%Y-%m-%d %H:%M}")),
        fixes(snapshot, "resync-directory", "check-deletion-threshold"),
    )


def out_of_scope(snapshot: Snapshot) -> Finding | None:
    """Not in Entra, not in the recycle bin, held by nobody: likely never synchronized."""
    organization = snapshot.organization
    if organization is None or not organization.synced or not _is_missing(snapshot) or snapshot.deleted is None:
        return None
    known_domain = not organization.domains or domain_of(snapshot.name) in organization.domains
    if not known_domain or sync_stale(snapshot) or deleted_holders(snapshot) or held_addresses(snapshot):
        return None
    return likely(
        "C36",
        say(
            "{name} is not in Microsoft 365, although the tenant synchronizes. Likely it is outside the scope, "
            "unless nobody has created it yet.",
            name=snapshot.name,
        ),
        evidence(
            ("GET /users", "404"), ("deletedItems", say("no hit")), ("organization.onPremisesSyncEnabled", "true")
        ),
        fixes(snapshot, "bring-into-scope", "resync-directory", "check-deletion-threshold"),
        OUT_OF_SCOPE_PROOF,
    )


def only_needs_license(snapshot: Snapshot) -> Finding | None:
    """Synced with nothing but `mail`: a license alone turns the user into one with a mailbox."""
    account = unserved(snapshot)
    if account is None or not account.synced or not account.mail or account.licenses or account.license_states:
        return None
    if smtp_addresses(account.proxy_addresses):
        return None
    return found(
        "C37",
        say(
            "{upn} has a mail attribute but no mailbox anywhere. Assign a license: that makes the mailbox.",
            upn=account.upn,
        ),
        evidence(("mail", account.mail), ("proxyAddresses", "[]"), ("onPremisesSyncEnabled", "true")),
        fixes(snapshot, "assign-license"),
    )


def wrong_type(snapshot: Snapshot) -> Finding | None:
    """A licensed person who may sign in, with the mailbox of a group or a room."""
    account = member(snapshot)
    if account is None or not is_ready(snapshot) or snapshot.mailbox_purpose not in NOT_PEOPLE or not account.enabled:
        return None
    if not account.mailbox_plan and not serving_license(snapshot):
        return None
    return found(
        "C33",
        say(
            "The mailbox of {upn} is a {purpose} mailbox, not that of a person. Convert it.",
            upn=account.upn,
            purpose=snapshot.mailbox_purpose,
        ),
        evidence(("mailboxSettings.userPurpose", snapshot.mailbox_purpose), ("accountEnabled", "true")),
        fixes(snapshot, "convert-mailbox-type"),
    )


def mastered_on_premises(snapshot: Snapshot) -> Finding | None:
    """The case tried to change in the cloud what Active Directory masters."""
    account, attempt = member(snapshot), refusal(snapshot, Operation.UPDATE)
    if account is None or attempt is None or not account.is_mastered_on_premises:
        return None
    if "on-premises mastered" not in attempt.trace.message:
        return None
    return found(
        "C39",
        say(
            "{upn} is mastered in Active Directory, so the change was refused here. Make it there, then sync.",
            upn=account.upn,
        ),
        evidence(("PATCH /users", attempt.trace.message), ("onPremisesSyncEnabled", "true")),
        fixes(snapshot, "resync-directory"),
    )


def _is_missing(snapshot: Snapshot) -> bool:
    return snapshot.account is None and "account" not in dict(snapshot.unread) and "@" in snapshot.name


def _is_stuck_synced(snapshot: Snapshot) -> bool:
    account: Account | None = stuck(snapshot)
    return account is not None and account.synced


def _words(error: ProvisioningError) -> str:
    words = ": ".join(word for word in (error.category, error.property, error.value) if word)
    return words or error.detail
