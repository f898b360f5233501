"""Entra Connect: carries changes of Active Directory over, every 30 minutes or when it is asked to."""

from datetime import datetime

from sandbox.tenant import accounts, group_licensing, quarantine
from sandbox.tenant.active_directory import CYCLE, AdUser
from sandbox.tenant.exchange import look
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

DELAY_SECONDS = (3.0, 8.0)  # from the webhook's answer to the end of the run


def catch_up(tenant: Tenant) -> None:
    """Whatever sync is due by now is carried out; call before anything is answered."""
    organization, ad, now = tenant.organization, tenant.directory, tenant.now()
    if not organization.synced:
        return
    if ad.due_at is not None and ad.due_at <= now:
        at, ad.due_at = ad.due_at, None
        _run_then(tenant, at)
    last = organization.last_sync
    if not ad.stopped and last is not None and now - last >= CYCLE:
        _run_then(tenant, last + CYCLE * ((now - last) // CYCLE))


def _run_then(tenant: Tenant, at: datetime) -> None:
    with tenant.acting_at(at):
        run(tenant, at)


def request(tenant: Tenant) -> None:
    """Start-ADSyncSyncCycle -PolicyType Delta: it also runs where the scheduler is stopped."""
    from_now = tenant.rng.uniform(*DELAY_SECONDS)
    tenant.directory.due_at = tenant.directory.due_at or tenant.later(from_now)


def run(tenant: Tenant, at: datetime) -> None:
    """A delta sync that ends at this moment."""
    ad, organization = tenant.directory, tenant.organization
    organization.last_sync = max(at, organization.last_sync or at)
    if ad.export_blocked:
        return
    waiting, ad.changed = sorted(ad.changed), set()
    for name in waiting:
        if name in ad.users:
            _carry_over(tenant, ad.users[name], at)
    quarantine.review(tenant, at)
    _keep_types(tenant)


def _keep_types(tenant: Tenant) -> None:
    """A mailbox type that was changed in the cloud alone flips back to what Active Directory says."""
    for source in tenant.directory.users.values():
        user = tenant.users.get(source.object_id)
        if user is not None and user.mailbox.purpose in ("user", "shared"):
            user.mailbox.purpose = "shared" if source.shared else "user"


def _carry_over(tenant: Tenant, source: AdUser, at: datetime) -> None:
    user = _matched(tenant, source)
    if not source.in_scope:
        if user is not None:
            accounts.delete(tenant, user)
        return
    if user is None:
        user = _arrive(tenant, source, at)
    write(tenant, source, user, at)
    for group in tenant.groups.values():
        if group.licenses and user.id in group.members and not user.group_licenses:
            group_licensing.evaluate(tenant, user, group)
    look(tenant, user)


def _matched(tenant: Tenant, source: AdUser) -> User | None:
    found = tenant.users.get(source.object_id) if source.object_id else None
    if found is not None:
        return found
    return next((u for u in tenant.users if u.props.get("onPremisesImmutableId") == source.immutable_id), None)


def _arrive(tenant: Tenant, source: AdUser, at: datetime) -> User:
    object_id = tenant.new_id()
    props = {"id": object_id, "userType": "Member", "createdDateTime": at, "lastPasswordChangeDateTime": at}
    props["userPrincipalName"] = quarantine.free_upn(tenant, source, object_id)
    user = User(object_id, props, at, at)
    tenant.users.add(user)
    return user


def write(tenant: Tenant, source: AdUser, user: User, at: datetime) -> None:
    """Every attribute that Active Directory masters, as it is there now."""
    tenant.directory.put(
        AdUser(**{**vars(source), "object_id": user.id}), is_change=source.sam.lower() in tenant.directory.changed
    )
    domain = source.upn.partition("@")[2]
    values = {
        "displayName": source.name,
        "givenName": source.given_name or None,
        "surname": source.surname or None,
        "department": source.department or None,
        "mailNickname": source.mail_nickname or source.sam,
        "accountEnabled": source.enabled,
        "onPremisesSyncEnabled": True,
        "onPremisesLastSyncDateTime": at,
        "onPremisesImmutableId": source.immutable_id,
        "onPremisesSamAccountName": source.sam,
        "onPremisesDomainName": f"corp.{domain}",
        "onPremisesDistinguishedName": f"CN={source.name},OU=People,DC=corp,DC={',DC='.join(domain.split('.'))}",
        "onPremisesUserPrincipalName": source.upn,
    }
    user.props.update(values)
    if source.usage_location:
        user.props["usageLocation"] = source.usage_location
    record = user.exchange
    record.guid, record.archive_guid = source.mailbox_guid, source.archive_guid
    record.remote_recipient_type = source.remote_recipient_type
    quarantine.write_names(tenant, source, user, at)
