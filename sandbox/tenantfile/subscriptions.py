"""subscribedSku resources of a tenant file."""

from collections.abc import Mapping

from sandbox.tenant.catalogue import PRODUCTS, Plan, Product
from sandbox.tenant.organization import Subscription
from sandbox.tenantfile.checking import Json


def read_subscription(item: Json, services: Mapping[str, str]) -> Subscription:
    """`services`: what users' assignedPlans call the service of a plan, by plan id."""
    units = {name: value for name, value in item.get("prepaidUnits", {}).items() if isinstance(value, int)}
    status = str(item.get("capabilityStatus") or "Enabled")
    seats = units.get("enabled", 0) + units.get("warning", 0) or sum(units.values())
    plans = item.get("servicePlans") or ()
    pending = {
        plan["servicePlanId"].lower(): plan["provisioningStatus"]
        for plan in plans
        if plan.get("provisioningStatus") not in (None, "Success", "Disabled")
    }
    product = _product(item, services)
    return Subscription(product, seats, status, set(), int(item.get("consumedUnits") or 0), pending, units)


def _product(item: Json, services: Mapping[str, str]) -> Product:
    sku_id, part = item["skuId"].lower(), item["skuPartNumber"]
    known = {plan.id: plan.service for product in PRODUCTS.values() for plan in product.plans}
    plans = []
    for raw in item.get("servicePlans") or ():
        plan_id, name = raw["servicePlanId"].lower(), str(raw.get("servicePlanName") or "")
        guess = "exchange" if "EXCHANGE" in name else name
        plans.append(Plan(plan_id, name, services.get(plan_id) or known.get(plan_id) or guess))
    name = PRODUCTS[sku_id].name if sku_id in PRODUCTS else part
    return Product(sku_id, part, name, tuple(plans))
