"""Profiles from end to end: real bot, real sandbox, a kill -9 between a mail and the note of it, an order for later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.killing_proxy import KillingProxy, Trap
from support.processes import ROOT, wait_until
from support.site import Site, newcomer, running_site, text_of

from sandbox.people import SALES_LICENSES, WELCOME_MAILBOX

SETTINGS = {
    "MAILROOM_PROFILES": str(ROOT / "docs/profiles.example.toml"),
    "MAILROOM_MAIL_SENDER": WELCOME_MAILBOX,
}
FOLLOWED = {"created": 1, "managers_set": 1, "groups_joined": 2, "mailbox_settings_changed": 1}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    with running_site(folder, scenario="mailbox-never-ready,groups", speed=60, **SETTINGS) as running:
        yield running


def mails(site: Site, upn: str) -> list[tuple[str, str]]:
    """To whom, about what; oldest first."""
    sent = site.get("/sandbox/mails")["mails"]
    return [(mail["to"][0], mail["subject"]) for mail in reversed(sent) if upn in mail["text"]]


def test_everything_that_a_profile_says_is_done(site: Site) -> None:
    chat, upn = site.chat(), newcomer()
    chat.say(f'provision {upn} as sales name="Jane Doe"')
    card = chat.see(upn, "preparing the mailbox", "Once the mailbox is ready", "Membership in Sales team")
    site.mailbox_answers(upn)
    chat.see(upn, "Jane Doe — mailbox ready", "Sign-in name")
    chat.wait(lambda: "To do" not in text_of(chat.again(card)), "the follow-ups come to their end")
    chat.wait(lambda: "Sent to mona@contoso.com." in text_of(chat.again(card)), "the manager is told")
    said = text_of(chat.again(card))
    assert "Is in the group Sales team now." in said
    assert "Microsoft Graph cannot change Sales news" in said
    assert "The mailbox has Eastern Standard Time and en-US." in said
    assert site.effects(upn) == FOLLOWED, "and no license was assigned directly"
    assert mails(site, upn) == [(upn, "Welcome to Contoso, Jane Doe"), ("mona@contoso.com", "Jane Doe can be reached")]
    states = site.graph(f"/users/{upn}?$select=licenseAssignmentStates")["licenseAssignmentStates"]
    assert [one["assignedByGroup"] for one in states] == [SALES_LICENSES]
    chat.say(f"history {upn}")
    chat.see("The follow-ups for", "2 of 6 need somebody", "Sent a mail to mona@contoso.com.", "Put into a group.")


def test_killed_after_a_mail_was_sent_it_is_not_sent_again(site: Site) -> None:
    trap = Trap("POST", r"/users/[^/]+/sendMail", "Welcome", "after")
    proxy, direct = KillingProxy(site.url, trap), site.settings["MAILROOM_GRAPH_BASE_URL"]
    try:
        site.bot.kill()
        site.settings["MAILROOM_GRAPH_BASE_URL"] = f"{proxy.url}/v1.0"
        site.start_bot()
        proxy.kill = site.bot.kill
        chat, upn = site.chat(), newcomer()
        chat.say(f'provision {upn} as sales name="Joan Doe"')
        chat.see(upn, "preparing the mailbox")
        site.mailbox_answers(upn)
        wait_until(trap.sprung.is_set, "the bot sends the mail", 60)
        wait_until(lambda: not site.bot.is_alive, "the bot is dead")
        site.start_bot()
        chat.see(upn, "mailbox ready", f"Was sent to {upn}.", "Sent to mona@contoso.com.")
        assert len(mails(site, upn)) == 2
        assert site.effects(upn) == FOLLOWED
    finally:
        site.settings["MAILROOM_GRAPH_BASE_URL"] = direct
        site.bot.kill()
        site.start_bot()
        proxy.close()


def test_without_the_permission_the_mail_is_told_and_the_mailbox_is_ready(site: Site) -> None:
    site.put("/sandbox/permissions", withheld=["Mail.Send", "MailboxSettings.ReadWrite"])
    chat, upn = site.chat(), newcomer()
    chat.say(f'provision {upn} as sales name="Jean Doe"')
    chat.see(upn, "preparing the mailbox")
    site.mailbox_answers(upn)
    card = chat.see(
        upn, "mailbox ready", "Mail.Send", "MailboxSettings.ReadWrite", buttons=("Try the follow-ups again",)
    )
    site.put("/sandbox/permissions", withheld=[])
    chat.click(card, "Try the follow-ups again")
    chat.see(upn, "mailbox ready", f"Sent to {upn}.", "The mailbox has Eastern Standard Time", but="Mail.Send")


def test_an_order_for_later_waits_and_is_dropped_or_begun(site: Site) -> None:
    chat, upn = site.chat(), newcomer()
    chat.say(f'provision {upn} as sales at 08:00 tomorrow name="Jill Doe"')
    card = chat.see(upn, "Jill Doe — scheduled", "08:00 (America/New_York)")
    site.bot.kill()
    site.start_bot()
    chat.say("status")
    chat.see("Jill Doe — scheduled")
    assert site.user(upn) is None
    chat.click(card, "Begin now")
    chat.see(upn, "preparing the mailbox")
    chat.say(f"cancel {upn}")
