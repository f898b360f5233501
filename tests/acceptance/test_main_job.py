"""The whole job, from what is typed to the ready notification: real bot, real sandbox, over the chat page's API."""

import json
from typing import Any

import pytest
from support.killing_proxy import KillingProxy, Trap
from support.processes import wait_until
from support.site import Chat, Site, actions_of, buttons_of, call, cards_of, newcomer, text_of

from sandbox.chat import activities
from sandbox.chat.activities import Place
from sandbox.people import CONVERSATIONS, HELGA

ORDER = 'provision {upn} name="Jane Doe" license=E3 location=US'
REVEAL = "Show sign-in details"
SHOWN_BEFORE = "were already shown"
ONCE = {"created": 1, "licenses_assigned": 1}


def order(chat: Chat, upn: str) -> dict[str, Any]:
    """Order and see the live card with a mailbox that is being prepared."""
    chat.say(ORDER.format(upn=upn))
    return chat.see(upn, "preparing the mailbox", "Last look")


def get_ready(desk: Site, chat: Chat, upn: str) -> dict[str, Any]:
    """The mailbox answers; see the notification."""
    desk.mailbox_answers(upn)
    return chat.see(upn, "Jane Doe — mailbox ready", "Sign-in name")


def secret_on(message: dict[str, Any]) -> str:
    """What is written in large type on the card of the sign-in details."""
    found = [run["text"] for run in _runs(cards_of(message)) if run.get("fontType") == "Monospace"]
    assert len(found) == 1
    return str(found[0])


def _runs(element: Any) -> list[dict[str, Any]]:
    if isinstance(element, list):
        return [run for member in element for run in _runs(member)]
    if not isinstance(element, dict):
        return []
    own = [element] if element.get("type") == "TextRun" else []
    return own + [run for value in element.values() for run in _runs(value)]


# The whole job


@pytest.mark.parametrize("where", ["personal", "group", "channel"])
def test_from_the_order_to_the_notification(desk: Site, where: str) -> None:
    chat, upn = desk.chat("helga", where), newcomer()
    card = order(chat, upn)
    assert buttons_of(card) == ["Check now", "Diagnose", "Cancel"]
    assert card["root"] == chat.root
    notification = get_ready(desk, chat, upn)
    assert notification["id"] != card["id"]
    assert notification["root"] == chat.root
    chat.wait(lambda: "The notification was sent" in text_of(chat.again(card)), "the live card shows the end")
    assert "Jane Doe — mailbox ready" in text_of(chat.again(card))
    assert buttons_of(chat.again(card)) == []
    assert len(chat.heard("Jane Doe — mailbox ready", "Sign-in name")) == 1
    assert desk.effects(upn) == ONCE


def test_the_card_changes_in_place_and_only_the_notification_alerts(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    before = sent(desk, chat)
    card = order(chat, upn)
    get_ready(desk, chat, upn)
    chat.wait(lambda: "The notification was sent" in text_of(chat.again(card)), "the live card shows the end")
    assert chat.again(card)["version"] > 2
    assert chat.again(card)["editedAt"]
    assert len(sent(desk, chat)) == len(before) + 2  # the live card and the notification


def sent(desk: Site, chat: Chat) -> list[dict[str, Any]]:
    log = desk.get("/sandbox/connector/log")["received"]
    return [one for one in log if one["notified"] and one["conversation"] == f"a:{chat.who}-personal"]


def test_the_notification_comes_with_the_first_look_at_a_mailbox_that_answers(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    order(chat, upn)
    desk.mailbox_answers(upn)
    chat.see(upn, "mailbox ready", "Sign-in name")
    answers = [look["status"] for look in desk.looks_at(upn)]
    assert answers.count(200) == 1
    assert answers[-1] == 200


def test_options_reach_the_account(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    chat.say(f'{ORDER.format(upn=upn)} manager=mona@contoso.com department="Field Sales"')
    card = chat.see(upn, "preparing the mailbox")
    assert desk.effects(upn) == {**ONCE, "managers_set": 1}
    chat.click(card, "Cancel")


@pytest.mark.parametrize(
    "text",
    [
        'Provision <a href="mailto:{upn}">{upn}</a>\u00a0name=“Jane Doe” license=e3 location=us.',
        "<p>PROVISION&nbsp;{upn},</p>\nname=Jane\tlicence=E3\nlocation=US please",
    ],
)
def test_text_as_messy_as_teams_sends_it(desk: Site, text: str) -> None:
    chat, upn = desk.chat(), newcomer()
    chat.say(text.format(upn=upn), textFormat="xml")
    chat.see(upn, "preparing the mailbox")
    assert desk.effects(upn) == ONCE


# What is missing


def ask_for_the_rest(chat: Chat, upn: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The form, and what a person would fill in: a name, a country and the first license that has seats."""
    chat.say(f"provision {upn}")
    form = chat.see(f"A few details for {upn}", buttons=("Provision",))
    licenses = [choice for choice in inputs_of(form)["license"]["choices"] if "free" in choice["title"]]
    assert inputs_of(form).keys() == {"display_name", "usage_location", "license"}
    return form, {"display_name": "Jane Doe", "usage_location": "DE", "license": licenses[0]["value"]}


def inputs_of(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    body = cards_of(message)[0]["body"]
    return {element["id"]: element for element in body if element["type"].startswith("Input.")}


def test_what_is_missing_is_asked_for_in_a_form(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    form, filled = ask_for_the_rest(chat, upn)
    assert desk.effects(upn) == {}
    assert chat.click(form, "Provision", **filled)["kind"] == "card"
    chat.see(upn, "Jane Doe — preparing the mailbox")
    chat.wait(lambda: "Order placed" in text_of(chat.again(form)), "the form says that the order is placed")
    assert "Provision" not in buttons_of(chat.again(form))
    assert desk.effects(upn) == ONCE


def test_a_form_sent_twice_is_one_order(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    form, filled = ask_for_the_rest(chat, upn)
    chat.click(form, "Provision", **filled)
    assert chat.click_in_old_client(form, "Provision", **filled)["kind"] == "nothing"
    chat.see(upn, "preparing the mailbox")
    assert desk.effects(upn) == ONCE


def test_clients_without_execute_send_the_form_as_a_message(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    form, filled = ask_for_the_rest(chat, upn)
    assert chat.click_in_old_client(form, "Provision", **filled)["kind"] == "nothing"
    chat.see(upn, "Jane Doe — preparing the mailbox")
    assert "Order placed" in text_of(chat.again(form))
    assert desk.effects(upn) == ONCE


def test_only_what_was_not_said_is_asked_for(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    chat.say(f"provision {upn} license=E3 name=Jane")
    form = chat.see(f"A few details for {upn}", "Office 365 E3")
    assert inputs_of(form).keys() == {"usage_location"}


# Commands and buttons


def test_a_typo_gets_did_you_mean_with_a_button_that_runs_it(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    chat.say(ORDER.format(upn=upn).replace("provision", "provison"))
    card = chat.see("Did you mean", upn)
    assert desk.effects(upn) == {}
    assert chat.click(card, buttons_of(card)[0])["kind"] == "card"
    chat.see(upn, "preparing the mailbox")
    assert desk.effects(upn) == ONCE


def test_help_says_what_can_be_typed(desk: Site) -> None:
    chat = desk.chat()
    chat.say("help")
    card = chat.see("provision", "status", "cancel", "diagnose", "help")
    clicked = chat.click(card, "status")
    assert clicked["kind"] == "card"


def test_status_lists_who_is_waiting_and_brings_the_card_down(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    card = order(chat, upn)
    chat.say("status")
    chat.see(upn, "waiting for a mailbox")
    chat.say(f"status {upn}")
    chat.see(upn, "preparing the mailbox", "Last look", buttons=("Check now",))
    chat.wait(lambda: (chat.heard(upn, "Last look") or [card])[-1]["id"] != card["id"], "the card is at the bottom")
    moved = chat.heard(upn, "Last look")[-1]
    chat.wait(lambda: "moved" in text_of(chat.again(card)), "the older card points down")
    get_ready(desk, chat, upn)
    chat.wait(lambda: "The notification was sent" in text_of(chat.again(moved)), "the moved card goes on changing")


def test_status_in_another_chat_shows_a_second_live_card(desk: Site) -> None:
    chat, group, upn = desk.chat(), desk.chat("adam", "group"), newcomer()
    order(chat, upn)
    group.say(f"status {upn}")
    second = group.see(upn, "preparing the mailbox", "Asked for by Helga Desk")
    get_ready(desk, chat, upn)
    group.wait(lambda: "mailbox ready" in text_of(group.again(second)), "the card in the group follows")
    assert group.heard(upn, "Sign-in name") == []


def test_a_second_order_shows_the_case_that_runs(desk: Site) -> None:
    chat, other, upn = desk.chat(), desk.chat("adam"), newcomer()
    order(chat, upn)
    other.say(ORDER.format(upn=upn))
    other.see(f"{upn} is already being provisioned, for Helga Desk")
    other.see(upn, "preparing the mailbox", "Asked for by Helga Desk")
    get_ready(desk, chat, upn)
    assert desk.effects(upn) == ONCE


def test_cancel_asks_first_and_back_leads_back(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    card = order(chat, upn)
    asked = chat.click(card, "Cancel")["message"]
    assert "Stop working on Jane Doe?" in text_of(asked)
    back = chat.click(asked, "Back")["message"]
    assert "preparing the mailbox" in text_of(back)
    stopped = chat.click(chat.click(back, "Cancel")["message"], "Stop")["message"]
    assert "cancelled" in text_of(stopped)
    chat.wait(lambda: "cancelled by Helga Desk" in text_of(chat.again(card)), "everybody sees that it was cancelled")
    desk.mailbox_answers(upn)
    chat.say(f"status {upn}")
    chat.see(upn, "cancelled by Helga Desk", buttons=("Order again",))
    assert chat.heard(upn, "mailbox ready") == []


def test_cancel_can_be_typed(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    order(chat, upn)
    chat.say(f"cancel {upn}")
    chat.see(f"Stopped working on {upn}", "Office 365 E3")
    chat.say(f"cancel {upn}")
    chat.see(f"There is nothing to stop for {upn}")


def test_ordered_again_after_a_cancel_adopts_what_is_there(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    card = order(chat, upn)
    chat.say(f"cancel {upn}")
    chat.wait(lambda: "Order again" in buttons_of(chat.again(card)), "the card offers it")
    chat.click(chat.again(card), "Order again")
    chat.wait(lambda: len(chat.heard(upn, "preparing the mailbox")) == 1, "the new case waits")
    get_ready(desk, chat, upn)
    assert desk.effects(upn) == ONCE


def test_check_now_looks_at_once(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    card = order(chat, upn)
    looks = len(desk.looks_at(upn))
    clicked = chat.click(card, "Check now")
    assert clicked["kind"] == "card"
    assert "preparing the mailbox" in text_of(clicked["message"])
    assert len(desk.looks_at(upn)) > looks


def test_diagnose_says_what_is_awaited(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    card = order(chat, upn)
    chat.click(card, "Diagnose")
    posted = chat.see(upn, "Exchange is preparing the mailbox")
    assert posted["id"] != card["id"], "the live card goes on changing, so the diagnosis has a message of its own"
    chat.say(f"diagnose {upn}")
    chat.wait(lambda: len(chat.heard(upn, "Exchange is preparing the mailbox")) == 2, "the typed one is answered too")
    assert desk.effects(upn) == ONCE


def test_the_client_s_own_refresh_changes_nothing(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    card = order(chat, upn)
    refresh = cards_of(card)[0]["refresh"]["action"]
    where = {"as": "helga", "conversation": "personal", "message": card["id"]}
    answer = desk.post("/chat/execute", **where, action=refresh, trigger="automatic")
    assert answer["kind"] == "card"
    assert "preparing the mailbox" in text_of(answer["message"])
    assert desk.effects(upn) == ONCE


# Accounts that are there already


def test_an_existing_account_is_adopted(desk: Site) -> None:
    desk.scenario("existing-user")
    chat = desk.chat()
    chat.say("provision lee@contoso.com license=E3")
    chat.see("lee@contoso.com", "preparing the mailbox")
    desk.mailbox_answers("lee@contoso.com")
    ready = chat.see("Lee Gu — mailbox ready", "lee@contoso.com", "Sign-in name")
    assert REVEAL not in buttons_of(ready)
    assert "existed before" in text_of(ready)
    assert desk.effects("lee@contoso.com") == {"licenses_assigned": 1}


@pytest.mark.parametrize(("button", "effect"), [("Restore the account", "restored"), ("Create a new one", "created")])
def test_the_recycle_bin_is_asked_about(desk: Site, button: str, effect: str) -> None:
    desk.scenario("recycle-bin")
    chat = desk.chat()
    chat.say("provision jane@contoso.com")
    question = chat.see("Jane Doe is in the recycle bin", buttons=("Restore the account", "Create a new one"))
    assert desk.effects("jane@contoso.com") == {}
    form = chat.click(question, button)["message"]
    fields = inputs_of(form)
    known = {"display_name": "Jane Doe", "usage_location": "US", "license": fields["license"]["choices"][-1]["value"]}
    chat.click(form, "Provision", **{name: value for name, value in known.items() if name in fields})
    chat.see("jane@contoso.com", "preparing the mailbox")
    assert desk.effects("jane@contoso.com")[effect] == 1
    desk.mailbox_answers("jane@contoso.com")
    ready = chat.see("Jane Doe — mailbox ready", "Sign-in name")
    assert (REVEAL in buttons_of(ready)) == (effect == "created")


def test_a_synced_account_has_the_sync_stage(desk: Site) -> None:
    desk.scenario("synced-tenant")
    chat = desk.chat()
    chat.say("provision sam@contoso.com license=E3")
    chat.see("sam@contoso.com", "preparing the mailbox", "The account is synchronized from Active Directory.")
    desk.mailbox_answers("sam@contoso.com")
    chat.see("Sam Synced — mailbox ready", "Sign-in name")


# The first sign-in


def test_sign_in_details_are_shown_once(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    order(chat, upn)
    ready = get_ready(desk, chat, upn)
    shown = chat.click(ready, REVEAL)
    assert "Temporary Access Pass" in text_of(shown["message"])
    secret = secret_on(shown["message"])
    again = chat.click(ready, REVEAL)
    assert SHOWN_BEFORE in text_of(again["message"])
    assert secret not in text_of(again["message"])
    assert desk.effects(upn) == {**ONCE, "access_passes": 1}


def test_in_a_group_the_details_go_to_the_one_to_one_chat(desk: Site) -> None:
    group, own, upn = desk.chat("helga", "group"), desk.chat(), newcomer()
    order(group, upn)
    ready = get_ready(desk, group, upn)
    clicked = group.click(ready, REVEAL)
    assert (clicked["kind"], "1:1 chat" in clicked["text"]) == ("message", True)
    assert desk.effects(upn) == ONCE
    there = own.see(upn, "mailbox ready", buttons=(REVEAL,))
    assert "Temporary Access Pass" in text_of(own.click(there, REVEAL)["message"])
    assert desk.effects(upn)["access_passes"] == 1


@pytest.mark.parametrize("who", ["mona", "adam", "otto"])
def test_nobody_else_is_shown_them(desk: Site, who: str) -> None:
    group, other, upn = desk.chat("helga", "group"), desk.chat(who, "group"), newcomer()
    order(group, upn)
    ready = get_ready(desk, group, upn)
    clicked = other.click(ready, REVEAL)
    told = clicked["text"] or text_of(clicked["message"])
    assert any(words in told for words in ("only to Helga Desk", "sieht nur Helga Desk", "another"))
    assert desk.effects(upn) == ONCE


def test_without_passes_there_is_a_password_that_must_be_changed(desk: Site) -> None:
    desk.scenario("tap-policy-off")
    chat, upn = desk.chat(), newcomer()
    order(chat, upn)
    shown = chat.click(get_ready(desk, chat, upn), REVEAL)["message"]
    assert "One-time password" in text_of(shown)
    assert "must be changed" in text_of(shown)
    assert len(secret_on(shown)) >= 16
    assert desk.effects(upn) == {**ONCE, "passwords_set": 1}


def test_a_client_that_would_keep_them_as_a_message_is_not_sent_them(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    order(chat, upn)
    ready = get_ready(desk, chat, upn)
    chat.click_in_old_client(ready, REVEAL)
    chat.see("so nothing was shown")
    assert REVEAL in buttons_of(chat.again(ready))
    assert desk.effects(upn) == ONCE


def test_when_graph_cannot_give_them_they_can_be_asked_for_again(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    order(chat, upn)
    ready = get_ready(desk, chat, upn)
    desk.fault(path="temporaryAccessPassMethods", status=503)
    refused = chat.click(ready, REVEAL)
    assert refused["kind"] == "message"
    assert "Nothing was shown" in refused["text"]
    desk.heal()
    assert "Temporary Access Pass" in text_of(chat.click(ready, REVEAL)["message"])


class Recorder(KillingProxy):
    """A proxy that kills nothing, and keeps what the bot sent through it."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream, Trap("", ""))
        self.sent: list[str] = []

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        self.sent.append(body.decode())
        return super().forward(method, path, headers, body)


def test_the_secret_is_nowhere_but_in_the_answer_to_the_click(desk: Site) -> None:
    upn = newcomer()
    recorder = Recorder(desk.url)
    bot = f"http://127.0.0.1:{desk.bot_port}/api/messages"
    place = Place(HELGA, CONVERSATIONS[0], f"{recorder.url}/connector")
    try:
        call("POST", bot, activities.message(place, "1", ORDER.format(upn=upn)))
        wait_until(lambda: any(upn in one for one in recorder.sent) and bool(desk.user(upn)), "the case waits")
        wait_until(lambda: any(upn in one and "Last look" in one for one in recorder.sent), "the mailbox is looked at")
        desk.mailbox_answers(upn)
        wait_until(lambda: any(upn in one and REVEAL in one for one in recorder.sent), "the notification is sent")
        wait_until(lambda: any("The notification was sent" in one for one in recorder.sent), "the card shows the end")
        ready = next(one for one in recorder.sent if upn in one and REVEAL in one)
        [button] = [one for one in actions_of(json.loads(ready)["attachments"][0]["content"]) if one["title"] == REVEAL]
        action = {"type": "Action.Execute", "verb": button["verb"], "data": button["data"]}
        answer = call("POST", bot, activities.execute(place, "1", action, "manual"))
    finally:
        recorder.close()
    secret = secret_on({"attachments": [{"contentType": answer["type"], "content": answer["value"]}]})
    assert len(secret) >= 8
    kept = [file for file in desk.folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".db" for file in kept)
    for file in kept:  # the database with its write-ahead log, the bot's log and the sandbox's
        assert secret.encode() not in file.read_bytes(), file.name
    assert not any(secret in one for one in recorder.sent)
    assert desk.effects(upn)["access_passes"] == 1
