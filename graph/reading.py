"""From Graph's JSON to provisioning's dataclasses: the account, its licenses, the tenant. Pure and tolerant."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.answers import Json
from graph.products import PRODUCT_NAMES
from graph.values import count, each, ident, idents, moment, objects, text, texts
from provisioning.directory import (
    Account,
    AssignedLicense,
    AssignedPlan,
    HealthIssue,
    LicenseState,
    Organization,
    ProvisionedPlan,
    ProvisioningError,
    ServiceHealth,
    ServicePlan,
    Sku,
    Standing,
)


def account(body: Json) -> Account:
    """learn.microsoft.com/graph/api/resources/user"""
    return Account(
        id=ident(body.get("id")),
        upn=text(body.get("userPrincipalName")),
        display_name=text(body.get("displayName")),
        mail=text(body.get("mail")),
        mail_nickname=text(body.get("mailNickname")),
        proxy_addresses=texts(body.get("proxyAddresses")),
        usage_location=text(body.get("usageLocation")),
        user_type=text(body.get("userType")) or "Member",
        enabled=body.get("accountEnabled") is not False,
        department=text(body.get("department")),
        created_at=moment(body.get("createdDateTime")),
        synced=body.get("onPremisesSyncEnabled") is True,
        last_sync=moment(body.get("onPremisesLastSyncDateTime")),
        licenses=each(body.get("assignedLicenses"), _license),
        plans=each(body.get("assignedPlans"), _plan),
        license_states=each(body.get("licenseAssignmentStates"), _license_state),
        service_errors=each(body.get("serviceProvisioningErrors"), _service_error),
        sync_errors=each(body.get("onPremisesProvisioningErrors"), _sync_error),
        sam_account_name=text(body.get("onPremisesSamAccountName")),
        immutable_id=text(body.get("onPremisesImmutableId")),
        provisioned_plans=each(body.get("provisionedPlans"), _provisioned_plan),
    )


def standing(account: Json, memberships: Sequence[Json]) -> Standing:
    """`memberships`: what checkMemberGroups answered, ids of groups in `value`."""
    return Standing(
        id=ident(account.get("id")),
        is_guest=account.get("userType") == "Guest",
        is_enabled=account.get("accountEnabled") is not False,
        groups=frozenset(group for body in memberships for group in idents(body.get("value"))),
    )


def organization(body: Json) -> Organization:
    """The only item of GET /organization (learn.microsoft.com/graph/api/resources/organization)."""
    tenant = next(iter(objects(body.get("value"))), {})
    verified = {
        text(one.get("name")).lower(): one.get("isInitial") is True for one in objects(tenant.get("verifiedDomains"))
    }
    return Organization(
        id=ident(tenant.get("id")),
        name=text(tenant.get("displayName")),
        domains=tuple(name for name in verified if name),
        synced=tenant.get("onPremisesSyncEnabled") is True,
        last_sync=moment(tenant.get("onPremisesLastSyncDateTime")),
        initial_domain=next((name for name, is_initial in verified.items() if is_initial), ""),
    )


def skus(body: Json) -> tuple[Sku, ...]:
    """Those for people; SKUs for the company as a whole cannot be assigned (subscribedSku.appliesTo)."""
    return tuple(_sku(item) for item in objects(body.get("value")) if item.get("appliesTo") != "Company")


def license_details(body: Json) -> tuple[ServicePlan, ...]:
    """The service plans of all licenses of a user, each with its own status (resources/licensedetails)."""
    return tuple(plan for one in objects(body.get("value")) for plan in each(one.get("servicePlans"), _service_plan))


def service_health(body: Json) -> ServiceHealth:
    """learn.microsoft.com/graph/api/resources/servicehealth, with its issues; the resolved ones are left out."""
    issues = (issue for issue in objects(body.get("issues")) if issue.get("isResolved") is not True)
    return ServiceHealth(status=text(body.get("status")), issues=tuple(_issue(issue) for issue in issues))


def _sku(item: Mapping[str, Any]) -> Sku:
    part_number = text(item.get("skuPartNumber"))
    units = item.get("prepaidUnits")
    units = units if isinstance(units, dict) else {}
    return Sku(
        id=ident(item.get("skuId")),
        part_number=part_number,
        name=PRODUCT_NAMES.get(part_number.upper(), part_number),
        enabled=count(units.get("enabled")) + count(units.get("warning")),  # in the grace period seats still serve
        consumed=count(item.get("consumedUnits")),
        capability_status=text(item.get("capabilityStatus")) or "Enabled",
        plans=each(item.get("servicePlans"), _service_plan),
    )


def _service_plan(item: Mapping[str, Any]) -> ServicePlan:
    status = text(item.get("provisioningStatus")) or "Success"
    return ServicePlan(ident(item.get("servicePlanId")), text(item.get("servicePlanName")), status)


def _license(item: Mapping[str, Any]) -> AssignedLicense:
    return AssignedLicense(ident(item.get("skuId")), idents(item.get("disabledPlans")))


def _plan(item: Mapping[str, Any]) -> AssignedPlan:
    return AssignedPlan(
        id=ident(item.get("servicePlanId")),
        service=text(item.get("service")),
        capability_status=text(item.get("capabilityStatus")),
        assigned_at=moment(item.get("assignedDateTime")),
    )


def _provisioned_plan(item: Mapping[str, Any]) -> ProvisionedPlan:
    words = (text(item.get(name)) for name in ("service", "capabilityStatus", "provisioningStatus"))
    return ProvisionedPlan(*words)


def _license_state(item: Mapping[str, Any]) -> LicenseState:
    error = text(item.get("error"))
    return LicenseState(
        sku_id=ident(item.get("skuId")),
        state=text(item.get("state")),
        error="" if error == "None" else error,
        assigned_by_group=ident(item.get("assignedByGroup")),
        disabled_plans=idents(item.get("disabledPlans")),
        updated_at=moment(item.get("lastUpdatedDateTime")),
    )


def _service_error(item: Mapping[str, Any]) -> ProvisioningError:
    return ProvisioningError(
        service=text(item.get("serviceInstance")),
        detail=text(item.get("errorDetail")),
        is_resolved=item.get("isResolved") is True,
        at=moment(item.get("createdDateTime")),
    )


def _sync_error(item: Mapping[str, Any]) -> ProvisioningError:
    category, named, value = (text(item.get(key)) for key in ("category", "propertyCausingError", "value"))
    return ProvisioningError(
        service="directory sync",
        detail=": ".join(word for word in (category, named, value) if word),
        at=moment(item.get("occurredDateTime")),
        category=category,
        property=named,
        value=value,
    )


def _issue(item: Mapping[str, Any]) -> HealthIssue:
    return HealthIssue(
        id=text(item.get("id")),
        title=text(item.get("title")),
        classification=text(item.get("classification")),
        feature=text(item.get("feature")),
        started_at=moment(item.get("startDateTime")),
        feature_group=text(item.get("featureGroup")),
        impact=text(item.get("impactDescription")),
    )
