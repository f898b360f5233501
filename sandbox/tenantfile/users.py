"""user resources of a tenant file, and the mailboxes that go with them."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sandbox.tenant import exchange, schema
from sandbox.tenant.catalogue import MAILBOX_PLAN_IDS
from sandbox.tenant.mailboxes import state_of
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import COMPUTED, ExchangeRecord, HeldLicense, PlanRecord, User
from sandbox.tenantfile.checking import Json, moment

RECORD = tuple(one.name for one in fields(ExchangeRecord))


def read_user(tenant: Tenant, item: Json) -> User:
    props: dict[str, Any] = {
        name: _value(name, value)
        for name, value in item.items()
        if name in schema.ALL_PROPERTIES and name not in COMPUTED and value is not None
    }
    since = moment(item.get("createdDateTime")) or tenant.now() - timedelta(days=1)
    props["id"] = item["id"].lower()
    props.setdefault("createdDateTime", since)
    user = User(props["id"], props, since, since)
    user.raw = {name: item[name] for name in (*COMPUTED, "licenseDetails") if item.get(name) is not None}
    user.manager_id = str((item.get("manager") or {}).get("id", "")).lower()
    user.cloud_mastered = bool((item.get("onPremisesSyncBehavior") or {}).get("isCloudManaged"))
    _read_licenses(user, item, since)
    _read_plans(tenant, user, item)
    return user


def read_mailbox(tenant: Tenant, user: User, box: Json | None) -> None:
    """Without an entry: a licensed user's is being prepared, nobody else has one."""
    now, mailbox = tenant.now(), user.mailbox
    licensed = any(record.enabled and record.plan_id in MAILBOX_PLAN_IDS for record in user.plans.values())
    given = box or {"state": "preparing" if licensed and tenant.users.get(user.id) else "none"}
    since = moment(given.get("since")) or max((p.assigned_at for p in user.plans.values()), default=now)
    mailbox.purpose = given.get("userPurpose") or "user"
    mailbox.hidden_until, user.replicated_at = moment(given.get("hiddenUntil")), moment(given.get("replicatedAt"))
    mailbox.existed = bool(given.get("existed")) or given["state"] in ("ready", "disconnected")
    for name in RECORD:
        if name in given.get("exchange", {}):
            setattr(user.exchange, name, given["exchange"][name])
    if given["state"] in ("ready", "preparing", "never"):
        mailbox.wanted_at, mailbox.ready_at = since, moment(given.get("readyAt"))
        mailbox.never = given["state"] == "never"
    if given["state"] == "ready":
        mailbox.ready_at = mailbox.ready_at or since
    if given["state"] == "disconnected":
        mailbox.gone_at = moment(given.get("goneAt")) or now - timedelta(days=1)
    if given["state"] == "preparing" and mailbox.ready_at is None:
        _find_reasons(tenant, user)


def write_mailbox(tenant: Tenant, user: User) -> Json:
    """The entry that read_mailbox reads."""
    mailbox, state = user.mailbox, state_of(user.mailbox, tenant.now()).value
    standard = ExchangeRecord()
    times = {
        "since": mailbox.wanted_at,
        "readyAt": mailbox.ready_at if not mailbox.blockers else None,
        "goneAt": mailbox.gone_at,
        "hiddenUntil": mailbox.hidden_until,
        "replicatedAt": user.replicated_at,
    }
    record = {
        name: getattr(user.exchange, name) for name in RECORD if getattr(user.exchange, name) != getattr(standard, name)
    }
    entry: Json = {"state": "never" if mailbox.never else "disconnected" if state == "leaving" else state}
    entry.update({name: at.isoformat() for name, at in times.items() if at is not None})
    if mailbox.existed:
        entry["existed"] = True
    if mailbox.purpose != "user":
        entry["userPurpose"] = mailbox.purpose
    if record:
        entry["exchange"] = record
    return entry


def _find_reasons(tenant: Tenant, user: User) -> None:
    """What stands in the way follows from the tenant; nothing visible means that Exchange never heard of the user."""
    if not any(True for _ in exchange.blockers(tenant, user)):
        user.exchange.deaf = True
    user.mailbox.blockers = tuple(one.reason.value for one in exchange.blockers(tenant, user))


def _read_licenses(user: User, item: Json, since: datetime) -> None:
    for state in item.get("licenseAssignmentStates") or ():
        error = state.get("error") or ""
        held = HeldLicense(
            state["skuId"].lower(),
            moment(state.get("lastUpdatedDateTime")) or since,
            tuple(state.get("disabledPlans") or ()),
            (state.get("assignedByGroup") or "").lower(),
            "" if error == "None" or state.get("state") in ("Active", "ActiveWithError") else error or "Other",
        )
        if held.group_id:
            user.group_licenses[(held.group_id, held.sku_id)] = held
        else:
            user.licenses[held.sku_id] = held
    listed = {held.sku_id for held in user.all_licenses()}
    for raw in item.get("assignedLicenses") or ():
        if raw["skuId"].lower() not in listed:
            held = HeldLicense(raw["skuId"].lower(), since, tuple(raw.get("disabledPlans") or ()))
            user.licenses[held.sku_id] = held


def _read_plans(tenant: Tenant, user: User, item: Json) -> None:
    """As the file says, else what the licenses bring."""
    for raw in item.get("assignedPlans") or ():
        at = moment(raw.get("assignedDateTime")) or user.visible_by_id_at
        plan_id = raw["servicePlanId"].lower()
        user.plans[plan_id] = PlanRecord(plan_id, raw.get("service", ""), at, raw.get("capabilityStatus") != "Deleted")
    if item.get("assignedPlans") is not None:
        return
    for held in user.in_force().values():
        for plan in tenant.subscriptions[held.sku_id].product.plans:
            is_on = plan.id not in held.disabled_plans
            user.plans[plan.id] = PlanRecord(plan.id, plan.service, held.since, is_on)


def _value(name: str, value: Any) -> Any:
    return moment(value) or value if name.endswith("DateTime") else value
