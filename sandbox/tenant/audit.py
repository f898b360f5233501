"""The directory's audit log, as far as license changes go: activity "Change user license"."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.clock import timestamp
from sandbox.tenant.organization import fixed_id
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import HeldLicense, User

CHANGE = "Change user license"
KEPT = 10_000


def license_changed(tenant: Tenant, user: User, before: Mapping[str, HeldLicense], at: datetime | None = None) -> None:
    """One entry with the licenses before and after, as Entra writes them: JSON text in JSON."""
    add_entry(tenant, user, before, user.in_force(), at or tenant.now())


def add_entry(
    tenant: Tenant, user: User, before: Mapping[str, HeldLicense], after: Mapping[str, HeldLicense], at: datetime
) -> None:
    change = {
        "displayName": "AssignedLicense",
        "oldValue": _licenses(tenant, before),
        "newValue": _licenses(tenant, after),
    }
    tenant.audits.append(_entry(user, change, at))
    del tenant.audits[:-KEPT]


def _entry(user: User, change: dict[str, str], at: datetime) -> dict[str, Any]:
    number = fixed_id(f"audit {user.id} {at.isoformat()} {change}")
    return {
        "id": f"Directory_{number}",
        "category": "UserManagement",
        "correlationId": number,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": CHANGE,
        "activityDateTime": timestamp(at),
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "initiatedBy": {"app": None, "user": None},
        "targetResources": [
            {
                "id": user.id,
                "displayName": None,
                "type": "User",
                "userPrincipalName": user.upn,
                "groupType": None,
                "modifiedProperties": [change],
            }
        ],
        "additionalDetails": [],
    }


def _licenses(tenant: Tenant, held: Mapping[str, HeldLicense]) -> str:
    shown = (
        f'"[SkuName={tenant.subscriptions[sku_id].product.part_number}, AccountId={tenant.organization.id}, '
        f'SkuId={sku_id}, DisabledPlans=[{", ".join(one.disabled_plans)}]]"'
        for sku_id, one in held.items()
    )
    return f"[{', '.join(shown)}]"
