"""First sign-in details: to one person, in one chat, once, and nowhere else."""

import json

from support.processes import wait_until
from support.trust_site import GROUP, HELGA, MONA, button, running_trust_site, text_of

SIGN_IN = {
    "userPrincipalName": "new@contoso.com",
    "passwordProfile": {"forceChangePasswordNextSignIn": False, "password": "Somebody-Elses-2026"},
}
ORDER = 'provision new@contoso.com name="New Comer" license=E3 location=US manager=mona@contoso.com'


def ready(site, conversation=None):
    """A mailbox that Helga ordered and that answers; the notification."""
    site.say(HELGA, ORDER, conversation)
    place = (conversation or HELGA.chat)["id"]
    site.sees("New Comer", "preparing the mailbox", conversation=place)
    site.mailbox_answers("new@contoso.com")
    return site.sees("mailbox ready", "Sign-in name", conversation=place)


def everything_kept(site):
    """All that the bot stored, logged, sent to chats or wrote into its audit trail."""
    files = [path.read_bytes() for path in site.folder.glob("mailroom.db*")]
    sent = json.dumps([one.body for one in site.connector.calls]).encode()
    trail = json.dumps(site.audit()).encode()
    return b"".join([*files, site.bot.printed.encode(), sent, trail])


def secret_of(answer):
    return answer["value"]["body"][3]["inlines"][0]["text"]


def test_shown_once_to_the_requester_alone_and_kept_nowhere(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=f"{HELGA.id},{MONA.id}") as site:
        show = button(ready(site), "Show sign-in details")
        assert "only to Helga Desk" in text_of(site.click(MONA, show, HELGA.chat))
        shown = site.click(HELGA, show)
        assert "Temporary Access Pass" in text_of(shown)
        secret = secret_of(shown)
        assert "already shown" in text_of(site.click(HELGA, show))
        assert site.effects()["access_passes"] == 1
        kept = everything_kept(site)
        assert secret.encode() not in kept
        assert b"was shown a Temporary Access Pass of new@contoso.com" in kept


def test_in_a_group_nothing_is_shown(tmp_path):
    with running_trust_site(tmp_path) as site:
        show = button(ready(site, GROUP), "Show sign-in details")
        assert "1:1 chat" in text_of(site.click(HELGA, show, GROUP))
        assert site.effects()["access_passes"] == 0
        own = site.sees("mailbox ready", button="Show sign-in details", conversation=HELGA.chat["id"])
        assert secret_of(site.click(HELGA, button(own, "Show sign-in details"))).encode() not in everything_kept(site)


def test_another_order_does_not_open_somebody_elses_details(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=f"{HELGA.id},{MONA.id}") as site:
        ready(site)
        site.say(MONA, ORDER)
        monas = site.sees("mailbox ready", "Sign-in name", conversation=MONA.chat["id"])
        assert "its sign-in stays as it was" in text_of(monas)
        assert site.effects()["access_passes"] == 0


def test_an_account_that_somebody_else_made_meanwhile_is_not_ours(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        site.fault(path="/users$", method="POST", status=503)
        site.say(HELGA, ORDER)
        site.sees("New Comer", "tries again")
        site.heal()
        theirs = {"accountEnabled": True, "displayName": "New Comer", "mailNickname": "new", **SIGN_IN}
        site.graph("POST", "/users", theirs)
        site.sees("New Comer", "preparing the mailbox")
        site.mailbox_answers("new@contoso.com")
        assert "its sign-in stays as it was" in text_of(site.sees("mailbox ready", "Sign-in name"))


def test_a_click_that_is_cut_off_leaves_a_trail_and_no_pass(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        show = button(ready(site), "Show sign-in details")
        site.fault(path="temporaryAccessPassMethods", method="POST", delay_seconds=9, times=1)
        assert "takes too long" in text_of(site.click(HELGA, show))
        wait_until(lambda: site.effects()["access_passes"] == 1, "Graph made the pass all the same", 30)
        account = site.graph("GET", "/users/new@contoso.com")["id"]
        path = f"/users/{account}/authentication/temporaryAccessPassMethods"
        wait_until(lambda: site.graph("GET", path)["value"] == [], "it was taken back", 30)
        changes = [entry["sentence"] for entry in site.audit() if entry["kind"] == "change"]
        assert "Revoked the Temporary Access Pass." in changes
        assert "Temporary Access Pass" in text_of(site.click(HELGA, show)), "and can be asked for again"


def test_handed_over_the_manager_alone_sees_them(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:  # Mona has no role
        card = ready(site)
        site.click(HELGA, button(card, "Let Mona Manager see them"))
        monas = site.sees("mailbox ready", button="Show sign-in details", conversation=MONA.chat["id"])
        assert "only to Mona Manager" in text_of(site.click(HELGA, button(card, "Show sign-in details")))
        assert "Temporary Access Pass" in text_of(site.click(MONA, button(monas, "Show sign-in details")))


def test_a_password_where_the_tenant_forbids_passes(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        card = ready(site)
        site.fault(path="temporaryAccessPassMethods", method="POST", status=403)
        shown = site.click(HELGA, button(card, "Show sign-in details"))
        assert "One-time password" in text_of(shown)
        assert secret_of(shown).encode() not in everything_kept(site)
