"""What a card says is not believed: an edited, moved, replayed or stale click changes nothing and gets an answer."""

import copy
import sqlite3

import pytest
from support.trust_site import ADAM, GROUP, HELGA, MONA, answers_to, button, buttons, text_of

ORDER = 'provision {} name="Card Case" license=E3 location=US'


@pytest.fixture(scope="module")
def live(site):
    site.say(HELGA, ORDER.format("cards@contoso.com"))
    return site.sees("Card Case", "preparing the mailbox", button="Cancel")


def unchanged(site):
    return site.effects(), site.rows("cases", "repairs")


def edited(action, **changes):
    changed = copy.deepcopy(action)
    changed["data"] |= changes
    return {**changed, "verb": changes.get("verb", action["verb"])}


EDITS = {
    "another case": {"case": "0123456789ab"},
    "another verb": {"verb": "cancel-confirmed"},
    "an added field": {"user": "adam@contoso.com"},
    "no seal": {"seal": None},
    "a seal of zeros": {"seal": "v1.9999999999.0..0000"},
}


@pytest.mark.parametrize("edit", EDITS)
def test_edited_data_is_refused(site, live, edit):
    before = unchanged(site)
    answer = site.click(HELGA, edited(button(live, "Check now"), **EDITS[edit]))
    assert "button" in text_of(answer).lower()
    assert unchanged(site) == before
    assert site.sees("Card Case", "preparing the mailbox", button="Cancel")


def test_a_fix_on_an_edited_account_is_refused(site):
    fix, *_ = buttons(site.diagnosis(HELGA, "nora.lind@contoso.com"), "fix")
    before = unchanged(site)
    answer = site.click(HELGA, edited(fix, user="adam@contoso.com"))
    assert answer["type"].endswith("activity.message")
    assert unchanged(site) == before


def test_a_card_carried_into_another_chat_is_refused(site, live):
    before = unchanged(site)
    for who, place in ((HELGA, GROUP), (MONA, None), (ADAM, None)):
        assert "button" in text_of(site.click(who, button(live, "Cancel"), place)).lower()
    assert unchanged(site) == before


def test_an_old_clients_submit_is_sealed_too(site, live):
    before = unchanged(site)
    data = {**button(live, "Cancel")["fallback"]["data"], "case": "0123456789ab"}
    submitted = {**site.message(HELGA, ""), "value": data}
    del submitted["text"]
    assert site.post(submitted)[0] == 200
    assert unchanged(site) == before


def test_a_replayed_confirmation_does_nothing_a_second_time(site):
    """A repair that has ended is shown again, not run again."""
    fix, *_ = buttons(site.diagnosis(HELGA, "nora.lind@contoso.com"), "fix")
    asked = site.click(HELGA, fix)["value"]
    answers = answers_to(asked)
    confirm, *_ = buttons(asked, "fix-confirmed")
    site.click(HELGA, confirm, **answers)
    site.sees("nora.lind@contoso.com", button="Diagnose again")
    before = unchanged(site)
    for _ in range(3):
        site.click(HELGA, confirm, **answers)
    assert unchanged(site) == before


def test_a_button_of_another_key_is_refused(site, live):
    """What a deleted key means: every card from before is out of date, at once."""
    site.bot.stop()
    connection = sqlite3.connect(site.folder / "mailroom.db")
    with connection:
        connection.execute("DELETE FROM secrets")
    connection.close()
    site.start_bot()
    before = unchanged(site)
    assert "button" in text_of(site.click(HELGA, button(live, "Cancel"))).lower()
    assert unchanged(site) == before
