"""Teams' own manner, end to end: looking people up, orders from a message, quiet hours."""

from typing import Any

from support.site import Site, buttons_of, newcomer, text_of

FORM = {"location": "US", "license": "6fd2c87f-b296-42f0-b197-1e91e994b900"}


def extension(desk: Site, name: str, conversation: str, who: str = "helga", **more: Any) -> Any:
    return desk.post(f"/chat/extension/{name}", **{"as": who, "conversation": conversation}, **more)


def test_a_person_is_looked_up_posted_and_looked_at_by_a_colleague(desk: Site) -> None:
    group = desk.chat("mona", "group")
    [found] = extension(desk, "query", "group", text="adam")["results"]
    assert (found["title"], found["text"]) == ("Adam Admin", "adam@contoso.com · the mailbox works")
    [chosen] = extension(desk, "select", "group", item=found["item"])["results"]
    posted = extension(desk, "post", "group", card=chosen["card"])
    assert buttons_of(posted) == ["Check again"]
    again = group.click(posted, "Check again")
    assert again["kind"] == "card", again
    assert "alles in Ordnung" in text_of(again["message"])  # Mona reads German


def test_a_message_becomes_orders_in_ones_own_chat(desk: Site) -> None:
    mine, upn = desk.chat(), newcomer()
    said = desk.post("/chat/messages", **{"as": "mona", "conversation": "group"}, text=f"Please: Jane Doe <{upn}>")
    opened = extension(desk, "open", "group", message=said["id"])
    assert opened["title"] == "Provision from this message"
    [send] = [one for one in _actions(opened["card"]) if one["title"] == "Provision"]
    filled = {"address0": upn, "name0": "Jane Doe", **FORM}
    done = extension(desk, "submit", "group", message=said["id"], data=send["data"], inputs=filled)
    assert "1 order placed" in str(done["card"])
    mine.see(upn, "Jane Doe — preparing the mailbox")
    again = extension(desk, "submit", "group", message=said["id"], data=send["data"], inputs=filled)
    assert "1 order placed" in str(again["card"])  # Teams repeats what is not answered in time
    assert desk.effects(upn)["created"] == 1
    other = extension(desk, "submit", "group", "mona", message=said["id"], data=send["data"], inputs=filled)
    assert "stammt nicht von Mailroom" in other["text"]  # it was Helga's dialog, and Mona reads German


def test_quiet_hours_hold_the_news_while_the_card_goes_on(desk: Site) -> None:
    chat, upn = desk.chat("adam"), newcomer()
    chat.say("quiet 00:00-23:59")
    chat.see("Quiet from 00:00 to 23:59 (Europe/London)")
    chat.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    card = chat.see(upn, "preparing the mailbox")
    desk.mailbox_answers(upn)
    chat.wait(lambda: "Jane Doe — mailbox ready" in text_of(chat.again(card)), "the card goes on")
    assert chat.heard("Jane Doe — mailbox ready", "Sign-in name") == []
    chat.say("quiet off")
    assert chat.see("Jane Doe — mailbox ready", "Sign-in name")


def _actions(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [one for item in value for one in _actions(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if str(value.get("type", "")).startswith("Action.") else []
    return own + [one for item in value.values() for one in _actions(item)]
