"""What Graph cannot do around the recipient and directory sync: exact PowerShell with the user's values.

Cmdlets: learn.microsoft.com/powershell/module/exchangepowershell, .../module/activedirectory, .../module/adsync.
"""

from provisioning.addresses import local_part, proper_nickname
from provisioning.directory import Snapshot
from provisioning.findings import Fix, FixKind, Risk
from provisioning.powershell import quoted, script
from provisioning.words import say

CONNECT = "Connect-ExchangeOnline"
ON_PREMISES = "# In the Exchange Management Shell on premises"
SYNC_SERVER = "# On the server that runs Microsoft Entra Connect, as an administrator"
DELTA = "Start-ADSyncSyncCycle -PolicyType Delta"


def name_of(snapshot: Snapshot) -> str:
    return snapshot.account.upn if snapshot.account else snapshot.name or say("this user")


def resync_directory(_: Snapshot) -> Fix:
    title = say("Re-sync the directory")
    changes = say("The sync server runs a delta synchronization now: everything changed in Active Directory is sent.")
    commands = script(SYNC_SERVER, "Import-Module ADSync", DELTA)
    return Fix("resync-directory", title, FixKind.POWERSHELL, Risk.REVERSIBLE, changes, commands, True)


def check_deletion_threshold(_: Snapshot) -> Fix:
    changes = say(
        "It shows whether the export was stopped because too many objects would be deleted; "
        "lifting the threshold lets all of these deletions happen."
    )
    commands = script(
        SYNC_SERVER,
        "Get-ADSyncExportDeletionThreshold",
        "Get-ADSyncRunProfileResult -NumberRequested 10 | Format-List ConnectorName, RunProfileName, Result",
        "# Only if every pending deletion is wanted:",
        "# Disable-ADSyncExportDeletionThreshold",
        f"# {DELTA}",
        "# Enable-ADSyncExportDeletionThreshold -DeletionThreshold 500",
    )
    return _fix("check-deletion-threshold", say("Look for a stopped export"), Risk.DATA_LOSS, changes, commands)


def run_diagnostic(snapshot: Snapshot) -> Fix:
    changes = say("Exchange checks this recipient and submits it again where it finds an error (100 calls an hour).")
    commands = script(CONNECT, f"Invoke-ProvisioningRecipientDiagnostic -Recipients {quoted(name_of(snapshot))}")
    return _fix("run-diagnostic", say("Let Exchange diagnose it"), Risk.REVERSIBLE, changes, commands)


def inspect_recipient(snapshot: Snapshot) -> Fix:
    user = quoted(name_of(snapshot))
    changes = say("It only shows what Exchange knows about the user; nothing is changed.")
    lines = (
        CONNECT,
        f"Get-MailUser -Identity {user} | Format-List ExchangeGuid, ArchiveGuid, RemoteRecipientType, *Recipient*",
        f"Get-User -Identity {user} | Format-List PreviousRecipientTypeDetails, RemoteRecipientType",
    )
    return _fix("inspect-recipient", say("Look at the recipient"), Risk.NONE, changes, script(*lines))


def enable_remote_mailbox(snapshot: Snapshot) -> Fix:
    user, account = quoted(on_premises_name(snapshot)), snapshot.account
    domain = snapshot.organization.initial_domain if snapshot.organization else ""
    routing_domain = domain.replace(".onmicrosoft.com", ".mail.onmicrosoft.com") or "<tenant>.mail.onmicrosoft.com"
    routing = f"{proper_nickname(account) if account else local_part(snapshot.name)}@{routing_domain}"
    title = say("Mark the user for a cloud mailbox")
    changes = say("Active Directory marks the user for a new mailbox in the cloud; the mark of the old one is lost.")
    lines = (
        ON_PREMISES,
        f"Get-RemoteMailbox -Identity {user} | Format-List RemoteRecipientType, ExchangeGuid",
        f"Disable-RemoteMailbox -Identity {user} -Confirm:$false",
        f"Enable-RemoteMailbox -Identity {user} -RemoteRoutingAddress {quoted(routing)}",
        SYNC_SERVER,
        DELTA,
    )
    return _fix("enable-remote-mailbox", title, Risk.MAIL_FLOW, changes, script(*lines))


def migrate_mailbox(snapshot: Snapshot) -> Fix:
    user = quoted(on_premises_name(snapshot))
    changes = say(
        "It looks for the mailbox on premises, which has to be migrated; clearing its GUID while it exists "
        "would give the user two mailboxes."
    )
    lines = (
        ON_PREMISES,
        f"Get-Mailbox -Identity {user} | Format-List Database, ExchangeGuid, RecipientTypeDetails",
        "# If it exists: migrate it. Only if it is gone for good, clear what is left of it and sync:",
        f"# Get-ADUser -Identity {user} | Set-ADUser -Clear msExchMailboxGuid, msExchHomeServerName, homeMDB, homeMTA",
        f"# {DELTA}",
    )
    return _fix("migrate-mailbox", say("Look for a mailbox on premises"), Risk.DATA_LOSS, changes, script(*lines))


def clear_previous_mailbox(snapshot: Snapshot) -> Fix:
    changes = say("Exchange forgets the user's former cloud mailbox: that one can never be connected again.")
    lines = (CONNECT, f"Set-User -Identity {quoted(name_of(snapshot))} -PermanentlyClearPreviousMailboxInfo")
    return _fix("clear-previous-mailbox", say("Forget the former mailbox"), Risk.DATA_LOSS, changes, script(*lines))


def set_archive_guid(snapshot: Snapshot) -> Fix:
    changes = say(
        "Active Directory takes the GUID of the archive in the cloud, so that updates of the user flow again."
    )
    lines = (
        CONNECT,
        f"$archive = (Get-Mailbox -Identity {quoted(name_of(snapshot))}).ArchiveGuid",
        ON_PREMISES,
        f"Set-RemoteMailbox -Identity {quoted(on_premises_name(snapshot))} -ArchiveGuid $archive",
        SYNC_SERVER,
        DELTA,
    )
    return _fix("set-archive-guid", say("Correct the archive GUID"), Risk.MAIL_FLOW, changes, script(*lines))


def correct_nickname_on_premises(snapshot: Snapshot) -> Fix:
    user = quoted(on_premises_name(snapshot))
    nickname = proper_nickname(snapshot.account) if snapshot.account else local_part(snapshot.name)
    if snapshot.account and snapshot.account.sam_account_name:
        nickname = snapshot.account.sam_account_name
    changes = say(
        "The alias becomes “{nickname}”; it is changed twice, because only a change is synchronized.", nickname=nickname
    )
    lines = (
        ON_PREMISES,
        f"Set-RemoteMailbox -Identity {user} -Alias {quoted(f'{nickname}1')}",
        f"{DELTA}  # on the sync server; wait until it has run",
        f"Set-RemoteMailbox -Identity {user} -Alias {quoted(nickname)}",
        f"{DELTA}  # on the sync server",
    )
    return _fix(
        "correct-mail-nickname-on-premises",
        say("Correct the alias in Active Directory"),
        Risk.REVERSIBLE,
        changes,
        script(*lines),
    )


def on_premises_name(snapshot: Snapshot) -> str:
    account = snapshot.account
    return (account.sam_account_name or account.upn) if account else snapshot.name


def _fix(fix_id: str, title: str, risk: Risk, changes: str, commands: str) -> Fix:
    return Fix(fix_id, title, FixKind.POWERSHELL, risk, changes, commands)
