"""The tenant itself: organization and domains."""

from dataclasses import replace
from datetime import timedelta

from sandbox import people
from sandbox.clock import timestamp
from sandbox.failures import not_found
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.filters import parse
from sandbox.graph.odata import context, page, selected
from sandbox.tenant.exchange import look_at_waiting
from sandbox.tenant.organization import Domain
from sandbox.tenant.state import Tenant

ORGANIZATION_PROPERTIES = (
    "id",
    "deletedDateTime",
    "businessPhones",
    "city",
    "country",
    "countryLetterCode",
    "createdDateTime",
    "displayName",
    "onPremisesLastSyncDateTime",
    "onPremisesSyncEnabled",
    "preferredLanguage",
    "tenantType",
    "technicalNotificationMails",
    "verifiedDomains",
)
_CANONICAL = {name.lower(): name for name in ORGANIZATION_PROPERTIES}
_DOMAIN_CANONICAL = {
    name.lower(): name
    for name in (
        "authenticationType",
        "id",
        "isAdminManaged",
        "isDefault",
        "isInitial",
        "isRoot",
        "isVerified",
        "supportedServices",
    )
}


@route("GET", "organization")
def list_organizations(call: Call) -> Answer:
    names = selected(call, _CANONICAL, ORGANIZATION_PROPERTIES, "organization")
    return Answer(body=page(call, [None], lambda _: _organization(call, names), "organization"))


@route("GET", "organization/{id}")
def get_organization(call: Call) -> Answer:
    if call.params["id"].lower() != call.tenant.organization.id:
        raise not_found(call.params["id"])
    names = selected(call, _CANONICAL, ORGANIZATION_PROPERTIES, "organization")
    return Answer(body={"@odata.context": context(call, "organization"), **_organization(call, names)})


@route("GET", "domains")
def list_domains(call: Call) -> Answer:
    names = selected(call, _DOMAIN_CANONICAL, tuple(_DOMAIN_CANONICAL.values()), "domain")
    condition = parse(call.option("filter")) if call.option("filter") else None
    domains = [domain_view(domain) for domain in call.tenant.organization.domains]
    hits = [domain for domain in domains if condition is None or condition.test(domain.get)]
    return Answer(body=page(call, hits, lambda domain: {name: domain[name] for name in names}, "domains"))


@route("GET", "domains/{name}")
def get_domain(call: Call) -> Answer:
    for domain in call.tenant.organization.domains:
        if domain.name == call.params["name"].lower():
            return Answer(body={"@odata.context": context(call, "domains"), **domain_view(domain)})
    raise not_found(call.params["name"])


@route("POST", "domains/{name}/verify")
def verify_domain(call: Call) -> Answer:
    """The sandbox takes the DNS record for granted."""
    organization, wanted = call.tenant.organization, call.params["name"].lower()
    found = next((domain for domain in organization.domains if domain.name == wanted), None)
    if found is None:
        raise not_found(call.params["name"])
    verified = replace(found, is_verified=True)
    organization.domains = tuple(verified if domain is found else domain for domain in organization.domains)
    look_at_waiting(call.tenant)
    return Answer(body={"@odata.context": context(call, "domains"), **domain_view(verified)})


def _organization(call: Call, names: tuple[str, ...]) -> Json:
    values = organization_view(call.tenant)
    return {name: values[name] for name in names}


def organization_view(tenant: Tenant) -> Json:
    organization = tenant.organization
    return {
        "id": organization.id,
        "deletedDateTime": None,
        "businessPhones": [],
        "city": "Redmond",
        "country": "United States",
        "countryLetterCode": "US",
        "createdDateTime": timestamp(tenant.now() - timedelta(days=800)),
        "displayName": organization.name,
        "onPremisesLastSyncDateTime": timestamp(organization.last_sync) if organization.last_sync else None,
        "onPremisesSyncEnabled": organization.synced or None,
        "preferredLanguage": "en",
        "tenantType": "AAD",
        "technicalNotificationMails": [people.ADAM.upn],
        "verifiedDomains": [_verified(domain) for domain in organization.domains if domain.is_verified],
        **organization.raw,
    }


def _verified(domain: Domain) -> Json:
    return {
        "capabilities": ", ".join(domain.services) or "None",
        "isDefault": domain.is_default,
        "isInitial": domain.is_initial,
        "name": domain.name,
        "type": "Managed",
    }


def domain_view(domain: Domain) -> Json:
    return {
        "authenticationType": "Managed",
        "id": domain.name,
        "isAdminManaged": True,
        "isDefault": domain.is_default,
        "isInitial": domain.is_initial,
        "isRoot": True,
        "isVerified": domain.is_verified,
        "supportedServices": list(domain.services),
    }
