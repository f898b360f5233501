"""The running tenant in the format of --tenant: GET /sandbox/export."""

from dataclasses import asdict

from sandbox.clock import timestamp
from sandbox.graph.contacts import contact_view
from sandbox.graph.directory import domain_view, organization_view
from sandbox.graph.groups import group_view
from sandbox.graph.health import issue_view
from sandbox.graph.licenses import sku_view
from sandbox.tenant import schema
from sandbox.tenant.roles import held_by
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User
from sandbox.tenant.views import license_details, read
from sandbox.tenantfile.checking import Json
from sandbox.tenantfile.users import write_mailbox

_LEFT_OUT = frozenset({"passwordProfile"})


def export(tenant: Tenant) -> Json:
    people = (*tenant.users, *tenant.deleted.values())
    return {
        "now": timestamp(tenant.now()),
        "organization": organization_view(tenant),
        "domains": [domain_view(domain) for domain in tenant.organization.domains],
        "subscribedSkus": [sku_view(tenant, one) for one in tenant.subscriptions.values()],
        "users": [_user(tenant, user) for user in tenant.users],
        "deletedUsers": [_user(tenant, user) for user in tenant.deleted.values()],
        "groups": [{**group_view(group), "members": sorted(group.members)} for group in tenant.groups.values()],
        "contacts": [contact_view(contact) for contact in tenant.contacts.values()],
        "serviceHealth": [issue_view(incident) for incident in tenant.incidents],
        "directoryAudits": tenant.audits,
        "mailboxes": {user.id: write_mailbox(tenant, user) for user in people},
        "exchangeRecipients": [
            {"id": one.id, "kind": one.kind.value, "name": one.name, "addresses": list(one.addresses)}
            | ({"immutableId": one.immutable_id} if one.immutable_id else {})
            for one in tenant.recipients.values()
        ],
        "onPremises": {
            "stopped": tenant.directory.stopped,
            "export_blocked": tenant.directory.export_blocked,
            "waiting": sorted(tenant.directory.changed),
            "users": [asdict(user) for user in tenant.directory.users.values()],
        },
    }


def _user(tenant: Tenant, user: User) -> Json:
    """Null and empty properties are left out: that is what their absence means."""
    names = sorted(schema.ALL_PROPERTIES - _LEFT_OUT)
    shown = {name: value for name in names if (value := read(tenant, user, name)) not in (None, [])}
    shown["licenseDetails"] = user.raw.get("licenseDetails") or [
        license_details(tenant, user, held) for held in user.in_force().values()
    ]
    if user.manager_id:
        shown["manager"] = {"id": user.manager_id}
    if held := held_by(tenant.roles, user.id):
        shown["directoryRoles"] = [role.name for role in held]
    if user.cloud_mastered:
        shown["onPremisesSyncBehavior"] = {"isCloudManaged": True}
    return shown
