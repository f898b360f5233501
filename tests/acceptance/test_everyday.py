"""What a helpdesk looks at all day, over HTTP: seats, incidents that begin and end, lists, a watch, an estimate."""

from collections.abc import Iterator

import pytest
from support.site import Site, buttons_of, cards_of, newcomer, running_site, words_of

ORDER = 'provision {upn} name="Jane Doe" license=E3 location=US'
HELGA = "6f0e1d2c-0000-4000-8000-0000000000a1"
ADAM = "6f0e1d2c-0000-4000-8000-0000000000a7"


@pytest.fixture(scope="module")
def everyday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Mailboxes come only when a test says so; Adam is admin."""
    roles = {"MAILROOM_OPERATORS": HELGA, "MAILROOM_ADMINS": ADAM, "MAILROOM_SEATS_WARNING": "3"}
    with running_site(tmp_path_factory.mktemp("everyday"), scenario="mailbox-never-ready", **roles) as site:
        yield site


def test_licenses_shows_the_seats_and_the_level_that_the_admin_sets_in_the_chat(everyday: Site) -> None:
    everyday.reset()
    helga, adam = everyday.chat("helga"), everyday.chat("adam")
    helga.say("licenses")
    shown = helga.see("Licenses with a mailbox", "Low means 3 seats free or fewer")
    assert "Office 365 E3" in " ".join(words_of(cards_of(shown)))
    assert "Chart.HorizontalBar.Stacked" in str(cards_of(shown))
    helga.say("settings seats-warning=900")
    helga.see("You need to be an admin")
    adam.say("settings")
    form = adam.see("Settings in force", "MAILROOM_SEATS_WARNING")
    clicked = adam.click(form, "Save", seats_warning="900")
    assert "set in the chat" in str(clicked)
    everyday.bot.kill()  # it is kept where the cases are
    everyday.start_bot()
    helga.say("licenses")
    helga.see("Low means 900 seats free or fewer", "Low: ")


def test_an_incident_that_begins_and_ends_is_told_where_somebody_waits_and_nowhere_else(everyday: Site) -> None:
    everyday.reset()
    chat, other, upn = everyday.chat("helga", "group"), everyday.chat("adam"), newcomer()
    chat.say(ORDER.format(upn=upn))
    chat.see(upn, "preparing the mailbox", "No finished case here yet")
    everyday.scenario("exchange-incident")
    told = chat.see("Incident at Microsoft: Delays in provisioning new mailboxes", "EX900001")
    assert buttons_of(told) == ["Show who waits", "Health"]
    other.say("health")
    other.see("Microsoft 365 service health", "1 person may have to wait longer", "EX900001")
    everyday.bot.kill()
    everyday.start_bot()
    everyday.scenario("incident-over")
    chat.see("Over at Microsoft: Delays in provisioning new mailboxes")
    chat.say("health")
    chat.see("Nothing at Microsoft holds up mailboxes")
    assert len(chat.heard("Incident at Microsoft")) == len(chat.heard("Over at Microsoft")) == 1
    assert other.heard("at Microsoft: Delays") == []


def test_a_watched_mailbox_ends_with_the_notification_and_nothing_was_changed(everyday: Site) -> None:
    everyday.post("/sandbox/reset", scenario="default")  # with somebody in each kind of trouble
    chat, upn = everyday.chat("helga"), "tariq.haddad@contoso.com"
    chat.say(f"watch {upn}")
    chat.see(upn, "only watched", "preparing the mailbox")
    chat.say("cases late by=me")  # licensed for 30 hours: late from the first moment, and looked into
    page = chat.see("Cases: late, asked by me", "1 case", "Tariq Haddad")
    assert "Late (1)" in buttons_of(page)
    chat.see(upn, "only watched", "Likely cause")
    everyday.mailbox_answers(upn)
    chat.see("Tariq Haddad — mailbox ready", "The account existed before")
    assert everyday.effects(upn) == {}
    chat.say("report")
    chat.see("Mailboxes in the last 8 weeks", "Nobody was waited for")
