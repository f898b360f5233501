"""The tenant that tests start with: Contoso, its people and its subscriptions."""

from datetime import UTC, datetime

from provisioning.directory import Account, AssignedLicense, AssignedPlan, LicenseState, Organization, ServicePlan, Sku
from provisioning.recipients import Domain

TENANT_ID = "6f0e1d2c-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

E3 = Sku(
    id="05e9a617-0261-4cee-bb44-138d3ef5d965",
    part_number="SPE_E3",
    name="Microsoft 365 E3",
    enabled=25,
    consumed=3,
    plans=(
        ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
        ServicePlan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1"),
    ),
)
BUSINESS_PREMIUM = Sku(
    id="cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
    part_number="SPB",
    name="Microsoft 365 Business Premium",
    enabled=5,
    consumed=0,
    plans=(ServicePlan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD"),),
)
FLOW_FREE = Sku(
    id="f30db892-07e9-47e9-837c-80727f46fd3d",
    part_number="FLOW_FREE",
    name="Microsoft Power Automate Free",
    enabled=10000,
    consumed=1,
    plans=(ServicePlan("113feb6c-3fe4-4440-bddc-54d774bf0318", "EXCHANGE_S_FOUNDATION"),),
)
INITIAL_DOMAIN = "contoso.onmicrosoft.com"
CONTOSO = Organization(
    id=TENANT_ID, name="Contoso", domains=("contoso.com", INITIAL_DOMAIN), initial_domain=INITIAL_DOMAIN
)
DOMAINS = (
    Domain("contoso.com", services=("Email", "OfficeCommunicationsOnline")),
    Domain(INITIAL_DOMAIN, is_initial=True, services=("Email", "OfficeCommunicationsOnline")),
)


def _person(name: str, display_name: str, suffix: str) -> Account:
    upn = f"{name}@contoso.com"
    return Account(
        id=f"6f0e1d2c-0000-4000-8000-0000000000{suffix}",
        upn=upn,
        display_name=display_name,
        mail=upn,
        mail_nickname=name,
        proxy_addresses=(f"SMTP:{upn}", f"smtp:{name}@{INITIAL_DOMAIN}"),
        usage_location="US",
        created_at=NOW,
        licenses=(AssignedLicense(E3.id),),
        plans=(AssignedPlan(E3.plans[0].id, "exchange", "Enabled", NOW),),
        license_states=(LicenseState(E3.id, "Active", updated_at=NOW),),
    )


HELGA = _person("helga", "Helga Desk", "a1")
MONA = _person("mona", "Mona Manager", "a2")
ADAM = _person("adam", "Adam Admin", "a7")
PEOPLE = (HELGA, MONA, ADAM)
