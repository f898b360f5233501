"""What Graph cannot do around names, scope, domains and seats: exact PowerShell with the user's values.

Cmdlets: learn.microsoft.com/powershell/module/activedirectory, .../microsoft.graph.users, .../exchangepowershell.
"""

from provisioning.addresses import domain_of, local_part, primary_address, proper_nickname
from provisioning.directory import Snapshot
from provisioning.findings import Fix, FixKind, Risk
from provisioning.fixes.scripts import CONNECT, DELTA, SYNC_SERVER, name_of, on_premises_name
from provisioning.powershell import filter_on, quoted, script, visible
from provisioning.words import say


def correct_in_directory(snapshot: Snapshot) -> Fix:
    """For an attribute that directory sync put into quarantine."""
    account = snapshot.account
    shown = "UserPrincipalName, mail, proxyAddresses, mailNickname"
    values = [error.value for error in account.sync_errors if error.value] if account else []
    searches = (f"Get-ADObject -Filter {_any_of(value)} -Properties {shown} | Format-List *" for value in values)
    changes = say(
        "It finds the objects that share the value; once one of them is corrected, the next sync lifts the block."
    )
    lines = (f"Get-ADUser -Identity {quoted(on_premises_name(snapshot))} -Properties {shown}", *searches)
    commands = script("# In Windows PowerShell with the ActiveDirectory module", *lines, SYNC_SERVER, DELTA)
    return _fix("correct-in-directory", say("Correct it in Active Directory"), Risk.REVERSIBLE, changes, commands)


def bring_into_scope(snapshot: Snapshot) -> Fix:
    name = quoted(snapshot.name)
    changes = say(
        "It shows where the user stands in Active Directory; an organizational unit in scope is synchronized."
    )
    found = f"Get-ADUser -Filter {filter_on('UserPrincipalName', snapshot.name)} -Properties mail"
    lines = (
        f"{found} | Format-List DistinguishedName, Enabled, mail",
        SYNC_SERVER,
        "Get-ADSyncConnector | Format-List Name, Partitions",
        f"# After moving {name} into scope:",
        DELTA,
    )
    return _fix("bring-into-scope", say("Bring the user into scope"), Risk.REVERSIBLE, changes, script(*lines))


def convert_to_user_mailbox(snapshot: Snapshot) -> Fix:
    account = snapshot.account
    title = say("Convert the mailbox")
    changes = say("The mailbox becomes that of a person; without a license it is disconnected, and lost after 30 days.")
    cloud = (CONNECT, f"Set-Mailbox -Identity {quoted(name_of(snapshot))} -Type Regular")
    if account is None or not account.is_mastered_on_premises:
        return _fix("convert-mailbox-type", title, Risk.MAIL_FLOW, changes, script(*cloud))
    # 4 = migrated user mailbox, 2147483648 = remote user mailbox; a shared one would be 100 and 34359738368.
    values = "@{msExchRemoteRecipientType=4; msExchRecipientTypeDetails=2147483648}"
    first = f"Set-ADUser -Identity {quoted(on_premises_name(snapshot))} -Replace {values}"
    lines = ("# In Active Directory first, or directory sync changes it back", first, SYNC_SERVER, DELTA, *cloud)
    return _fix("convert-mailbox-type", title, Risk.MAIL_FLOW, changes, script(*lines))


def verify_domain(snapshot: Snapshot) -> Fix:
    account = snapshot.account
    domain = domain_of(primary_address(account) or account.upn if account else snapshot.name)
    changes = say("The tenant proves that it owns the domain, and Exchange takes mail for it.")
    lines = (
        "Connect-MgGraph -Scopes Domain.ReadWrite.All",
        f"Get-MgDomainVerificationDnsRecord -DomainId {quoted(domain)} | Format-List *",
        f"Confirm-MgDomain -DomainId {quoted(domain)}",
        CONNECT,
        f"Invoke-ProvisioningAcceptedDomainDiagnostic -Domains {quoted(domain)}",
    )
    return _fix("verify-domain", say("Verify the domain"), Risk.MAIL_FLOW, changes, script(*lines))


def correct_name(snapshot: Snapshot) -> Fix:
    account = snapshot.account
    old = name_of(snapshot)
    new = f"{proper_nickname(account) if account else local_part(old)}@{domain_of(old)}"
    changes = say("The person signs in as {name} from then on.", name=new)
    if account is not None and account.is_mastered_on_premises:
        on_premises = quoted(on_premises_name(snapshot))
        lines = (f"Set-ADUser -Identity {on_premises} -UserPrincipalName {quoted(new)}", SYNC_SERVER, DELTA)
    else:
        change = f"Update-MgUser -UserId {quoted(account.id if account else old)} -UserPrincipalName {quoted(new)}"
        lines = ("Connect-MgGraph -Scopes User.ReadWrite.All", change, "")
    return _fix("correct-name", say("Correct the sign-in name"), Risk.MAIL_FLOW, changes, script(*filter(None, lines)))


def list_seat_holders(snapshot: Snapshot) -> Fix:
    ids = [sku.id for sku in snapshot.skus or () if sku.mailbox_plans and not sku.free]
    shown = "Format-Table DisplayName, UserPrincipalName, AccountEnabled"
    changes = say(
        "It only lists who holds a seat, so that one can be freed; taking a license away disconnects a mailbox."
    )
    finds = (
        f"Get-MgUser -All -Filter {quoted(f'assignedLicenses/any(l:l/skuId eq {sku_id})')} | {shown}" for sku_id in ids
    )
    commands = script("Connect-MgGraph -Scopes User.Read.All", *finds)
    return _fix("list-seat-holders", say("See who holds the seats"), Risk.NONE, changes, commands)


def set_location_on_premises(snapshot: Snapshot) -> Fix:
    user = quoted(on_premises_name(snapshot))
    changes = say("Active Directory holds the country from then on, and directory sync no longer clears it.")
    lines = (
        "$country = Read-Host 'Two-letter country code'",
        f"Set-ADUser -Identity {user} -Replace @{{msExchUsageLocation=$country}}",
        SYNC_SERVER,
        DELTA,
    )
    title = say("Set the usage location in Active Directory")
    return _fix("set-usage-location-on-premises", title, Risk.REVERSIBLE, changes, script(*lines))


def _any_of(value: str) -> str:
    """An Active Directory filter for a sign-in name or an address, whichever it is."""
    inner = visible(value).replace("'", "''")
    bare = inner.partition(":")[2] if inner[:5].lower() == "smtp:" else inner
    tests = (f"UserPrincipalName -eq '{bare}'", f"mail -eq '{bare}'", f"proxyAddresses -eq 'smtp:{bare}'")
    return quoted(" -or ".join(tests))


def _fix(fix_id: str, title: str, risk: Risk, changes: str, commands: str) -> Fix:
    return Fix(fix_id, title, FixKind.POWERSHELL, risk, changes, commands)
