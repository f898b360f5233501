"""Directory sync itself: stopped, held by the deletion threshold, or not meant for this user."""

from dataclasses import replace
from datetime import timedelta

from sandbox.causes.people import edit_on_premises, make_hybrid, on_premises, sam_of
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant.exchange import DEPROVISION
from sandbox.tenant.users import User


@cause(
    "directory-sync-stopped",
    "owen.clark@contoso.com",
    "Owen Clark",
    ["C35"],
    ["resync-directory"],
    is_tenant_wide=True,
    synced=True,
    aspects=("directory",),
)
def directory_sync_stopped(world: World, user: User) -> None:
    """The scheduler stopped nine hours ago; the mailbox was enabled on premises since, and nobody here knows."""
    ad, organization = world.tenant.directory, world.tenant.organization
    edit_on_premises(world.tenant, user, remote_recipient_type=DEPROVISION[0])
    ad.edit(ad.users[sam_of(user.upn)], remote_recipient_type=1)
    ad.stopped, organization.last_sync = True, world.tenant.now() - timedelta(hours=9)
    user.props["onPremisesLastSyncDateTime"] = organization.last_sync


@cause(
    "deletion-threshold",
    "lena.hart@contoso.com",
    "Lena Hart",
    ["C35"],
    ["check-deletion-threshold", "assign-license"],
    looks_like=("C36",),
    is_tenant_wide=True,
    exists=False,
)
def deletion_threshold(world: World, user: User) -> None:
    """Sync seems to run, but its export is stopped for too many deletions: new users do not arrive."""
    make_hybrid(world.tenant)
    world.tenant.directory.export_blocked = True
    world.tenant.directory.put(replace(on_premises(user), usage_location="US"))


@cause(
    "not-in-sync-scope",
    "milo.young@contoso.com",
    "Milo Young",
    ["C36"],
    ["bring-into-scope", "assign-license"],
    exists=False,
)
def not_in_sync_scope(world: World, user: User) -> None:
    """Active Directory has the user in an organizational unit that is not synchronized."""
    make_hybrid(world.tenant)
    source = replace(on_premises(user), usage_location="US")
    world.tenant.directory.put(source, is_change=False)
    world.tenant.directory.edit(source, in_scope=False)
    world.tenant.directory.changed.discard(source.sam)
