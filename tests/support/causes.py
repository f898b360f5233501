"""For each cause, a function that gives a snapshot the raw evidence of it, as Graph shows it.

Each takes a snapshot and returns it with that one thing wrong, so that two can be combined.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from support.snapshots import (
    CONTOSO,
    E3,
    ENTERPRISE,
    FLOW,
    FOUNDATION,
    GROUP,
    INITIAL,
    NOW,
    PLAN_1,
    TEAMS,
    YAMMER,
    changed,
    missing,
    synced,
)

from provisioning.directory import (
    AssignedLicense,
    AssignedPlan,
    DeletedAccount,
    HealthIssue,
    LicenseState,
    Probe,
    ProbeResult,
    ProvisionedPlan,
    ProvisioningError,
    ServiceHealth,
    Sku,
    Snapshot,
)
from provisioning.errors import GraphTrace
from provisioning.recipients import AddressHolder, Attempt, HolderKind, Operation

Damage = Callable[[Snapshot], Snapshot]

PROXY_TEXT = (
    '<ServiceInstance><ObjectErrors><ErrorRecord><ErrorDescription>The proxy address "SMTP:{address}" is already being '
    'used by the proxy addresses or LegacyExchangeDN of "{who}". Please choose another proxy address.'
    "</ErrorDescription></ErrorRecord></ObjectErrors></ServiceInstance>"
)
ARCHIVE_TEXT = (
    "<ErrorRecord><ErrorDescription>Failed to sync the ArchiveGuid 11111111-0000-4000-8000-000000000000 of mailbox "
    "because one cloud archive 22222222-0000-4000-8000-000000000000 exists.</ErrorDescription></ErrorRecord>"
)


def c01(s: Snapshot) -> Snapshot:
    return s


def c02(s: Snapshot) -> Snapshot:
    feature = "Tenant Administration (Provisioning, Remote PowerShell)"
    issue = HealthIssue(
        "EX226574", "Delays for new users", "incident", feature, feature_group="Management and Provisioning"
    )
    return replace(s, health=ServiceHealth("serviceDegradation", (issue,)))


def c03(s: Snapshot) -> Snapshot:
    created = Attempt(Operation.CREATE, NOW - timedelta(seconds=20), GraphTrace(201))
    return replace(s, account=None, mailbox=None, attempts=(created,))


def c04(s: Snapshot) -> Snapshot:
    since = NOW - timedelta(hours=30)
    assert s.account
    states = tuple(replace(state, updated_at=since) for state in s.account.license_states)
    return changed(s, license_states=states, created_at=since)


def c04_error(s: Snapshot) -> Snapshot:
    return _with_error(s, "<a><ErrorDescription>The recipient could not be validated (0x8004).</ErrorDescription></a>")


def c05(s: Snapshot) -> Snapshot:
    return replace(changed(s, licenses=(), plans=(), license_states=(), provisioned_plans=()), license_details=())


def c06(s: Snapshot) -> Snapshot:
    state = (LicenseState(FLOW.id, "Active", updated_at=NOW),)
    return replace(
        changed(s, licenses=(AssignedLicense(FLOW.id),), plans=(), license_states=state, provisioned_plans=()),
        license_details=(FOUNDATION,),
    )


def c07(s: Snapshot) -> Snapshot:
    off = (ENTERPRISE.id, YAMMER.id)
    plans = (
        AssignedPlan(ENTERPRISE.id, "exchange", "Deleted", NOW),
        AssignedPlan(TEAMS.id, "TeamspaceAPI", "Enabled", NOW),
    )
    state = (LicenseState(E3.id, "Active", disabled_plans=off, updated_at=NOW),)
    details = (replace(ENTERPRISE, provisioning_status="Disabled"), TEAMS)
    return replace(
        changed(s, licenses=(AssignedLicense(E3.id, off),), plans=plans, license_states=state), license_details=details
    )


def c08(s: Snapshot) -> Snapshot:
    return _plan_status(s, "PendingActivation")


def c09(s: Snapshot) -> Snapshot:
    return _plan_status(s, "Error")


def c10(s: Snapshot) -> Snapshot:
    return changed(s, usage_location="")


def c11(s: Snapshot) -> Snapshot:
    return _state_error(s, "ProhibitedInUsageLocationViolation")


def c12(s: Snapshot) -> Snapshot:
    return _state_error(s, "CountViolation")


def c13(s: Snapshot) -> Snapshot:
    skus = tuple(replace(sku, capability_status="Suspended") if sku.id == E3.id else sku for sku in s.skus or ())
    return replace(s, skus=skus)


def c14(s: Snapshot) -> Snapshot:
    return _state_error(s, "MutuallyExclusiveViolation", PLAN_1)


def c15(s: Snapshot) -> Snapshot:
    return _state_error(s, "DependencyViolation")


def c16(s: Snapshot) -> Snapshot:
    return _state_error(s, "UniquenessViolation")


def c17(s: Snapshot) -> Snapshot:
    visio = LicenseState("c5928f49-12ba-48f7-ada3-0d743a3601d5", "Error", "CountViolation", GROUP, updated_at=NOW)
    ours = LicenseState(E3.id, "Error", "Other", GROUP, updated_at=NOW)
    visio_sku = Sku(visio.sku_id, "VISIOCLIENT", "Visio Plan 2", 1, 1)
    return replace(
        changed(s, licenses=(), plans=(), license_states=(visio, ours), provisioned_plans=()),
        skus=(*(s.skus or ()), visio_sku),
        license_details=(),
    )


def c19(s: Snapshot) -> Snapshot:
    assert s.account
    holder = AddressHolder("g1", HolderKind.GROUP, "Sales", proxy_addresses=(f"smtp:{s.account.upn}",))
    text = PROXY_TEXT.format(address=s.account.upn, who="Sales")
    return replace(_with_error(s, text), holders=(*(s.holders or ()), holder))


def c20(s: Snapshot) -> Snapshot:
    other = AddressHolder(
        "u2", HolderKind.USER, "Jane Roe", "jane@fabrikam.com", proxy_addresses=(f"smtp:jane@{INITIAL}",)
    )
    return replace(s, holders=(*(s.holders or ()), other))


def c21(s: Snapshot) -> Snapshot:
    assert s.account
    gone = DeletedAccount("d1", "jane.old@contoso.com", "Jane Doe", NOW - timedelta(days=9), s.account.mail)
    return replace(s, deleted=(gone,))


def c21_missing(_: Snapshot) -> Snapshot:
    gone = DeletedAccount("d1", "jane@contoso.com", "Jane Doe", NOW - timedelta(days=9))
    return replace(missing(), deleted=(gone,))


def c22(s: Snapshot) -> Snapshot:
    assert s.account
    return _with_error(s, PROXY_TEXT.format(address=s.account.upn, who="Jane Doe"))


def c24(s: Snapshot) -> Snapshot:
    said = "Another object with the same value for property userPrincipalName already exists."
    attempt = Attempt(Operation.CREATE, NOW, GraphTrace(400, "Request_BadRequest", said), "userPrincipalName")
    return replace(s, attempts=(attempt,))


def c24b(s: Snapshot) -> Snapshot:
    assert s.account
    return replace(
        changed(s, proxy_addresses=(*s.account.proxy_addresses, "smtp:j.doe@contoso.com")), name="J.Doe@contoso.com"
    )


def c25(s: Snapshot) -> Snapshot:
    return changed(s, mail_nickname="somebody.else")


def c26(s: Snapshot) -> Snapshot:
    domains = tuple(replace(one, is_verified=False) if one.name == "contoso.com" else one for one in s.domains or ())
    return replace(s, domains=domains)


def c27(s: Snapshot) -> Snapshot:
    return changed(s, mail_nickname="jane doe,x")


def c28(s: Snapshot) -> Snapshot:
    aged = synced(s)
    assert aged.account
    states = tuple(replace(state, updated_at=NOW - timedelta(hours=5)) for state in aged.account.license_states)
    return changed(aged, license_states=states)


def c29(s: Snapshot) -> Snapshot:
    return replace(c28(s), license_removed_at=NOW - timedelta(days=80))


def c29b(s: Snapshot) -> Snapshot:
    return _with_x500(c28(s))


def c30(s: Snapshot) -> Snapshot:
    return _with_x500(c04(s))


def c31(s: Snapshot) -> Snapshot:
    return changed(c28(s), proxy_addresses=())


def c32(s: Snapshot) -> Snapshot:
    return _with_error(s, ARCHIVE_TEXT)


def c33(s: Snapshot) -> Snapshot:
    return replace(s, mailbox=Probe(ProbeResult.READY), mailbox_purpose="shared")


def c34(s: Snapshot) -> Snapshot:
    error = ProvisioningError(
        "directory sync",
        "",
        at=NOW,
        category="PropertyConflict",
        property="ProxyAddress",
        value="SMTP:jane@contoso.com",
    )
    return changed(synced(s), sync_errors=(error,))


def c35(s: Snapshot) -> Snapshot:
    old = replace(s.organization or CONTOSO, last_sync=NOW - timedelta(days=3))
    return synced(replace(s, organization=old))


def c36(_: Snapshot) -> Snapshot:
    gone = missing("new.joiner@contoso.com")
    assert gone.organization
    return replace(gone, organization=replace(gone.organization, synced=True, last_sync=NOW - timedelta(minutes=9)))


def c37(s: Snapshot) -> Snapshot:
    return changed(synced(c05(s)), proxy_addresses=())


def c38(s: Snapshot) -> Snapshot:
    return synced(c04(s))


def c39(s: Snapshot) -> Snapshot:
    said = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
    said += "currently undergoing migration."
    return replace(synced(s), attempts=(Attempt(Operation.UPDATE, NOW, GraphTrace(400, "Request_BadRequest", said)),))


def c40(s: Snapshot) -> Snapshot:
    upn = "jane_fabrikam.com#EXT#@contoso.onmicrosoft.com"
    return replace(changed(s, user_type="Guest", upn=upn, licenses=(), plans=()), name=upn)


def c41(s: Snapshot) -> Snapshot:
    return changed(c05(s), plans=(AssignedPlan(ENTERPRISE.id, "exchange", "Deleted", NOW - timedelta(days=5)),))


def c42(s: Snapshot) -> Snapshot:
    return replace(s, attempts=(Attempt(Operation.FOLLOW_UP, NOW, GraphTrace(404, "MailboxNotEnabledForRESTAPI")),))


def c43(s: Snapshot) -> Snapshot:
    return replace(s, primary_mailbox_id="MBX:1111@2222")


# Cause -> what to do to a stuck user. Causes that need something else than the stuck user say so themselves.
CAUSES: dict[str, Damage] = {
    name.replace("c", "C", 1): function
    for name, function in list(globals().items())
    if name[0] == "c" and name[1:3].isdigit() and "_" not in name
}


def _with_error(s: Snapshot, detail: str) -> Snapshot:
    assert s.account
    error = ProvisioningError("exchange/NAMPRD09-001-01", detail, at=NOW)
    return changed(s, service_errors=(*s.account.service_errors, error))


def _plan_status(s: Snapshot, status: str) -> Snapshot:
    plan = (ProvisionedPlan("exchange", "Enabled", status),)
    return replace(
        changed(s, provisioned_plans=plan), license_details=(replace(ENTERPRISE, provisioning_status=status),)
    )


def _state_error(s: Snapshot, error: str, sku: Sku = E3) -> Snapshot:
    """The license is in error; one that the user holds already stays."""
    assert s.account
    states = tuple(state for state in s.account.license_states if state.sku_id != sku.id)
    held = tuple(one for one in s.account.licenses if one.sku_id != sku.id)
    plans = s.account.plans if held else ()
    failed = LicenseState(sku.id, "Error", error, updated_at=NOW)
    return changed(s, license_states=(*states, failed), licenses=held, plans=plans)


def _with_x500(s: Snapshot) -> Snapshot:
    assert s.account
    old = "x500:/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=0123-jane"
    return changed(s, proxy_addresses=(*s.account.proxy_addresses, old))
