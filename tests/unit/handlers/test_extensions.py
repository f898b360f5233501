"""The message extension: looking people up, and orders from a message."""

from typing import Any

import pytest
from support.desk import E3, GROUP, HELGA, JANE, OTTO, Desk, words

from handlers.extensions import Ask, ExtensionReply, extend
from handlers.requests import Reply, Request
from provisioning.case import Person

ADELE = "adele@contoso.com"


async def ask(desk: Desk, what: Ask, name: str = "", person: Person = HELGA, **parts: Any) -> ExtensionReply:
    return await extend(what, name, Request(person, GROUP, **parts), desk.services)


def shown(reply: ExtensionReply) -> str:
    return words(Reply(card=reply.dialog, text=reply.text))


async def opened(desk: Desk, message: str) -> ExtensionReply:
    return await ask(desk, Ask.OPEN, "provision", text=message)


async def submitted(desk: Desk, click_id: str = "c1", person: Person = HELGA, **data: Any) -> ExtensionReply:
    known = {"license": E3.id, "location": "US", **data}
    return await ask(desk, Ask.SUBMIT, "provision", person=person, data=known, click_id=click_id)


async def test_a_search_shows_people_with_their_state():
    desk = Desk()
    [one] = (await ask(desk, Ask.QUERY, "find", text="mona")).found
    assert (one.title, one.text) == ("Mona Manager", "mona@contoso.com · the mailbox works")
    assert [method for method in desk.changes() if method not in ("search", "find")] == []


async def test_before_anything_is_typed_those_who_wait_are_shown():
    desk = Desk()
    assert "Nobody is waiting" in (await ask(desk, Ask.QUERY, "find")).text
    desk.open_case()
    [one] = (await ask(desk, Ask.QUERY)).found
    assert (one.title, one.item) == ("Jane Doe", {"user": "account-1"})
    assert "preparing the mailbox" in one.text


async def test_nobody_found_is_said():
    assert "Nobody called" in (await ask(Desk(), Ask.QUERY, "find", text="zzzz")).text


async def test_a_chosen_person_becomes_a_diagnosis_whose_only_button_looks_again():
    desk = Desk()
    [one] = (await ask(desk, Ask.SELECT, data={"user": JANE})).found
    assert "Check again" in words(Reply(card=one.card))
    assert _verbs(one.card) == {"check-again"}
    again = await desk.click("check-again", user=JANE)
    assert again is not None
    assert _verbs(again.card) == {"check-again"}


async def test_a_result_without_a_person_is_told():
    assert "Search again" in (await ask(Desk(), Ask.SELECT, data={"user": ""})).text
    assert (await ask(Desk(), Ask.SELECT, data={"user": {"a": 1}})).text


@pytest.mark.parametrize("what", list(Ask))
async def test_strangers_get_a_sentence_and_nothing_is_read(what: Ask):
    desk = Desk()
    reply = await ask(desk, what, person=OTTO, text=JANE, data={"user": JANE})
    assert "organization" in reply.text
    assert desk.directory.calls == []


async def test_a_viewer_may_look_up_and_not_order():
    desk = Desk(settings={"viewers": (HELGA.id,)})
    assert (await ask(desk, Ask.SELECT, data={"user": JANE})).found
    assert "operator" in (await opened(desk, JANE)).text
    assert "operator" in (await submitted(desk, address0=JANE)).text
    assert desk.changes() == []


async def test_a_command_of_another_version_is_told():
    assert "I do not know this command" in (await ask(Desk(), Ask.QUERY, "other")).text


async def test_a_failure_of_ours_is_a_sentence_with_a_number():
    desk = Desk()
    desk.directory.fail("search", RuntimeError("boom"))
    reply = await ask(desk, Ask.QUERY, "find", text="jane")
    assert "Something went wrong in Mailroom (id " in reply.text
    assert "boom" not in reply.text


async def test_a_message_fills_the_form():
    html = "<div><p>Hi, new colleagues:</p><ul><li>Jane Doe &lt;jane@contoso.com&gt;</li><li>bob@contoso.com</li></ul>"
    reply = await opened(Desk(), html)
    values = {node["id"]: node.get("value") for node in _nodes(reply.dialog) if "id" in node}
    assert values["address0"] == JANE
    assert values["name0"] == "Jane Doe"
    assert values["address1"] == "bob@contoso.com"
    assert values["name1"] == ""
    assert "A new account." in shown(reply)


async def test_more_people_than_fit_are_counted():
    reply = await opened(Desk(), " ".join(f"u{one}@contoso.com" for one in range(7)))
    assert "2 more addresses" in shown(reply)


async def test_a_message_without_an_address_says_what_to_type():
    assert "No address is in this message" in (await opened(Desk(), "<p>Hello</p>")).text


async def test_the_filled_form_orders_into_ones_own_chat_and_only_once():
    desk = Desk()
    reply = await submitted(desk, address0=JANE, name0="Jane Doe", address1="bob@contoso.com", name1="Bob Ray")
    assert "2 orders placed" in shown(reply)
    assert [called.conversation_id for called in desk.jobs.calls] == [f"a:{HELGA.id}"] * 2
    assert "1 order placed" in shown(await submitted(desk, address0=JANE, name0="Jane Doe"))  # as Teams repeats it
    other = await submitted(desk, "c2", address0=JANE, name0="Jane Doe")
    assert "Already being provisioned, for you." in shown(other)
    assert [called.method for called in desk.jobs.calls] == ["start", "start", "show"]


async def test_one_wrong_line_keeps_the_form_open_and_orders_nothing():
    desk = Desk()
    reply = await submitted(desk, address0=JANE, name0="Jane Doe", address1="bob(at)contoso")
    assert "is not an address" in shown(reply)
    values = {node["id"]: node.get("value") for node in _nodes(reply.dialog) if "id" in node}
    assert (values["name0"], values["address1"], values["location"]) == ("Jane Doe", "bob(at)contoso", "US")
    assert desk.jobs.cases == {}


async def test_what_is_missing_is_named():
    desk = Desk()
    reply = await submitted(desk, address0=JANE, location="", license="keep")
    assert "Missing: a display name, the usage location, a license." in shown(reply)
    assert desk.jobs.cases == {}


async def test_an_empty_form_orders_nothing():
    assert "nothing was ordered" in (await submitted(Desk(), address0="")).text


async def test_without_a_chat_of_ones_own_nothing_is_ordered():
    desk = Desk()
    desk.messenger.strangers.add(HELGA.id)
    assert "nothing was ordered" in (await submitted(desk, address0=JANE, name0="Jane Doe")).text
    assert desk.jobs.cases == {}


def _nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [node for item in value for node in _nodes(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(node for item in value.values() for node in _nodes(item))]


def _verbs(card: Any) -> set[str]:
    return {node["verb"] for node in _nodes(card) if node.get("type") == "Action.Execute"}
