"""Names: a wrong alias, characters that Exchange does not take, a domain without mail, a name that is taken."""

from sandbox.causes.addresses import add_domain
from sandbox.causes.people import colleague, edit_on_premises, sam_of
from sandbox.causes.registry import cause
from sandbox.scenarios.registry import World
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.organization import Domain
from sandbox.tenant.users import User

LABS = "contoso-labs.com"


@cause(
    "wrong-mail-nickname",
    "anya.sokolova@contoso.com",
    "Anya Sokolova",
    ["C25"],
    ["correct-mail-nickname"],
    aspects=("name", "directory"),
)
def wrong_mail_nickname(_: World, user: User) -> None:
    """The mail nickname is still the maiden name's, and Exchange knows the user by the new one."""
    user.exchange.alias = sam_of(user.upn)
    user.props["mailNickname"] = "a.ivanova"


@cause(
    "wrong-nickname-on-premises",
    "peter.vance@contoso.com",
    "Peter Vance",
    ["C25"],
    ["correct-mail-nickname-on-premises"],
    synced=True,
    aspects=(
        "name",
        "directory",
    ),
)
def wrong_nickname_on_premises(world: World, user: User) -> None:
    """Active Directory has an alias that matches neither the sign-in name nor the account name."""
    edit_on_premises(world.tenant, user, mail_nickname="old.alias")
    user.exchange.alias = sam_of(user.upn)


@cause(
    "domain-without-mail",
    f"leo.fischer@{LABS}",
    "Leo Fischer",
    ["C26"],
    ["verify-domain"],
    aspects=("domain", "directory"),
)
def domain_without_mail(world: World, user: User) -> None:
    """The domain of the address is verified, but Exchange takes no mail for it."""
    add_domain(world.tenant, Domain(LABS, services=()))
    mail = f"{sam_of(user.upn)}@{LABS}"
    user.props.update(mail=mail, proxyAddresses=[f"SMTP:{mail}"])


@cause(
    "invalid-alias",
    "anna.lund@contoso.com",
    "Anna Lund",
    ["C27"],
    ["correct-mail-nickname"],
    aspects=("name", "directory"),
)
def invalid_alias(_: World, user: User) -> None:
    """The mail nickname has a space in it, from before that was refused."""
    user.props["mailNickname"] = "anna lund"


@cause(
    "sign-in-name-taken",
    "tom.baker@contoso.com",
    "Tom Baker",
    ["C24"],
    ["use-free-name"],
    shows_after="POST /users",
)
def sign_in_name_taken(world: World, user: User) -> None:
    """Somebody with a working mailbox has the sign-in name that a newcomer is to get."""
    make_ready(user.mailbox, world.tenant.now())


@cause("known-by-alias", "p.marsh@contoso.com", "Petra Marsh", ["C24b"], ["use-sign-in-name"], exists=False)
def known_by_alias(world: World, user: User) -> None:
    """The address belongs to petra.marsh@contoso.com, who has a working mailbox: it is no sign-in name."""
    colleague(world.tenant, "petra.marsh@contoso.com", "Petra Marsh", user.upn)
