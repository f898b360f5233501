"""Snapshots for tests: a healthy user, a stuck one, a synchronized one, nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from provisioning.directory import (
    Account,
    AssignedLicense,
    AssignedPlan,
    LicenseState,
    Organization,
    Probe,
    ProbeResult,
    ProvisionedPlan,
    ServiceHealth,
    ServicePlan,
    Sku,
    Snapshot,
)
from provisioning.errors import GraphTrace
from provisioning.recipients import Domain

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ENTERPRISE = ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE")
STANDARD = ServicePlan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD")
TEAMS = ServicePlan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")
YAMMER = ServicePlan("7547a3fe-08ee-4ccb-b430-5077c5041653", "YAMMER_ENTERPRISE")
FOUNDATION = ServicePlan("113feb6c-3fe4-4440-bddc-54d774bf0318", "EXCHANGE_S_FOUNDATION")
E3 = Sku(
    "6fd2c87f-b296-42f0-b197-1e91e994b900", "ENTERPRISEPACK", "Office 365 E3", 25, 20, plans=(ENTERPRISE, TEAMS, YAMMER)
)
PLAN_1 = Sku(
    "4b9405b0-7788-4568-add1-99614e613b69", "EXCHANGESTANDARD", "Exchange Online (Plan 1)", 9, 1, plans=(STANDARD,)
)
FLOW = Sku("f30db892-07e9-47e9-837c-80727f46fd3d", "FLOW_FREE", "Power Automate Free", 99, 1, plans=(FOUNDATION,))
GROUP = "6f0e1d2c-0000-4000-8000-00000000c0de"
INITIAL = "contoso.onmicrosoft.com"
CONTOSO = Organization("tenant", "Contoso", ("contoso.com", INITIAL), initial_domain=INITIAL)
NOT_READY = Probe(
    ProbeResult.NOT_READY,
    GraphTrace(
        404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
    ),
)
JANE = "6f0e1d2c-0000-4000-8000-0000000000b1"


def healthy(upn: str = "jane@contoso.com") -> Snapshot:
    """A licensed cloud user whose mailbox answers, in a tenant where all is well; nothing was unreadable."""
    since = NOW - timedelta(days=90)
    account = Account(
        JANE,
        upn,
        "Jane Doe",
        mail=upn,
        mail_nickname=upn.partition("@")[0],
        proxy_addresses=(f"SMTP:{upn}", f"smtp:{upn.partition('@')[0]}@{INITIAL}"),
        usage_location="US",
        created_at=since,
        licenses=(AssignedLicense(E3.id, (YAMMER.id,)),),
        plans=(
            AssignedPlan(ENTERPRISE.id, "exchange", "Enabled", since),
            AssignedPlan(TEAMS.id, "TeamspaceAPI", "Enabled", since),
        ),
        license_states=(LicenseState(E3.id, "Active", disabled_plans=(YAMMER.id,), updated_at=since),),
        provisioned_plans=(ProvisionedPlan("exchange", "Enabled", "Success"),),
    )
    return Snapshot(
        taken_at=NOW,
        account=account,
        organization=CONTOSO,
        skus=(E3, PLAN_1, FLOW),
        health=ServiceHealth("serviceOperational"),
        mailbox=Probe(ProbeResult.READY),
        name=upn,
        mailbox_purpose="user",
        deleted=(),
        domains=(Domain("contoso.com", services=("Email",)), Domain(INITIAL, is_initial=True, services=("Email",))),
        holders=(),
        license_details=(ENTERPRISE, TEAMS),
        primary_mailbox_id="",
    )


def stuck(age: timedelta = timedelta(minutes=10), **changes: object) -> Snapshot:
    """Licensed `age` ago, nothing wrong, and no mailbox yet."""
    since = NOW - age
    base = healthy()
    assert base.account
    account = replace(
        base.account,
        created_at=since,
        proxy_addresses=(f"SMTP:{base.account.upn}",),
        plans=tuple(replace(plan, assigned_at=since) for plan in base.account.plans),
        license_states=tuple(replace(state, updated_at=since) for state in base.account.license_states),
    )
    return changed(replace(base, account=account, mailbox=NOT_READY, mailbox_purpose=""), **changes)


def synced(snapshot: Snapshot) -> Snapshot:
    """The same user and tenant, mastered in Active Directory."""
    assert snapshot.account
    tenant = snapshot.organization or CONTOSO
    organization = replace(tenant, synced=True, last_sync=tenant.last_sync or NOW - timedelta(minutes=20))
    local = changed(
        snapshot,
        synced=True,
        sam_account_name=snapshot.account.upn.partition("@")[0],
        immutable_id="q83vEjRWeJA=",
        last_sync=NOW - timedelta(days=3),
    )
    return replace(local, organization=organization)


def changed(snapshot: Snapshot, **changes: object) -> Snapshot:
    """With other values on the account."""
    assert snapshot.account
    return replace(snapshot, account=replace(snapshot.account, **changes))  # type: ignore[arg-type]


def missing(name: str = "jane@contoso.com") -> Snapshot:
    return replace(healthy(), account=None, mailbox=None, mailbox_purpose="", name=name, license_details=None)
