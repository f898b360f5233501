"""What Graph cannot do around addresses: exact PowerShell that finds and frees them, and its consequence.

Cmdlets: learn.microsoft.com/powershell/module/exchangepowershell.
"""

from provisioning.addresses import primary_address
from provisioning.directory import Snapshot
from provisioning.exchange_errors import Meaning, addresses_in, errors_meaning
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.scripts import CONNECT, name_of
from provisioning.holding import Held, held_addresses, initial_clashes
from provisioning.powershell import filter_on, quoted, script
from provisioning.recipients import HolderKind
from provisioning.words import say

MOST_ADDRESSES = 5
_REMOVERS = {HolderKind.USER: "Set-Mailbox", HolderKind.GROUP: "Set-DistributionGroup"}


def release_address(snapshot: Snapshot) -> Fix:
    """Finds the holder in Exchange, which also knows public folders, and takes the address from the ones we know."""
    shown = "Format-List Name, RecipientTypeDetails, PrimarySmtpAddress, EmailAddresses"
    finds = (f"Get-Recipient -ResultSize Unlimited -Filter {_holds(one)} | {shown}" for one in contested(snapshot))
    removes = (_remove(held) for held in (*held_addresses(snapshot), *initial_clashes(snapshot)))
    changes = say("The other recipient loses the address: mail sent to it no longer reaches that recipient.")
    commands = script(CONNECT, *finds, *removes)
    return _fix("release-address", say("Take the address from its holder"), Risk.MAIL_FLOW, changes, commands)


def find_soft_deleted(snapshot: Snapshot) -> Fix:
    shown = "Format-List Name, ExchangeGuid, WhenSoftDeleted"
    finds = (f"Get-Mailbox -SoftDeletedMailbox -Filter {_holds(one)} | {shown}" for one in contested(snapshot))
    after = (
        "# To keep its content, copy it into a mailbox:",
        "# New-MailboxRestoreRequest -SourceMailbox <ExchangeGuid> -TargetMailbox <mailbox>",
        "# To free the address, losing the content:",
        "# Remove-Mailbox -Identity <ExchangeGuid> -PermanentlyDelete",
    )
    changes = say("It lists deleted mailboxes that still hold the address; removing one for good loses its content.")
    commands = script(CONNECT, *finds, *after)
    return _fix("find-soft-deleted-mailbox", say("Look for a deleted mailbox"), Risk.DATA_LOSS, changes, commands)


def find_inactive(snapshot: Snapshot) -> Fix:
    shown = "Format-List Name, DistinguishedName, ExchangeGuid, InPlaceHolds"
    finds = (f"Get-Mailbox -InactiveMailboxOnly -Filter {_holds(one)} | {shown}" for one in contested(snapshot))
    after = (
        "# To copy its content into the new mailbox once that exists:",
        f"# New-MailboxRestoreRequest -SourceMailbox <ExchangeGuid> -TargetMailbox {quoted(name_of(snapshot))}",
    )
    changes = say("It lists mailboxes that a hold keeps; reconnecting one ends its hold after 30 days.")
    commands = script(CONNECT, *finds, *after)
    return _fix("find-inactive-mailbox", say("Look for an inactive mailbox"), Risk.DATA_LOSS, changes, commands)


def contested(snapshot: Snapshot) -> tuple[str, ...]:
    """The addresses that somebody else holds, as Exchange or the directory names them; else the main one."""
    account = snapshot.account
    named = [held.address for held in (*held_addresses(snapshot), *initial_clashes(snapshot))]
    for error in errors_meaning(account, Meaning.ADDRESS_IN_USE) if account else ():
        named += addresses_in(error.detail)
    main = (primary_address(account) or account.upn) if account else snapshot.name
    return tuple(dict.fromkeys(named or [main.lower()]))[:MOST_ADDRESSES]


def _remove(held: Held) -> str:
    where = "# In Active Directory, since the holder is synchronized: " if held.holder.synced else ""
    cmdlet = _REMOVERS.get(held.holder.kind, "Set-MailContact")
    return f"{where}{cmdlet} -Identity {quoted(held.holder.id)} -EmailAddresses @{{remove={_smtp(held.address)}}}"


def _holds(address: str) -> str:
    return filter_on("EmailAddresses", f"smtp:{address}")


def _smtp(address: str) -> str:
    return quoted(f"smtp:{address}")


def _fix(fix_id: str, title: str, risk: Risk, changes: str, commands: str) -> Fix:
    return Fix(fix_id, title, FixKind.POWERSHELL, risk, changes, commands)
