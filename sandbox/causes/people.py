"""People of the scenarios: made with a license, a past, and a place in Active Directory if they come from there."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sandbox.tenant import accounts, group_licensing, sync
from sandbox.tenant.active_directory import AdUser
from sandbox.tenant.catalogue import MAILBOX_PLAN_IDS, OFFICE_365_E1, Product
from sandbox.tenant.exchange import stamp_addresses
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.organization import Contact, Group, Recipient, RecipientKind, Subscription, fixed_id
from sandbox.tenant.seed import make_user
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import HeldLicense, PlanRecord, User

SINCE_SYNC = timedelta(minutes=12)
ACCOUNT_AGE = timedelta(days=300)


def make_person(
    tenant: Tenant,
    upn: str,
    name: str,
    *,
    license: Product | None,  # noqa: A002 - Graph's own word
    age: timedelta,
    synced: bool,
    stamped: bool,
    exists: bool = True,
) -> User:
    """Somebody without mailbox, whoever had the name before. `exists` False: only prepared, not in the directory."""
    forget_person(tenant, upn)
    now = tenant.now()
    user = make_user(fixed_id(upn), upn, name, now - ACCOUNT_AGE)
    user.props["usageLocation"] = "US"
    user.background = True
    if not exists:
        return user
    tenant.users.add(user)
    if stamped and license is not None:
        stamp_addresses(tenant, user)
    if synced:
        make_synced(tenant, user)
    if license is not None:
        give(tenant, user, license, age)
    return user


def forget_person(tenant: Tenant, upn: str) -> None:
    """In the directory, in the recycle bin and in Active Directory."""
    object_id = fixed_id(upn)
    for user in (tenant.users.by_upn(upn), tenant.users.get(object_id)):
        if user is not None and tenant.users.get(user.id) is not None:
            accounts.forget(tenant, user)
    tenant.deleted.pop(object_id, None)
    source = tenant.directory.users.get(sam_of(upn))
    if source is not None and source.upn.lower() == upn.lower():
        del tenant.directory.users[source.sam]
        tenant.directory.changed.discard(source.sam)


def give(tenant: Tenant, user: User, product: Product, age: timedelta) -> None:
    """A direct license with a seat bought for it; the mailbox has been awaited since."""
    since = tenant.now() - age
    subscription = subscribe(tenant, product)
    free = subscription.free
    user.licenses[product.sku_id] = HeldLicense(product.sku_id, since)
    subscription.holders.add(user.id)
    subscription.enabled += max(0, free - subscription.free)
    for plan in product.plans:
        user.plans[plan.id] = PlanRecord(plan.id, plan.service, since, enabled=True)
    if any(plan.id in MAILBOX_PLAN_IDS for plan in product.plans):
        user.mailbox.wanted_at = since


def subscribe(tenant: Tenant, product: Product, seats: int = 0) -> Subscription:
    """The tenant's subscription of the product, which may be new."""
    return tenant.subscriptions.setdefault(product.sku_id, Subscription(product, seats))


def switch_off(user: User, product: Product, plan_id: str) -> None:
    """As if the plan had never been on."""
    held = held_license(user, product)
    held.disabled_plans = (*held.disabled_plans, plan_id)
    user.plans.pop(plan_id, None)
    if plan_id in MAILBOX_PLAN_IDS:
        user.mailbox.wanted_at = None


def held_license(user: User, product: Product) -> HeldLicense:
    held = user.licenses.get(product.sku_id)
    if held is None:
        raise ValueError(f"{user.upn} has no {product.name}")
    return held


def license_by_group(
    tenant: Tenant, user: User, name: str, licenses: Mapping[str, Sequence[str]], age: timedelta
) -> Group:
    """A group that assigns these licenses, with the user as its member; evaluated `age` ago."""
    before = tenant.groups.get(fixed_id(name))
    members = {user.id, *(before.members if before else ())}
    group = Group(fixed_id(name), name, tenant.now() - ACCOUNT_AGE, members)
    group.licenses = {sku_id: tuple(disabled) for sku_id, disabled in licenses.items()}
    tenant.groups[group.id] = group
    group_licensing.evaluate(tenant, user, group)
    for held in user.group_licenses.values():
        held.since = tenant.now() - age
    for record in user.plans.values():
        record.assigned_at = min(record.assigned_at, tenant.now() - age)
    return group


def colleague(tenant: Tenant, upn: str, name: str, *aliases: str) -> User:
    """Somebody with a working mailbox and these further addresses."""
    user = make_person(tenant, upn, name, license=OFFICE_365_E1, age=timedelta(days=200), synced=False, stamped=True)
    user.props["proxyAddresses"] += [f"smtp:{alias}" for alias in aliases]
    tenant.users.reindex(user)
    make_ready(user.mailbox, tenant.now() - timedelta(days=200))
    return user


def contact(tenant: Tenant, name: str, mail: str, *aliases: str) -> Contact:
    proxies = (f"SMTP:{mail}", *(f"smtp:{alias}" for alias in aliases))
    made = Contact(fixed_id(name), name, mail, proxies)
    tenant.contacts[made.id] = made
    return made


def mail_group(tenant: Tenant, name: str, mail: str, *aliases: str) -> Group:
    proxies = (f"SMTP:{mail}", *(f"smtp:{alias}" for alias in aliases))
    made = Group(fixed_id(name), name, tenant.now() - ACCOUNT_AGE, mail=mail, proxy_addresses=proxies)
    tenant.groups[made.id] = made
    return made


def hidden_recipient(tenant: Tenant, kind: RecipientKind, name: str, *addresses: str, anchor: str = "") -> Recipient:
    made = Recipient(fixed_id(f"{kind} {name}"), kind, name, addresses, anchor)
    tenant.recipients[made.id] = made
    return made


def make_hybrid(tenant: Tenant) -> None:
    """The tenant is synced with Active Directory, the last time a few minutes ago."""
    if not tenant.organization.synced:
        tenant.organization.synced = True
        tenant.organization.last_sync = tenant.now() - SINCE_SYNC


def make_synced(tenant: Tenant, user: User) -> AdUser:
    """The user comes from Active Directory, where it is just as here."""
    make_hybrid(tenant)
    source = on_premises(user)
    tenant.directory.put(source, is_change=False)
    sync.write(tenant, source, user, tenant.organization.last_sync or tenant.now())
    return tenant.directory.users[source.sam]


def on_premises(user: User) -> AdUser:
    """As Active Directory would have this user, marked for a mailbox in the cloud."""
    props = user.props
    return AdUser(
        sam=sam_of(user.upn),
        upn=user.upn,
        name=user.name,
        immutable_id=base64.b64encode(uuid.UUID(fixed_id(f"AD {user.upn}")).bytes).decode(),
        given_name=str(props.get("givenName") or ""),
        surname=str(props.get("surname") or ""),
        mail=str(props.get("mail") or ""),
        mail_nickname=str(props.get("mailNickname") or ""),
        proxy_addresses=tuple(props.get("proxyAddresses") or ()),
        remote_recipient_type=1,
        object_id=user.id,
    )


def edit_on_premises(tenant: Tenant, user: User, **changes: object) -> AdUser:
    """Active Directory and the cloud alike: it was synced long ago."""
    source = tenant.directory.find(sam_of(user.upn))
    if source is None:
        raise ValueError(f"{user.upn} does not come from Active Directory")
    edited = tenant.directory.edit(source, **changes)
    tenant.directory.changed.discard(edited.sam)
    sync.write(tenant, edited, user, tenant.organization.last_sync or tenant.now())
    return tenant.directory.users[edited.sam]


def sam_of(upn: str) -> str:
    return upn.partition("@")[0].lower()[:20]
