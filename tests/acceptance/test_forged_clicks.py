"""Clicks that Mailroom's cards cannot send, and the same click again: nothing changes, and the person is told."""

from typing import Any

import pytest
from support.site import Chat, Site, actions_of, cards_of, newcomer

REST = 'name="Jane Doe" license=E3 location=US'
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"


def button(message: dict[str, Any], title: str) -> dict[str, Any]:
    return next(one for one in actions_of(cards_of(message)) if one["title"] == title)


def send(chat: Chat, desk: Site, message: dict[str, Any], verb: str, data: dict[str, Any]) -> dict[str, Any]:
    """An Action.Execute as anybody can write it."""
    there = {"as": chat.who, "conversation": chat.conversation, "message": message["id"]}
    clicked: dict[str, Any] = desk.post("/chat/execute", **there, action={"verb": verb, "data": data}, inputs={})
    return clicked


def told(chat: Chat, desk: Site, message: dict[str, Any], verb: str, data: dict[str, Any]) -> str:
    """The line that the click was answered with."""
    clicked = send(chat, desk, message, verb, data)
    assert clicked["kind"] == "message", clicked
    return str(clicked["text"])


def test_an_edited_button_changes_nothing(desk: Site) -> None:
    chat, user = desk.chat(), newcomer()
    chat.say(f"provision {user} {REST}")
    card = chat.see(user, "preparing the mailbox", buttons=("Cancel",))
    asked = chat.click(card, "Cancel")["message"]
    data = button(asked, "Stop")["data"]
    before = desk.effects()
    for verb, forged in {
        "cancel-confirmed": {**data, "case": "another"},
        "fix-confirmed": {**data, "user": user, "fix": "assign-license", "license": E3},
        "reveal": data,
        "cancel": {"case": data["case"]},
    }.items():
        assert "not made by Mailroom" in told(chat, desk, asked, verb, forged)
    assert desk.effects() == before
    group = desk.chat(conversation="group")
    group.say("help")
    there = group.see("Mailroom", buttons=("status",))
    assert "not made by Mailroom" in told(group, desk, there, "cancel-confirmed", data)
    assert "preparing the mailbox" in str(chat.again(card))


@pytest.mark.parametrize("where", ["personal", "group", "channel"])
def test_a_button_works_where_its_card_is(desk: Site, where: str) -> None:
    chat = desk.chat(conversation=where)
    chat.say("help")
    assert chat.click(chat.see("Mailroom", buttons=("status",)), "status")["kind"] in ("card", "message")
    assert "not made by Mailroom" not in str(chat.heard())


def test_the_same_order_again_after_it_has_ended_shows_what_it_was(desk: Site) -> None:
    chat, user = desk.chat(), newcomer()
    chat.say(f"provision {user}")
    form = chat.see(f"A few details for {user}", buttons=("Provision",))
    filled = {"display_name": "Jane Doe", "usage_location": "US", "license": E3}
    chat.click(form, "Provision", **filled)
    chat.see(user, "preparing the mailbox")
    chat.say(f"cancel {user}")
    chat.see(f"Stopped working on {user}")
    before = desk.effects()
    again = chat.click(form, "Provision", **filled)
    assert "already ordered by this button" in str(again)
    assert desk.effects() == before


def test_the_same_repair_again_after_it_has_ended_shows_what_it_was(desk: Site) -> None:
    desk.scenario("existing-user")
    chat = desk.chat()
    chat.say("diagnose lee@contoso.com")
    found = chat.see("lee@contoso.com", buttons=("Assign a license",))
    chat.click(found, "Assign a license")
    asked = chat.see("lee@contoso.com", buttons=("Do it",))
    chat.click(asked, "Do it", license=E3)
    chat.wait(lambda: bool(desk.effects("lee@contoso.com")), "the license is assigned")
    before = desk.effects()
    shown = chat.click(asked, "Do it", license=E3)
    assert "not made by Mailroom" not in str(shown)
    assert desk.effects() == before
