"""Scenarios of licenses, mailboxes and Exchange Online."""

from datetime import timedelta

from sandbox.scenarios.registry import World, scenario
from sandbox.tenant.mailboxes import Preparation
from sandbox.tenant.organization import Incident


@scenario("default")
def default(_: World) -> None:
    """Contoso with somebody for each known trouble; seats are free, other mailboxes come within minutes."""


@scenario("plain")
def plain(_: World) -> None:
    """Contoso on a good day: nobody is in trouble, and the tenant has no Active Directory."""


@scenario("no-seats")
def no_seats(world: World) -> None:
    """Every seat of every license is taken."""
    for subscription in world.tenant.subscriptions.values():
        subscription.enabled = subscription.consumed


@scenario("mailbox-slow")
def mailbox_slow(world: World) -> None:
    """New mailboxes take hours."""
    world.tenant.preparation = Preparation.SLOW


@scenario("mailbox-never-ready")
def mailbox_never_ready(world: World) -> None:
    """New mailboxes never become ready."""
    world.tenant.preparation = Preparation.NEVER


@scenario("subscription-suspended")
def subscription_suspended(world: World) -> None:
    """The Office 365 E3 subscription has been suspended."""
    for subscription in world.tenant.subscriptions.values():
        if subscription.product.part_number == "ENTERPRISEPACK":
            subscription.capability_status = "Suspended"


@scenario("exchange-incident")
def exchange_incident(world: World) -> None:
    """Microsoft reports an incident in Exchange Online's provisioning."""
    incident = Incident(
        id="EX900001",
        service="Exchange Online",
        title="Delays in provisioning new mailboxes",
        impact="Admins may see that newly licensed users wait longer than usual for their mailbox.",
        feature="Tenant Administration (Provisioning, Remote PowerShell)",
        feature_group="Management and Provisioning",
        started_at=world.tenant.now() - timedelta(hours=1),
    )
    world.tenant.incidents = [incident]
    world.tenant.preparation = Preparation.SLOW


@scenario("incident-over")
def incident_over(world: World) -> None:
    """Microsoft has solved every incident, and new mailboxes come as usual again."""
    for incident in world.tenant.incidents:
        incident.resolved_at = incident.resolved_at or world.tenant.now()
    world.tenant.preparation = Preparation.NORMAL
