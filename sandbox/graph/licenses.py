"""Licenses: assignLicense, licenseDetails, subscribedSkus, reprocessing and the retry of service provisioning."""

import re
from typing import Any

from sandbox.failures import GraphFailure, bad_request
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import context, page, selected
from sandbox.graph.users import wanted_user
from sandbox.tenant import exchange, group_licensing, licensing
from sandbox.tenant.effects import Effect
from sandbox.tenant.organization import Subscription, fixed_id
from sandbox.tenant.state import Tenant
from sandbox.tenant.views import license_details, view

SKU_PROPERTIES = (
    "accountId",
    "accountName",
    "appliesTo",
    "capabilityStatus",
    "consumedUnits",
    "id",
    "skuId",
    "skuPartNumber",
    "subscriptionIds",
    "prepaidUnits",
    "servicePlans",
)
_SKU_CANONICAL = {name.lower(): name for name in SKU_PROPERTIES}
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@route("GET", "subscribedSkus")
def list_skus(call: Call) -> Answer:
    if call.option("filter"):
        raise GraphFailure(400, "Request_UnsupportedQuery", "$filter is not supported for subscribedSkus.")
    names = selected(call, _SKU_CANONICAL, SKU_PROPERTIES, "subscribedSku")
    subscriptions = list(call.tenant.subscriptions.values())
    return Answer(body=page(call, subscriptions, lambda item: _sku(call, item, names), "subscribedSkus"))


@route("GET", "subscribedSkus/{sku}")
def get_sku(call: Call) -> Answer:
    names = selected(call, _SKU_CANONICAL, SKU_PROPERTIES, "subscribedSku")
    for subscription in call.tenant.subscriptions.values():
        if _sku_id(call.tenant, subscription) == call.params["sku"].lower():
            return Answer(body={"@odata.context": context(call, "subscribedSkus"), **_sku(call, subscription, names)})
    raise GraphFailure(404, "Request_ResourceNotFound", f"Resource '{call.params['sku']}' does not exist.")


@route("POST", "users/{user}/assignLicense")
def assign_license(call: Call) -> Answer:
    user = wanted_user(call)
    add, remove = license_changes(call)
    licensing.assign(call.tenant, user, add, remove)
    return Answer(body={"@odata.context": context(call, "users"), **view(call.tenant, user)})


def license_changes(call: Call) -> tuple[dict[str, list[str]], list[str]]:
    """The body of assignLicense, of users and groups: SKUs to add with their disabled plans, and SKUs to remove."""
    given = {key.lower(): value for key, value in call.json().items()}
    missing = [name for name in ("addLicenses", "removeLicenses") if not isinstance(given.get(name.lower()), list)]
    if missing:
        raise bad_request(
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. "
            f"The missing parameters are: {', '.join(missing)}."
        )
    return dict(_addition(item) for item in given["addlicenses"]), [_guid(item) for item in given["removelicenses"]]


@route("GET", "users/{user}/licenseDetails")
def list_license_details(call: Call) -> Answer:
    user = wanted_user(call)
    details = user.raw.get("licenseDetails") or [
        license_details(call.tenant, user, held) for held in user.in_force().values()
    ]
    shown = f"users('{user.id}')/licenseDetails"
    return Answer(body=page(call, details, dict, shown))


@route("POST", "users/{user}/reprocessLicenseAssignment")
def reprocess(call: Call) -> Answer:
    """Group licenses are evaluated again; direct ones stay as they are."""
    user = wanted_user(call)
    call.tenant.effects.count(user.upn, Effect.REPROCESSED)
    group_licensing.reprocess(call.tenant, user)
    return Answer(body={"@odata.context": context(call, "users"), **view(call.tenant, user)})


@route("POST", "users/{user}/retryServiceProvisioning")
def retry_provisioning(call: Call) -> Answer:
    """Exchange is told about the user again, and looks: what stands in the way otherwise still does."""
    user = wanted_user(call)
    call.tenant.effects.count(user.upn, Effect.RETRIED)
    exchange.listen(call.tenant, user)
    return Answer(204)


def _sku_id(tenant: Tenant, subscription: Subscription) -> str:
    return f"{tenant.organization.id}_{subscription.product.sku_id}"


def _sku(call: Call, subscription: Subscription, names: tuple[str, ...]) -> Json:
    values = sku_view(call.tenant, subscription)
    return {name: values[name] for name in names}


def sku_view(tenant: Tenant, subscription: Subscription) -> Json:
    product, status = subscription.product, subscription.capability_status
    units = {
        name: subscription.enabled if name == status.lower() else 0 for name in ("enabled", "suspended", "warning")
    }
    units["lockedOut"] = subscription.enabled if status == "LockedOut" else 0
    return {
        "accountId": tenant.organization.id,
        "accountName": tenant.organization.name.lower(),
        "appliesTo": "User",
        "capabilityStatus": status,
        "consumedUnits": subscription.consumed,
        "id": _sku_id(tenant, subscription),
        "skuId": product.sku_id,
        "skuPartNumber": product.part_number,
        "subscriptionIds": [fixed_id(f"subscription {product.sku_id}")],
        "prepaidUnits": subscription.prepaid or units,
        "servicePlans": [
            {
                "servicePlanId": plan.id,
                "servicePlanName": plan.name,
                "provisioningStatus": subscription.plan_status.get(plan.id, "Success"),
                "appliesTo": "User",
            }
            for plan in product.plans
        ],
    }


def _addition(item: Any) -> tuple[str, list[str]]:
    if not isinstance(item, dict):
        raise bad_request("Invalid value specified for parameter 'addLicenses'.")
    given = {key.lower(): value for key, value in item.items()}
    disabled = given.get("disabledplans") or []
    if not isinstance(disabled, list):
        raise bad_request("Invalid value specified for property 'disabledPlans'.")
    return _guid(given.get("skuid")), [_guid(plan) for plan in disabled]


def _guid(value: Any) -> str:
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        raise GraphFailure(400, "BadRequest", f"Cannot convert the literal '{value}' to the expected type 'Edm.Guid'.")
    return value.lower()
