"""Users of Active Directory: archive, mailbox type, quarantined attributes, only a mail attribute."""

from dataclasses import replace
from datetime import timedelta

from sandbox.causes.people import colleague, edit_on_premises, make_synced, on_premises, sam_of
from sandbox.causes.registry import cause
from sandbox.people import INITIAL_DOMAIN
from sandbox.scenarios.registry import World
from sandbox.tenant import sync
from sandbox.tenant.mailboxes import make_ready
from sandbox.tenant.organization import fixed_id
from sandbox.tenant.quarantine import substitute
from sandbox.tenant.users import User

CORRECT = ["correct-in-directory"]
VIKTOR = "viktor.hale@contoso.com"
ANCHOR = "dmlrdG9yLmhhbGUgLSAyIQ=="
SUBSTITUTE = substitute(VIKTOR, ANCHOR, INITIAL_DOMAIN)


@cause(
    "archive-guid-mismatch",
    "bella.conti@contoso.com",
    "Bella Conti",
    ["C32"],
    ["set-archive-guid"],
    synced=True,
    aspects=(
        "license",
        "directory",
    ),
)
def archive_guid_mismatch(world: World, user: User) -> None:
    """Active Directory and Exchange name different archives, so that no change of the user reaches Exchange."""
    edit_on_premises(world.tenant, user, archive_guid=fixed_id("archive on premises"))
    user.exchange.cloud_archive_guid = fixed_id("archive in the cloud")


@cause("shared-mailbox", "eric.stone@contoso.com", "Eric Stone", ["C33"], ["convert-mailbox-type"])
def shared_mailbox(world: World, user: User) -> None:
    """The mailbox works, but as a shared one."""
    make_ready(user.mailbox, world.tenant.now() - timedelta(days=30))
    user.mailbox.purpose = "shared"


@cause(
    "shared-mailbox-on-premises",
    "judy.frost@contoso.com",
    "Judy Frost",
    ["C33"],
    ["convert-mailbox-type"],
    synced=True,
)
def shared_mailbox_on_premises(world: World, user: User) -> None:
    """Active Directory says that the mailbox is shared, and every sync makes it so again."""
    edit_on_premises(world.tenant, user, shared=True)
    make_ready(user.mailbox, world.tenant.now() - timedelta(days=30))
    user.mailbox.purpose = "shared"


@cause(
    "address-quarantined",
    "carl.brandt@contoso.com",
    "Carl Brandt",
    ["C34"],
    CORRECT,
    synced=True,
    aspects=(
        "quarantine",
        "directory",
    ),
)
def address_quarantined(world: World, user: User) -> None:
    """Two users of Active Directory have the alias brandt@contoso.com; the second one's is in quarantine."""
    alias = "brandt@contoso.com"
    make_synced(world.tenant, colleague(world.tenant, "karl.brandt@contoso.com", "Karl Brandt", alias))
    proxies = world.tenant.directory.users[sam_of(user.upn)].proxy_addresses
    edit_on_premises(world.tenant, user, proxy_addresses=(*proxies, f"smtp:{alias}"))


@cause("sign-in-name-quarantined", SUBSTITUTE, "Viktor Hale", ["C34"], CORRECT, stamped=False)
def sign_in_name_quarantined(world: World, user: User) -> None:
    """Two users of Active Directory have the sign-in name viktor.hale@contoso.com; the second got a substitute."""
    first = colleague(world.tenant, VIKTOR, "Viktor Hale senior")
    first.props["proxyAddresses"] = [f"SMTP:{VIKTOR}"]
    make_synced(world.tenant, first)
    user.props["mailNickname"] = "vhale"
    source = replace(on_premises(user), sam="vhale", upn=VIKTOR, immutable_id=ANCHOR)
    world.tenant.directory.put(source, is_change=False)
    sync.write(world.tenant, source, user, world.tenant.organization.last_sync or world.tenant.now())


@cause(
    "license-makes-the-mailbox",
    "vera.stein@contoso.com",
    "Vera Stein",
    ["C37", "C05"],
    ["assign-license"],
    license=None,
    synced=True,
    aspects=("license", "directory", "initial address"),
)
def license_makes_the_mailbox(world: World, user: User) -> None:
    """Synced with nothing but the mail attribute, and without a license."""
    edit_on_premises(world.tenant, user, mail=user.upn, remote_recipient_type=0)


@cause(
    "mastered-on-premises",
    "ruth.adler@contoso.com",
    "Ruth Adler",
    ["C39", "C25"],
    ["correct-mail-nickname-on-premises"],
    shows_after="PATCH /users/{id}",
    synced=True,
)
def mastered_on_premises(world: World, user: User) -> None:
    """A synced user whose alias somebody tries to correct in the cloud."""
    edit_on_premises(world.tenant, user, mail_nickname="r.old")
    user.exchange.alias = sam_of(user.upn)
