"""status, cancel, check-now and diagnose, by command and by button."""

from dataclasses import replace

import pytest
from support.desk import GROUP, HELGA, JANE, MONA, ORDER, Desk, buttons, words
from support.fake_jobs import NOW

from provisioning.case import AccountOrigin, Case, CaseState, Problem, Stage, enter, fail, finish
from provisioning.errors import GraphUnavailable


async def test_status_lists_the_open_cases():
    desk = Desk()
    assert "Nobody is waiting for a mailbox. Type provision" in words(await desk.say("status"))
    desk.open_case()
    assert "Jane Doe" in words(await desk.say("Status?"))
    assert desk.changes() == []


async def test_status_lists_twenty_of_many_and_says_how_many_more():
    desk = Desk()
    for number in range(1_234):
        desk.jobs.put(Case(f"c{number}", replace(ORDER, upn=f"new{number}@contoso.com"), HELGA, NOW))
    reply = await desk.say("status")
    assert "1,234 people are waiting" in words(reply)
    assert "And 1,214 ordered earlier" in words(reply)
    assert "new1233@contoso.com" in words(reply)
    assert "new1213@contoso.com" not in words(reply)


async def test_status_of_one_puts_the_live_card_here():
    desk = Desk()
    desk.ready_case()
    assert await desk.say("status JANE@contoso.com", MONA, GROUP) is None
    assert [(call.method, call.conversation_id) for call in desk.jobs.calls] == [("show", GROUP.id)]
    reply = await desk.click("run", text="status jane@contoso.com")
    assert "The card of jane@contoso.com is in this chat" in words(reply)


@pytest.mark.parametrize("text", ["status jane@contoso.com", "cancel jane@contoso.com"])
async def test_nobody_of_that_name(text):
    desk = Desk()
    reply = await desk.say(text)
    assert "Nobody has ordered a mailbox for jane@contoso.com" in words(reply)
    assert "provision jane@contoso.com" in words(reply)
    assert desk.changes() == []


@pytest.mark.parametrize(
    "text", ["status jane", "cancel", "cancel jane@contoso", "diagnose", "status jane@contoso.com x=1"]
)
async def test_bad_input(text):
    desk = Desk()
    desk.open_case()
    assert words(await desk.say(text))
    assert desk.changes() == []


@pytest.mark.parametrize("verb", ["status", "refresh"])
async def test_showing_again_is_only_a_view(verb):
    desk = Desk()
    desk.open_case()
    reply = await desk.click(verb, case="case-1")
    assert "Jane Doe" in words(reply)
    assert not reply.replace
    assert desk.changes() == []


async def test_cancel_says_what_stays():
    desk = Desk()
    case = desk.open_case(account_origin=AccountOrigin.CREATED)
    for stage in (Stage.ACCOUNT, Stage.LICENSE):
        case = desk.jobs.put(finish(case, stage, "done", NOW))
    reply = await desk.say("cancel jane@contoso.com")
    assert "Stopped working on jane@contoso.com" in words(reply)
    assert "the account that Mailroom created and its license Microsoft 365 E3" in words(reply)
    assert desk.jobs.cases["case-1"].state is CaseState.CANCELLED


async def test_cancel_before_anything_was_done():
    desk = Desk()
    desk.open_case(account_id="")
    assert "No account was created and no license assigned" in words(await desk.say("cancel jane@contoso.com"))


async def test_cancel_while_the_license_is_being_assigned():
    desk = Desk()
    case = desk.open_case(account_origin=AccountOrigin.ADOPTED)
    desk.jobs.put(enter(case, Stage.LICENSE, "assigning", NOW))
    reply = await desk.say("cancel jane@contoso.com")
    assert "the account and perhaps a license, which was just being assigned" in words(reply)


async def test_cancel_that_comes_too_late():
    desk = Desk()
    case = desk.open_case()

    async def ended(case_id, by):
        return replace(case, state=CaseState.READY)

    desk.jobs.cancel = ended
    assert "Too late" in words(await desk.say("cancel jane@contoso.com"))


@pytest.mark.parametrize("state", [s for s in CaseState if s not in (CaseState.RUNNING, CaseState.WAITING)])
async def test_nothing_to_cancel(state):
    desk = Desk()
    desk.jobs.put(replace(desk.open_case(), state=state))
    assert "There is nothing to stop for jane@contoso.com" in words(await desk.say("cancel jane@contoso.com"))
    for verb in ("cancel", "cancel-confirmed", "check-now"):  # stale cards
        reply = await desk.click(verb, case="case-1")
        assert "Jane Doe" in words(reply)
    assert desk.changes() == []


async def test_the_button_asks_first():
    desk = Desk()
    desk.open_case()
    reply = await desk.click("cancel", MONA, GROUP, case="case-1")
    assert not reply.replace
    assert desk.changes() == []
    back = next(data for data in buttons(reply).values() if data["verb"] == "status")
    assert "Jane Doe" in words(await desk.click(**back))
    stop = next(data for data in buttons(reply).values() if data["verb"] == "cancel-confirmed")
    await desk.click(**stop)
    assert desk.jobs.cases["case-1"].state is CaseState.CANCELLED
    await desk.click(**stop)
    assert desk.jobs.methods() == ["cancel"]


async def test_check_now():
    desk = Desk()
    desk.open_case()
    reply = await desk.click("check-now", case="case-1")
    assert "Jane Doe" in words(reply)
    assert desk.jobs.cases["case-1"].checks == 1


async def test_diagnose_by_command_and_by_button():
    desk = Desk()
    desk.open_case(account_id=MONA.id, order=replace(ORDER, upn="mona@contoso.com"))
    by_command = await desk.say("diagnose MONA@contoso.com")
    assert "mona@contoso.com" in words(by_command)
    assert words(await desk.click("diagnose", case="case-1"))
    assert words(await desk.click("diagnose", upn="mona@contoso.com")) == words(by_command)
    subjects = [call.subject for call in desk.asked()]
    assert subjects == ["mona@contoso.com", MONA.id, "mona@contoso.com"]
    assert desk.changes() == []


async def test_diagnose_of_nobody():
    assert "jane@contoso.com" in words(await Desk().say("diagnose jane@contoso.com"))


@pytest.mark.parametrize("upn", [5, ["a"], "not an address", "x" * 301])
async def test_diagnose_with_hostile_data(upn):
    desk = Desk()
    assert words(await desk.click("diagnose", upn=upn))
    assert desk.asked() == []


async def test_graph_down_while_diagnosing():
    desk = Desk()
    desk.directory.fail("take_snapshot", GraphUnavailable("Microsoft Graph did not answer."))
    reply = await desk.say("diagnose mona@contoso.com")
    assert buttons(reply)["Try again"]["text"] == "diagnose mona@contoso.com"


async def test_a_failed_case_is_shown_with_its_problem():
    desk = Desk()
    desk.jobs.put(fail(desk.open_case(), Problem("The license ran out."), NOW))
    reply = await desk.click("status", HELGA, case="case-1")
    assert "The license ran out." in words(reply)


async def test_names_cannot_make_markup():
    desk = Desk()
    name = "<at>Everyone</at> **bold** [x](http://evil)"
    desk.open_case(requester=replace(MONA, name=name))
    reply = await desk.say(f"provision {JANE}")
    assert name not in words(reply)
    assert "](http" not in words(reply)
