"""Whatever is wrong with an order or with Graph: one clear sentence on a card, and nothing is half done unseen."""

from typing import Any

import pytest
from support.site import Chat, Site, buttons_of, cards_of, newcomer, text_of

REST = "license=E3 location=US"
LONG = "x" * 300


def sentence_of(message: dict[str, Any]) -> str:
    """The one paragraph that is read without opening anything."""
    assert len(cards_of(message)) == 1, text_of(message)
    assert not message["text"]
    shown = _shown(cards_of(message)[0]["body"])
    assert len(shown) == 1, shown
    assert len(shown[0]) < 320
    return shown[0]


def _shown(element: Any) -> list[str]:
    """Paragraphs, without icons, buttons and what is behind a toggle."""
    if isinstance(element, list):
        return [words for member in element for words in _shown(member)]
    if not isinstance(element, dict) or element.get("isVisible") is False or "selectAction" in element:
        return []
    own = [element["text"]] if element.get("type") == "TextBlock" else []
    nested = [words for key in ("items", "columns") for words in _shown(element.get(key))]
    return own + nested


def only_answer(chat: Chat, text: str) -> dict[str, Any]:
    """The one message that the bot answers with, once it says what it has to say."""
    before = len(chat.heard())
    chat.say(text)
    chat.wait(lambda: any(cards_of(message) for message in chat.heard()[before:]), f"an answer to {text!r}")
    answers = chat.heard()[before:]
    assert len(answers) == 1, [text_of(answer)[:200] for answer in answers]
    return answers[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("provision jane", "“jane” is not an address. Write it in full, such as jane@contoso.com."),
        ("provision jane@", "is not an address"),
        ("provision", "such as"),
        (f"provision jane@nowhere.example name=Jane {REST}", "nowhere.example is not a verified domain"),
        (f"provision jane@contoso.com name={LONG} {REST}", "The display name has 300 characters"),
        (f"provision {LONG}@contoso.com name=Jane {REST}", "characters"),
        (f"provision jane@contoso.com name=Jane department={LONG} {REST}", "The department has 300 characters"),
        ("provision jane@contoso.com name=Jane license=E99 location=US", "There is no license “E99” in this tenant."),
        ('provision jane@contoso.com name=J location=US license="Exchange Online"', "No seats are free: Exchange"),
        ("provision jane@contoso.com name=Jane license=E3 location=Atlantis", "is no country code"),
        (f"provision jane@contoso.com name=Jane {REST} manager=nobody@contoso.com", "nobody@contoso.com was not"),
        (f"provision jane@contoso.com name=Jane {REST} phone=1", "phone"),
        ("status jane@contoso.com joe@contoso.com", "one person at a time"),
        ("status nobody@contoso.com", "Nobody has ordered a mailbox for nobody@contoso.com"),
        ("cancel nobody@contoso.com", "Nobody has ordered a mailbox for nobody@contoso.com"),
    ],
)  # fmt: skip
def test_one_sentence_and_nothing_changes(desk: Site, text: str, sentence: str) -> None:
    answer = only_answer(desk.chat(), text)
    assert sentence in sentence_of(answer)
    assert buttons_of(answer) == []
    assert set(desk.effects().values()) == {0}


def test_a_message_of_many_pages(desk: Site) -> None:
    assert "characters" in sentence_of(only_answer(desk.chat(), "provision " + "jane@contoso.com " * 400))
    assert set(desk.effects().values()) == {0}


@pytest.mark.parametrize("name", ["guest@fabrikam.com", "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com"])
def test_a_guest(desk: Site, name: str) -> None:
    desk.scenario("guest")
    assert "is a guest" in sentence_of(only_answer(desk.chat(), f"provision {name} {REST}"))
    assert set(desk.effects().values()) == {0}


def test_a_diagnosis_of_nobody(desk: Site) -> None:
    assert "There is no account nobody@contoso.com" in text_of(only_answer(desk.chat(), "diagnose nobody@contoso.com"))
    assert set(desk.effects().values()) == {0}


def test_no_seats_anywhere(desk: Site) -> None:
    desk.scenario("no-seats")
    answer = only_answer(desk.chat(), f"provision {newcomer()} name=Jane location=US")
    assert "No seats are free in any license with a mailbox" in sentence_of(answer)
    assert set(desk.effects().values()) == {0}


def test_a_suspended_subscription(desk: Site) -> None:
    desk.scenario("subscription-suspended")
    answer = only_answer(desk.chat(), f"provision {newcomer()} name=Jane {REST}")
    assert "Office 365 E3 is suspended" in sentence_of(answer)
    assert set(desk.effects().values()) == {0}


@pytest.mark.parametrize("where", ["personal", "group", "channel"])
def test_a_person_of_another_tenant(desk: Site, where: str) -> None:
    chat = desk.chat("otto", where)
    chat.say(f"provision {newcomer()} name=Jane {REST}")
    chat.see("another organization")
    assert len(chat.heard()) == 1
    assert set(desk.effects().values()) == {0}


def test_an_address_that_a_group_has(desk: Site) -> None:
    """Found only when the account is to be created: the card of the case says so."""
    desk.scenario("conflict")
    chat = desk.chat()
    chat.say(f"provision jane@contoso.com name=Jane {REST}")
    card = chat.see("stopped, needs attention", buttons=("Try again", "Diagnose"))
    assert "already has this" in text_of(card)
    assert set(desk.effects().values()) == {0}


# Graph in trouble before the order

TROUBLE = {
    "graph-down": "Microsoft Graph has a problem of its own (it answered 503).",
    "graph-html": "Microsoft Graph answered 502 with something that is not its JSON",
    "throttled": "Microsoft Graph is busy with too many requests.",
    "forbidden": "Ask an administrator to grant the application permission",
}


@pytest.mark.parametrize(("scenario", "sentence"), TROUBLE.items(), ids=TROUBLE)
def test_graph_in_trouble_before_the_order(desk: Site, scenario: str, sentence: str) -> None:
    chat, upn = desk.chat(), newcomer()
    desk.scenario(scenario)
    answer = only_answer(chat, f'provision {upn} name="Jane Doe" {REST}')
    assert sentence in sentence_of(answer)
    assert buttons_of(answer) == ["Try again"]
    assert desk.user(upn) is None
    desk.heal()
    chat.click(answer, "Try again")
    chat.see(upn, "Jane Doe — preparing the mailbox")
    assert desk.effects(upn) == {"created": 1, "licenses_assigned": 1}


def test_a_slow_graph_is_told_at_once_and_the_answer_takes_its_place(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    desk.scenario("graph-slow")
    line = only_line_then_card(chat, f"provision {upn}")
    desk.heal()
    assert f"A few details for {upn}" in text_of(line)
    assert desk.user(upn) is None


def only_line_then_card(chat: Chat, text: str) -> dict[str, Any]:
    """The chat page gets the bot's answer to the POST only at the end, so the line is known by the edit."""
    answer = only_answer(chat, text)
    assert answer["version"] == 2
    return answer


# Graph in trouble in the middle of a case


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 503}, "Mailroom tries again by itself."),
        ({"status": 502, "html": True}, "Mailroom tries again by itself."),
        ({"status": 429, "retry_after": 1}, "Mailroom tries again by itself."),
        ({"reset": True}, "Mailroom tries again by itself."),
        ({"delay_seconds": 10.0}, "Assigning Office 365 E3."),
    ],
    ids=["down", "html", "throttled", "reset", "slow"],
)
def test_graph_in_trouble_while_the_license_is_assigned(desk: Site, fault: dict[str, Any], words: str) -> None:
    chat, upn = desk.chat(), newcomer()
    desk.fault(method="POST", path="assignLicense", **fault)
    chat.say(f'provision {upn} name="Jane Doe" {REST}')
    card = chat.see(upn, "Jane Doe — assigning the license", words)
    desk.heal()
    chat.wait(lambda: "preparing the mailbox" in text_of(chat.again(card)), "the case goes on by itself")
    assert "tries again" not in text_of(chat.again(card))
    assert desk.effects(upn) == {"created": 1, "licenses_assigned": 1}


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 502, "html": True}, {"status": 429, "retry_after": 1}, {"status": 403}]
)
def test_graph_in_trouble_while_the_mailbox_is_prepared(desk: Site, fault: dict[str, Any]) -> None:
    chat, upn = desk.chat(), newcomer()
    chat.say(f'provision {upn} name="Jane Doe" {REST}')
    card = chat.see(upn, "Jane Doe — preparing the mailbox", "Last look")
    desk.fault(**fault)
    chat.wait(lambda: "could not be made" in text_of(chat.again(card)), "the card says that nothing can be seen")
    assert "Jane Doe — preparing the mailbox" in text_of(chat.again(card))
    desk.heal()
    desk.mailbox_answers(upn)
    chat.see("Jane Doe — mailbox ready", upn, "Sign-in name")
    chat.wait(lambda: "could not be made" not in text_of(chat.again(card)), "the trouble is gone from the card")


def test_a_refusal_in_the_middle_ends_the_case_with_graph_s_words_and_can_be_tried_again(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    desk.fault(
        method="POST", path="assignLicense", status=403, code="Authorization_RequestDenied", message="No rights."
    )
    chat.say(f'provision {upn} name="Jane Doe" {REST}')
    card = chat.see(upn, "Jane Doe — stopped, needs attention", "Authorization_RequestDenied")
    assert "The account was created." in text_of(card)
    assert desk.effects(upn) == {"created": 1}
    desk.heal()
    chat.click(card, "Try again")
    chat.see(upn, "Jane Doe — preparing the mailbox")
    assert desk.effects(upn) == {"created": 1, "licenses_assigned": 1}
