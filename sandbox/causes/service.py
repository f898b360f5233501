"""Time and the service: young, not replicated, an incident, a forward sync that never came."""

from datetime import timedelta

from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant import exchange_texts
from sandbox.tenant.exchange import look
from sandbox.tenant.organization import Incident
from sandbox.tenant.users import User

INCIDENT_ID = "EX900042"


@cause("normal-latency", "ida.larsen@contoso.com", "Ida Larsen", ["C01"], ["wait"], age=timedelta(minutes=10))
def normal_latency(world: World, user: User) -> None:
    """Licensed ten minutes before somebody first asks; the mailbox comes within the day."""
    user.props["createdDateTime"] = world.tenant.now() - timedelta(minutes=12)
    user.begins_at_first_look = timedelta(minutes=12)
    user.mailbox.ready_at = world.tenant.now() + timedelta(hours=20)


@cause(
    "replication-lag", "bruno.kessler@contoso.com", "Bruno Kessler", ["C03"], ["wait"], age=timedelta(), stamped=False
)
def replication_lag(world: World, user: User) -> None:
    """Created seconds before somebody first asks: the account is found, what hangs on it is not."""
    now = world.tenant.now()
    user.props["createdDateTime"] = user.props["lastPasswordChangeDateTime"] = now - timedelta(seconds=5)
    user.begins_at_first_look = timedelta(seconds=5)
    user.replicated_at = now + timedelta(seconds=100)
    user.mailbox.ready_at = now + timedelta(minutes=9)


@cause(
    "provisioning-incident",
    "kira.wolf@contoso.com",
    "Kira Wolf",
    ["C02"],
    ["watch-incident"],
    is_tenant_wide=True,
    aspects=("incident",),
)
def provisioning_incident(world: World, user: User) -> None:
    """Microsoft reports an incident in Exchange Online's provisioning; no mailbox comes until it is solved."""
    incident = Incident(
        id=INCIDENT_ID,
        service="Exchange Online",
        title="Some newly licensed users' mailboxes are not provisioned",
        impact="Users who were licensed recently may not get a mailbox.",
        feature="Tenant Administration (Provisioning, Remote PowerShell)",
        feature_group="Management and Provisioning",
        started_at=world.tenant.now() - timedelta(hours=4),
    )
    world.tenant.incidents = [*(one for one in world.tenant.incidents if one.id != INCIDENT_ID), incident]
    user.exchange.incident = INCIDENT_ID


@cause(
    "forward-sync-missed",
    "tariq.haddad@contoso.com",
    "Tariq Haddad",
    ["C04"],
    ["retry-provisioning"],
    alternatives=(("run-diagnostic",), ("contact-support",)),
    age=timedelta(hours=30),
)
def forward_sync_missed(_: World, user: User) -> None:
    """Licensed for 30 hours without a mailbox or an error: Exchange never heard of the user."""
    user.exchange.deaf = True


@cause(
    "exchange-error",
    "greta.olsen@contoso.com",
    "Greta Olsen",
    ["C04"],
    ["retry-provisioning"],
    alternatives=(("run-diagnostic",), ("contact-support",)),
    age=timedelta(hours=26),
    aspects=("license",),
)
def exchange_error(world: World, user: User) -> None:
    """Exchange reports an error of its own, which is gone when it looks again."""
    user.exchange.failure = exchange_texts.other(
        "ExchangeTransientFailure", "The object could not be validated: the directory partition was not available."
    )
    look(world.tenant, user)


@cause(
    "plan-error",
    "hanna.vogel@contoso.com",
    "Hanna Vogel",
    ["C09"],
    ["retry-provisioning"],
    alternatives=(("run-diagnostic",), ("reassign-license",), ("recreate-mailbox",), ("contact-support",)),
    aspects=("license",),
)
def plan_error(_: World, user: User) -> None:
    """The Exchange plan is in the state Error."""
    user.exchange.plan_error = True
