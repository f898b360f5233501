"""Not really stuck: a guest, a mailbox that REST does not see, a follow-up that came too early."""

from datetime import timedelta

from sandbox.causes.registry import cause
from sandbox.people import INITIAL_DOMAIN
from sandbox.scenarios.registry import World
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.users import User


@cause(
    "guest-account",
    f"lena.ortiz_fabrikam.com#EXT#@{INITIAL_DOMAIN}",
    "Lena Ortiz",
    ["C40"],
    ["use-home-mailbox"],
    license=None,
)
def guest_account(_: World, user: User) -> None:
    """A guest, whose mailbox is in the home organization."""
    user.props.update(
        mail="lena.ortiz@fabrikam.com",
        mailNickname="lena.ortiz_fabrikam.com#EXT#",
        userType="Guest",
        usageLocation=None,
        creationType="Invitation",
        externalUserState="Accepted",
        proxyAddresses=["SMTP:lena.ortiz@fabrikam.com"],
    )


@cause("not-seen-by-rest", "theo.grant@contoso.com", "Theo Grant", ["C43"], ["wait"], age=timedelta(hours=8))
def not_seen_by_rest(world: World, user: User) -> None:
    """The mailbox opens in Outlook and Exchange names it, but REST answers 404 for some hours more."""
    make_ready(user.mailbox, world.tenant.now() - timedelta(hours=7))
    user.begins_at_first_look = world.tenant.now() - user.props["createdDateTime"]
    user.mailbox.hidden_until = world.tenant.now() + timedelta(hours=20)


@cause(
    "follow-up-too-early",
    "sven.dahl@contoso.com",
    "Sven Dahl",
    ["C42", "C01"],
    ["wait"],
    shows_after="POST /users/{id}/sendMail",
    age=timedelta(minutes=10),
)
def follow_up_too_early(world: World, user: User) -> None:
    """What needs the mailbox fails while that is being prepared."""
    user.props["createdDateTime"] = world.tenant.now() - timedelta(minutes=12)
    user.begins_at_first_look = timedelta(minutes=12)
    user.mailbox.ready_at = world.tenant.now() + timedelta(hours=20)
