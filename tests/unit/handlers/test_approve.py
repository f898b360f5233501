"""The second person from the chat: who is asked, who may decide, and where."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.contoso import E3
from support.desk import ADAM, GROUP, HELGA, MONA, OTTO, PERSONAL, Desk, buttons, inputs, words
from support.fake_answers import not_found

from provisioning.case import Conversation, Person
from provisioning.findings import Risk
from provisioning.repair import RepairState

TEAM = "11111111-0000-4000-8000-00000000000a"
NOWHERE = "11111111-0000-4000-8000-00000000000f"
FIX = {"user": "mona@contoso.com", "fix": "recreate-mailbox", "cause": "C04"}
CONFIRM = {"confirm": "mona@contoso.com"}


def desk_of(**settings: object) -> Desk:
    """Helga is an operator, Adam the admin; Mona's mailbox answers, so recreating it may lose data."""
    return Desk(settings={"operators": (HELGA.id, MONA.id), "admins": (ADAM.id,), **settings})


async def asked(desk: Desk, person: Person = HELGA) -> str:
    await desk.click("fix-confirmed", person, **FIX, **CONFIRM)
    [repair] = desk.jobs.repairs.values()
    assert repair.state is RepairState.AWAITING
    return repair.id


async def test_the_confirm_card_says_who_will_be_asked_and_changes_nothing():
    desk = desk_of()
    reply = await desk.click("fix", **FIX)
    assert "Mailroom asks Adam Admin, in a 1:1 chat" in words(reply)
    assert "Ask for approval" in buttons(reply)
    assert inputs(reply) == {"confirm"}
    assert [method for method in desk.changes() if method != "members_of"] == []


async def test_a_risky_fix_waits_for_an_approver_with_all_that_the_approver_must_know():
    desk = desk_of()
    reply = await desk.click("fix-confirmed", **FIX, **CONFIRM)
    assert "asked Adam Admin" in words(reply)
    [repair] = desk.jobs.repairs.values()
    assert repair.approval is not None
    assert repair.approval.risk is Risk.DATA_LOSS
    assert [person.id for person in repair.approval.asked] == [ADAM.id]
    assert "mailbox is disconnected" in repair.approval.changes
    assert repair.approval.why
    assert repair.approval.expires_at - repair.created_at == timedelta(hours=4)


async def test_the_approver_reads_the_sentence_of_the_finding():
    desk = desk_of(approval_risk=Risk.REVERSIBLE)
    mona = desk.directory.accounts[MONA.id]
    desk.directory.accounts[MONA.id] = replace(mona, licenses=(), plans=(), license_states=())
    del desk.directory.probes[MONA.id]
    await desk.click("fix-confirmed", user=mona.upn, fix="assign-license", cause="C05", license=E3.id)
    [repair] = desk.jobs.repairs.values()
    assert repair.approval is not None
    assert "has no license" in repair.approval.why


async def test_the_typed_name_is_wanted_before_anybody_is_asked():
    desk = desk_of()
    assert "to confirm" in words(await desk.click("fix-confirmed", **FIX))
    assert desk.jobs.repairs == {}


async def test_an_approver_approves():
    desk = desk_of()
    repair = await asked(desk)
    reply = await desk.click("approve", ADAM, repair=repair, reason="Go on.")
    assert "Approved" in words(reply)
    assert buttons(reply) == {}
    assert desk.jobs.repairs[repair].is_running


async def test_an_approver_declines_and_has_to_say_why():
    desk = desk_of()
    repair = await asked(desk)
    assert "why you decline" in words(await desk.click("decline", ADAM, repair=repair))
    assert desk.jobs.repairs[repair].state is RepairState.AWAITING
    assert "Not today." in words(await desk.click("decline", ADAM, repair=repair, reason="Not today."))
    assert "has declined" in words(await desk.click("approve", ADAM, repair=repair))


async def test_the_requester_cannot_decide_even_as_an_approver():
    desk = desk_of(admins=(ADAM.id, MONA.id))
    repair = await asked(desk, ADAM)
    for verb in ("approve", "decline"):
        assert "second person" in words(await desk.click(verb, ADAM, repair=repair, reason="Me."))
    assert desk.jobs.repairs[repair].state is RepairState.AWAITING


@pytest.mark.parametrize("person", [MONA, HELGA, OTTO])
async def test_nobody_else_decides(person: Person):
    desk = desk_of()
    repair = await asked(desk)
    assert words(await desk.click("approve", person, GROUP, repair=repair))
    assert desk.jobs.repairs[repair].state is RepairState.AWAITING


async def test_who_is_an_approver_is_asked_of_graph_each_time():
    desk = desk_of(approvers=(TEAM,))
    desk.directory.groups[TEAM] = {MONA.id}
    repair = await asked(desk)
    desk.directory.groups[TEAM] = {ADAM.id}
    assert "Only an approver" in words(await desk.click("approve", MONA, repair=repair))
    assert "Approved" in words(await desk.click("approve", ADAM, repair=repair))


async def test_groups_and_people_are_told_apart_once():
    desk = desk_of(approvers=(TEAM, ADAM.id.upper(), NOWHERE))
    desk.directory.groups[TEAM] = {MONA.id, HELGA.id}
    for _ in range(2):
        assert "Mona Manager or Adam Admin" in words(await desk.click("fix", **FIX))
    assert desk.directory.count("get_account") == 3
    assert desk.directory.count("members_of") == 4


async def test_where_only_the_requester_approves_the_fix_cannot_be_asked_for():
    desk = desk_of(approvers=(HELGA.id,))
    assert "nobody but you" in words(await desk.click("fix-confirmed", **FIX, **CONFIRM))
    assert desk.jobs.repairs == {}


async def test_a_graph_that_does_not_say_who_is_in_the_group_asks_nobody():
    desk = desk_of(approvers=(TEAM,))
    desk.directory.fail("members_of", not_found(TEAM))
    assert "approver" in words(await desk.click("fix-confirmed", **FIX, **CONFIRM))
    assert desk.jobs.repairs == {}


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({"approval_risk": Risk.DATA_LOSS}, RepairState.AWAITING),
        ({"admins": (), "approvers": ()}, RepairState.RUNNING),
        ({"admins": (), "approvers": (ADAM.id,)}, RepairState.AWAITING),
        ({"admins": (HELGA.id,), "approval_risk": None}, RepairState.RUNNING),
    ],
)
async def test_the_settings_say_what_needs_a_second_person(settings: dict[str, object], state: RepairState):
    desk = desk_of(**settings)
    await desk.click("fix-confirmed", **FIX, **CONFIRM)
    assert [repair.state for repair in desk.jobs.repairs.values()] == [state]


async def test_a_harmless_fix_needs_nobody():
    desk = desk_of()
    await desk.click("fix-confirmed", user="mona@contoso.com", fix="retry-provisioning", cause="C04")
    assert [repair.is_running for repair in desk.jobs.repairs.values()] == [True]


async def test_what_waits_is_shown_instead_of_a_second_request():
    desk = desk_of()
    await asked(desk)
    reply = await desk.click("fix-confirmed", MONA, user="mona@contoso.com", fix="retry-provisioning", cause="C04")
    assert "waiting for approval" in words(reply)
    assert len(desk.jobs.repairs) == 1


async def test_only_the_requester_withdraws():
    desk = desk_of()
    repair = await asked(desk)
    assert "Only Helga Desk" in words(await desk.click("withdraw", MONA, repair=repair))
    assert "Withdrawn" in words(await desk.click("withdraw", repair=repair))
    assert desk.jobs.repairs[repair].state is RepairState.WITHDRAWN


@pytest.mark.parametrize("verb", ["approve", "decline", "withdraw"])
async def test_a_button_without_its_request_changes_nothing(verb: str):
    desk = desk_of()
    assert "which request" in words(await desk.click(verb, ADAM))
    assert words(await desk.click(verb, ADAM, repair={"odd": 1}))
    assert "no longer know" in words(await desk.click(verb, ADAM, repair="unknown", reason="Because."))
    assert desk.changes() == []


async def test_a_reason_has_a_limit():
    desk = desk_of()
    repair = await asked(desk)
    assert "at most 300" in words(await desk.click("decline", ADAM, repair=repair, reason="x" * 301))
    assert desk.jobs.repairs[repair].state is RepairState.AWAITING


async def test_an_admin_names_the_conversation():
    desk = desk_of()
    thread = Conversation("19:joiners@thread.tacv2;messageid=17", "channel", PERSONAL.service_url)
    assert "asked for here" in words(await desk.say("approvals here", ADAM, thread))
    assert desk.jobs.place is not None
    assert desk.jobs.place.id == "19:joiners@thread.tacv2"
    assert "that an admin has named" in words(await desk.say("approvals", ADAM))
    assert "in the admins' conversation" in words(await desk.click("fix", **FIX))
    assert "1:1 chat" in words(await desk.say("approvals off", ADAM))
    assert desk.jobs.place is None


async def test_the_conversation_is_neither_a_1_to_1_chat_nor_an_operators_choice():
    desk = desk_of()
    assert "channel or group chat" in words(await desk.say("approvals here", ADAM, PERSONAL))
    assert "admin" in words(await desk.say("approvals here", HELGA, GROUP))
    assert "approvals off" in words(await desk.say("approvals there", ADAM, GROUP))
    assert desk.jobs.place is None
