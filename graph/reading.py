"""From Graph's JSON to provisioning's dataclasses. Pure and tolerant: null, missing and odd values pass.

Ids are lower-cased, since Graph does not promise their case and they are compared with constants.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from graph.answers import Json
from graph.products import PRODUCT_NAMES
from provisioning.directory import (
    Account,
    AssignedLicense,
    AssignedPlan,
    DeletedAccount,
    HealthIssue,
    LicenseState,
    Organization,
    ProvisioningError,
    ServiceHealth,
    ServicePlan,
    Sku,
)

T = TypeVar("T")

DELETED_PREFIX = re.compile(r"^[0-9a-fA-F]{32}(?=.*@)")
FRACTION = re.compile(r"\.(\d{1,6})\d*")


def account(body: Json) -> Account:
    """learn.microsoft.com/graph/api/resources/user"""
    return Account(
        id=_id(body.get("id")),
        upn=_text(body.get("userPrincipalName")),
        display_name=_text(body.get("displayName")),
        mail=_text(body.get("mail")),
        mail_nickname=_text(body.get("mailNickname")),
        proxy_addresses=tuple(address for address in _list(body.get("proxyAddresses")) if isinstance(address, str)),
        usage_location=_text(body.get("usageLocation")),
        user_type=_text(body.get("userType")) or "Member",
        enabled=body.get("accountEnabled") is not False,
        department=_text(body.get("department")),
        created_at=moment(body.get("createdDateTime")),
        synced=body.get("onPremisesSyncEnabled") is True,
        last_sync=moment(body.get("onPremisesLastSyncDateTime")),
        licenses=_each(body.get("assignedLicenses"), _license),
        plans=_each(body.get("assignedPlans"), _plan),
        license_states=_each(body.get("licenseAssignmentStates"), _license_state),
        service_errors=_each(body.get("serviceProvisioningErrors"), _service_error),
        sync_errors=_each(body.get("onPremisesProvisioningErrors"), _sync_error),
    )


def deleted_account(body: Json, upn: str) -> DeletedAccount | None:
    """The newest user of the recycle bin whose UPN was `upn`: the filter also finds others that end in it."""
    wanted = upn.lower()
    found = [entry for entry in _each(body.get("value"), _deleted) if entry.upn.lower() == wanted]
    return max(found, key=lambda entry: entry.deleted_at or datetime.min.replace(tzinfo=UTC), default=None)


def organization(body: Json) -> Organization:
    """The only item of GET /organization (learn.microsoft.com/graph/api/resources/organization)."""
    tenant = next(iter(_objects(body.get("value"))), {})
    domains = (_text(domain.get("name")).lower() for domain in _objects(tenant.get("verifiedDomains")))
    return Organization(
        id=_id(tenant.get("id")),
        name=_text(tenant.get("displayName")),
        domains=tuple(domain for domain in domains if domain),
        synced=tenant.get("onPremisesSyncEnabled") is True,
        last_sync=moment(tenant.get("onPremisesLastSyncDateTime")),
    )


def skus(body: Json) -> tuple[Sku, ...]:
    """Those for people; SKUs for the company as a whole cannot be assigned (subscribedSku.appliesTo)."""
    return tuple(_sku(item) for item in _objects(body.get("value")) if item.get("appliesTo") != "Company")


def service_health(body: Json) -> ServiceHealth:
    """learn.microsoft.com/graph/api/resources/servicehealth, with its issues; the resolved ones are left out."""
    issues = (issue for issue in _objects(body.get("issues")) if issue.get("isResolved") is not True)
    return ServiceHealth(status=_text(body.get("status")), issues=tuple(_issue(issue) for issue in issues))


def moment(value: object) -> datetime | None:
    """Graph's date and time in UTC. It writes up to 7 decimals, sometimes no zone, and year 1 for "never"."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(FRACTION.sub(r".\1", value.strip(), count=1))
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware if aware.year > 1 else None


def _deleted(item: Mapping[str, Any]) -> DeletedAccount:
    return DeletedAccount(
        id=_id(item.get("id")),
        upn=DELETED_PREFIX.sub("", _text(item.get("userPrincipalName"))),
        display_name=_text(item.get("displayName")),
        deleted_at=moment(item.get("deletedDateTime")),
    )


def _sku(item: Mapping[str, Any]) -> Sku:
    part_number = _text(item.get("skuPartNumber"))
    units = item.get("prepaidUnits")
    units = units if isinstance(units, dict) else {}
    return Sku(
        id=_id(item.get("skuId")),
        part_number=part_number,
        name=PRODUCT_NAMES.get(part_number.upper(), part_number),
        enabled=_count(units.get("enabled")) + _count(units.get("warning")),  # in the grace period seats still serve
        consumed=_count(item.get("consumedUnits")),
        capability_status=_text(item.get("capabilityStatus")) or "Enabled",
        plans=_each(item.get("servicePlans"), _service_plan),
    )


def _service_plan(item: Mapping[str, Any]) -> ServicePlan:
    status = _text(item.get("provisioningStatus")) or "Success"
    return ServicePlan(_id(item.get("servicePlanId")), _text(item.get("servicePlanName")), status)


def _license(item: Mapping[str, Any]) -> AssignedLicense:
    return AssignedLicense(_id(item.get("skuId")), _ids(item.get("disabledPlans")))


def _plan(item: Mapping[str, Any]) -> AssignedPlan:
    return AssignedPlan(
        id=_id(item.get("servicePlanId")),
        service=_text(item.get("service")),
        capability_status=_text(item.get("capabilityStatus")),
        assigned_at=moment(item.get("assignedDateTime")),
    )


def _license_state(item: Mapping[str, Any]) -> LicenseState:
    error = _text(item.get("error"))
    return LicenseState(
        sku_id=_id(item.get("skuId")),
        state=_text(item.get("state")),
        error="" if error == "None" else error,
        assigned_by_group=_id(item.get("assignedByGroup")),
        disabled_plans=_ids(item.get("disabledPlans")),
        updated_at=moment(item.get("lastUpdatedDateTime")),
    )


def _service_error(item: Mapping[str, Any]) -> ProvisioningError:
    return ProvisioningError(
        service=_text(item.get("serviceInstance")),
        detail=_text(item.get("errorDetail")),
        is_resolved=item.get("isResolved") is True,
        at=moment(item.get("createdDateTime")),
    )


def _sync_error(item: Mapping[str, Any]) -> ProvisioningError:
    words = (_text(item.get(key)) for key in ("category", "propertyCausingError", "value"))
    detail = ": ".join(word for word in words if word)
    return ProvisioningError(service="directory sync", detail=detail, at=moment(item.get("occurredDateTime")))


def _issue(item: Mapping[str, Any]) -> HealthIssue:
    return HealthIssue(
        id=_text(item.get("id")),
        title=_text(item.get("title")),
        classification=_text(item.get("classification")),
        feature=_text(item.get("feature")),
        started_at=moment(item.get("startDateTime")),
    )


def _each(value: object, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    return tuple(read(item) for item in _objects(value))


def _objects(value: object) -> Iterable[Json]:
    return (item for item in _list(value) if isinstance(item, dict))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _ids(value: object) -> tuple[str, ...]:
    return tuple(_id(item) for item in _list(value) if isinstance(item, str))


def _id(value: object) -> str:
    return _text(value).lower()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
