"""Is a tenant file what it should be? Every mistake is one sentence that says where it is."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.tenant import schema
from sandbox.tenant.organization import RecipientKind

Json = dict[str, Any]

SECTIONS: dict[str, type] = {
    "now": str,
    "organization": dict,
    "domains": list,
    "subscribedSkus": list,
    "users": list,
    "deletedUsers": list,
    "groups": list,
    "contacts": list,
    "serviceHealth": list,
    "directoryAudits": list,
    "mailboxes": dict,
    "exchangeRecipients": list,
    "onPremises": dict,
}
REQUIRED = ("organization", "domains", "users")
STATES = ("none", "preparing", "ready", "never", "disconnected")
# Beside the properties of a user: what hangs on one.
BESIDE_USER = frozenset({"licenseDetails", "manager", "onPremisesSyncBehavior", "directoryRoles"})
_KINDS: dict[type, str] = {str: "a text", list: "a list", dict: "an object"}


class TenantFileError(ValueError):
    """The file cannot be used; `mistakes` are sentences."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


def read_file(path: Path) -> Json:
    """The content, checked. Raises TenantFileError."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TenantFileError([f"{path} cannot be read: {error.strerror}."]) from error
    except ValueError as error:
        raise TenantFileError([f"{path} is not JSON: {error}."]) from error
    mistakes = list(_mistakes(content))
    if mistakes:
        raise TenantFileError(mistakes[:20])
    return dict(content)


def moment(value: Any) -> datetime | None:
    """A time as Graph writes it, with a zone; None for anything else."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _mistakes(content: Any) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "The file must hold one JSON object."
        return
    for name in content:
        if name not in SECTIONS and not name.startswith(("$", "_")):
            yield f"“{name}” is no section; known: {', '.join(SECTIONS)}."
    for name, kind in SECTIONS.items():
        if name in content and not isinstance(content[name], kind):
            yield f"{name} must be {_KINDS[kind]}."
        elif name in REQUIRED and name not in content:
            yield f"{name} is missing."
    if "now" in content and moment(content["now"]) is None:
        yield "now must be a time such as 2026-11-23T10:00:00Z."
    for name, check in _CHECKS.items():
        items = content.get(name)
        for number, item in enumerate(items) if isinstance(items, list) else ():
            yield from (
                check(item, f"{name}[{number}]") if isinstance(item, dict) else [f"{name}[{number}] must be an object."]
            )
    yield from _references(content)


def _needs(*names: str) -> Callable[[Json, str], Iterator[str]]:
    def check(item: Json, where: str) -> Iterator[str]:
        for name in names:
            if not isinstance(item.get(name), str) or not item[name]:
                yield f"{where}.{name} must be a text."

    return check


def _check_user(item: Json, where: str) -> Iterator[str]:
    yield from _needs("id", "userPrincipalName")(item, where)
    for name, value in item.items():
        if name == "directoryRoles" and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            yield f"{where}.directoryRoles must be a list of names of roles."
        if name.startswith("@") or name in BESIDE_USER:
            continue
        if name not in schema.ALL_PROPERTIES:
            yield f"{where}.{name} is no property of a user in Graph v1.0."
        elif name in schema.COLLECTIONS and not isinstance(value, list):
            yield f"{where}.{name} must be a list."
        elif name.endswith("DateTime") and value is not None and moment(value) is None:
            yield f"{where}.{name} must be a time such as 2026-11-23T10:00:00Z."


def _check_sku(item: Json, where: str) -> Iterator[str]:
    yield from _needs("skuId", "skuPartNumber")(item, where)
    if not isinstance(item.get("prepaidUnits", {}), dict):
        yield f"{where}.prepaidUnits must be an object."
    plans = item.get("servicePlans", [])
    if not isinstance(plans, list) or not all(isinstance(plan, dict) and plan.get("servicePlanId") for plan in plans):
        yield f"{where}.servicePlans must be a list of objects with servicePlanId."


def _check_recipient(item: Json, where: str) -> Iterator[str]:
    yield from _needs("kind", "name")(item, where)
    if item.get("kind") not in [kind.value for kind in RecipientKind]:
        yield f"{where}.kind must be one of {', '.join(kind.value for kind in RecipientKind)}."


_CHECKS: dict[str, Callable[[Json, str], Iterator[str]]] = {
    "domains": _needs("id"),
    "subscribedSkus": _check_sku,
    "users": _check_user,
    "deletedUsers": _check_user,
    "groups": _needs("id", "displayName"),
    "contacts": _needs("id", "displayName"),
    "exchangeRecipients": _check_recipient,
}


def _references(content: Json) -> Iterator[str]:
    """Licenses must be of the tenant, mailboxes of its users, ids not twice."""
    users = [user for user in content.get("users", ()) if isinstance(user, dict)]
    skus = {str(sku.get("skuId")).lower() for sku in content.get("subscribedSkus", ()) if isinstance(sku, dict)}
    seen: set[str] = set()
    for number, user in enumerate(users):
        for key in (str(user.get("id")).lower(), str(user.get("userPrincipalName")).lower()):
            if key in seen:
                yield f"users[{number}]: {key} is there twice."
            seen.add(key)
        for name in ("assignedLicenses", "licenseAssignmentStates"):
            for held in user.get(name) or ():
                if not isinstance(held, dict) or str(held.get("skuId")).lower() not in skus:
                    yield f"users[{number}].{name} has a skuId that is not in subscribedSkus."
    mailboxes = content.get("mailboxes", {})
    for key, box in mailboxes.items() if isinstance(mailboxes, dict) else ():
        if key.lower() not in seen and key.lower() not in _deleted_names(content):
            yield f"mailboxes: there is no user {key}."
        if not isinstance(box, dict) or box.get("state") not in STATES:
            yield f"mailboxes[{key}].state must be one of {', '.join(STATES)}."


def _deleted_names(content: Json) -> set[str]:
    deleted = [user for user in content.get("deletedUsers", ()) if isinstance(user, dict)]
    return {str(user.get(name)).lower() for user in deleted for name in ("id", "userPrincipalName")}
