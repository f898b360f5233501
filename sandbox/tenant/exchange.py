"""Exchange Online's side of a user: whether it can make the mailbox, what it says, and when it looks again.

Exchange looks when the directory tells it of a change, when it is made to (retryServiceProvisioning, the recipient
diagnostic), and when something is changed in Exchange itself. It never notices by itself that somebody else gave an
address back. What stands in the way follows from the tenant's state, so only changing that state cures it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sandbox.clock import timestamp
from sandbox.tenant import exchange_texts
from sandbox.tenant.catalogue import MAILBOX_PLAN_IDS
from sandbox.tenant.mailboxes import MailboxState, draw_usual, state_of
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

SERVICE_INSTANCE = "exchange/NAMPRD09-001-01"
SERVING = ("Enabled", "Warning")
MIGRATED, DEPROVISION = 4, (8, 10, 24)  # msExchRemoteRecipientType
_ALIAS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+")


class Reason(StrEnum):
    """Why there is no mailbox, although one is licensed."""

    DEAF = "exchange-never-heard"
    FAILURE = "exchange-error"
    PLAN_ERROR = "plan-error"
    NOT_ACTIVATED = "plan-not-activated"
    CONFLICT = "conflicting-licenses"
    SUBSCRIPTION = "subscription-not-active"
    LOCATION = "no-usage-location"
    ALIAS = "alias"
    ADDRESS = "address-held"
    INITIAL_ADDRESS = "initial-address-held"
    DOMAIN = "domain-takes-no-mail"
    ON_PREMISES = "mailbox-on-premises"
    REMOTE_TYPE = "remote-recipient-type"
    ARCHIVE_GUID = "archive-guid"
    PREVIOUS_MAILBOX = "previous-mailbox"
    CLOUD_MANAGED = "exchange-attributes-in-the-cloud"
    QUARANTINE = "attribute-quarantined"
    FORMER_MAILBOX = "former-mailbox"
    INCIDENT = "service-incident"


@dataclass(frozen=True)
class Blocker:
    """`text` is what Exchange says in serviceProvisioningErrors; most reasons leave no trace there."""

    reason: Reason
    text: str = ""


def look(tenant: Tenant, user: User) -> None:
    """Exchange evaluates the user anew: the mailbox is made, or stays away with the reasons noted."""
    mailbox, now = user.mailbox, tenant.now()
    if mailbox.wanted_at is None:
        mailbox.blockers = ()
        _report(user, [], now)
        return
    if state_of(mailbox, now) is MailboxState.READY:
        return
    found = list(blockers(tenant, user))
    was_blocked, mailbox.blockers = bool(mailbox.blockers), tuple(one.reason.value for one in found)
    _report(user, found, now)
    if found:
        return
    for name in ("provisionedPlans", "licenseDetails"):
        user.raw.pop(name, None)
    stamp_addresses(tenant, user)
    if was_blocked or mailbox.ready_at is None:
        mailbox.ready_at = now + draw_usual(tenant.rng)


def listen(tenant: Tenant, user: User) -> None:
    """Exchange is made to look, also where it did not hear of the user: transient errors are gone then."""
    user.exchange.deaf, user.exchange.plan_error, user.exchange.failure = False, False, ""
    look(tenant, user)


def look_at_waiting(tenant: Tenant) -> None:
    """After a change of the tenant itself, such as a domain or a subscription."""
    for user in tenant.users:
        if user.mailbox.blockers:
            look(tenant, user)


def blockers(tenant: Tenant, user: User) -> Iterator[Blocker]:
    """All that stands in the way."""
    record, synced = user.exchange, user.is_synced
    if record.deaf:
        yield Blocker(Reason.DEAF)
    if record.failure:
        yield Blocker(Reason.FAILURE, record.failure)
    if record.plan_error:
        yield Blocker(Reason.PLAN_ERROR)
    if any(one.id == record.incident and one.resolved_at is None for one in tenant.incidents):
        yield Blocker(Reason.INCIDENT)
    yield from _license_blockers(tenant, user)
    alias = str(user.props.get("mailNickname") or "")
    if not _ALIAS.fullmatch(alias) or (record.alias and alias.lower() != record.alias.lower()):
        yield Blocker(Reason.ALIAS)
    yield from _address_blockers(tenant, user)
    if record.guid:
        yield Blocker(Reason.ON_PREMISES)
    if synced and (record.remote_recipient_type == MIGRATED or record.remote_recipient_type in DEPROVISION):
        yield Blocker(Reason.REMOTE_TYPE)
    if record.cloud_archive_guid and record.archive_guid != record.cloud_archive_guid:
        yield Blocker(Reason.ARCHIVE_GUID, exchange_texts.archive_guid(record.archive_guid, record.cloud_archive_guid))
    if record.previous_mailbox:
        yield Blocker(Reason.PREVIOUS_MAILBOX)
    if record.cloud_managed:
        yield Blocker(Reason.CLOUD_MANAGED)
    if user.props.get("onPremisesProvisioningErrors"):
        yield Blocker(Reason.QUARANTINE)
    if former_mailboxes(tenant, user):
        yield Blocker(Reason.FORMER_MAILBOX)


def contested(tenant: Tenant, user: User) -> list[tuple[str, str]]:
    """Addresses that the user needs and the name of who holds each."""
    upn = user.upn.lower()
    wanted = set(user.addresses())
    if tenant.organization.owns(upn.partition("@")[2]):
        wanted.add(upn)
    held = ((address, tenant.address_holder(address, user.id)) for address in sorted(wanted))
    return [(address, name) for address, name in held if name]


def initial_address(tenant: Tenant, user: User) -> str:
    """What Exchange gives every mailbox beside its real address: the sign-in prefix at the initial domain."""
    return f"{user.upn.partition('@')[0]}@{tenant.organization.initial_domain}".lower()


def former_mailboxes(tenant: Tenant, user: User) -> list[str]:
    """Ids of deleted or inactive mailboxes that belong to the same person of Active Directory."""
    anchor = user.props.get("onPremisesImmutableId")
    return [one.id for one in tenant.recipients.values() if anchor and one.immutable_id == anchor]


def stamp_addresses(tenant: Tenant, user: User) -> None:
    """A mailbox that is made gets mail and proxyAddresses, where nothing is there yet."""
    if any(str(proxy)[:5].lower() == "smtp:" for proxy in user.props.get("proxyAddresses") or ()):
        return
    mail = user.props.get("mail") or user.upn
    initial = f"{user.props.get('mailNickname') or user.upn.partition('@')[0]}@{tenant.organization.initial_domain}"
    proxies = [f"SMTP:{mail}", *(user.props.get("proxyAddresses") or ())]
    if initial.lower() != mail.lower() and not tenant.address_is_taken(initial, by_other_than=user.id):
        proxies.append(f"smtp:{initial}")
    user.props["mail"], user.props["proxyAddresses"] = mail, proxies
    tenant.users.reindex(user)


def _license_blockers(tenant: Tenant, user: User) -> Iterator[Blocker]:
    if not user.props.get("usageLocation"):
        yield Blocker(Reason.LOCATION)
    if any(held.error == "MutuallyExclusiveViolation" for held in user.all_licenses()):
        yield Blocker(Reason.CONFLICT)
    sources = [
        (tenant.subscriptions[held.sku_id], plan.id)
        for held in user.in_force().values()
        for plan in tenant.subscriptions[held.sku_id].product.plans
        if plan.id in MAILBOX_PLAN_IDS and plan.id not in held.disabled_plans
    ]
    if sources and all(one.capability_status not in SERVING for one, _ in sources):
        yield Blocker(Reason.SUBSCRIPTION)
    if sources and all(plan_id in one.plan_status for one, plan_id in sources):
        yield Blocker(Reason.NOT_ACTIVATED)


def _address_blockers(tenant: Tenant, user: User) -> Iterator[Blocker]:
    for address, holder in contested(tenant, user):
        yield Blocker(
            Reason.ADDRESS, exchange_texts.address_in_use(address, holder, tenant.organization.initial_domain)
        )
    initial = initial_address(tenant, user)
    holder = "" if initial in user.addresses() else tenant.address_holder(initial, user.id)
    if holder and initial != user.upn.lower():
        text = exchange_texts.address_in_use(initial, holder, tenant.organization.initial_domain)
        yield Blocker(Reason.INITIAL_ADDRESS, text)
    mail = str(user.props.get("mail") or user.upn)
    if not tenant.organization.takes_mail(mail.partition("@")[2]):
        yield Blocker(Reason.DOMAIN)


def _report(user: User, found: list[Blocker], now: datetime) -> None:
    """Texts that no longer apply become resolved; new ones are added."""
    texts = [one.text for one in found if one.text]
    errors = [dict(error) for error in user.props.get("serviceProvisioningErrors") or ()]
    for error in errors:
        if str(error.get("serviceInstance", "")).startswith("exchange/"):
            error["isResolved"] = error.get("errorDetail") not in texts
    known = {error.get("errorDetail") for error in errors}
    errors += [error_entry(text, now) for text in texts if text not in known]
    user.props["serviceProvisioningErrors"] = errors or None


def error_entry(text: str, at: datetime, *, is_resolved: bool = False) -> dict[str, object]:
    """learn.microsoft.com/graph/api/resources/serviceprovisioningxmlerror"""
    return {
        "@odata.type": "#microsoft.graph.serviceProvisioningXmlError",
        "createdDateTime": timestamp(at),
        "isResolved": is_resolved,
        "serviceInstance": SERVICE_INSTANCE,
        "errorDetail": text,
    }
