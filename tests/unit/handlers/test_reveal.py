"""The first sign-in details: one person, one chat, once, and nowhere else."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from support.desk import GROUP, HELGA, MONA, PERSONAL, Desk, buttons, words
from support.fake_jobs import NOW
from support.office import eventually

from handlers.registry import dispatch
from handlers.requests import Request
from provisioning.accounts import strong_password
from provisioning.audit import Kind
from provisioning.case import CREDENTIAL_LAPSES, AccountOrigin, CaseState, Conversation
from provisioning.errors import GraphDenied, GraphRejected, GraphTrace, GraphUnavailable

SECRET = "tap-mona-1"
REFUSED = GraphRejected("The policy forbids passes.", GraphTrace(status=400, code="policyDisabled"))
DENIED = GraphDenied("A permission is missing.", GraphTrace(status=403, code="Authorization_RequestDenied"))


async def test_the_requester_sees_it_once_in_the_personal_chat():
    desk = Desk()
    desk.ready_case()
    reply = await desk.click("reveal", case="case-1")
    assert SECRET in words(reply)
    assert not reply.replace
    again = await desk.click("reveal", case="case-1")
    assert "already shown at 09:00 UTC on 23 November 2026" in words(again)
    assert SECRET not in words(again)
    assert desk.directory.count("create_access_pass") == 1
    assert SECRET not in repr(desk.jobs)


async def test_two_clicks_at_once_show_one():
    desk = Desk()
    desk.ready_case()
    replies = await asyncio.gather(*(desk.click("reveal", case="case-1") for _ in range(5)))
    assert sum(SECRET in words(reply) for reply in replies) == 1
    assert desk.directory.count("create_access_pass") == 1


async def test_a_claim_lost_to_another_process():
    desk = Desk()
    desk.ready_case()
    desk.jobs.claimed.add("case-1")
    assert "already shown." in words(await desk.click("reveal", case="case-1"))
    assert desk.asked() == []


async def test_in_a_group_it_goes_to_the_personal_chat():
    desk = Desk()
    desk.ready_case()
    reply = await desk.click("reveal", HELGA, GROUP, case="case-1")
    assert "in our 1:1 chat only" in reply.text
    assert reply.card is None
    assert [(call.method, call.conversation_id) for call in desk.jobs.calls] == [("announce", f"a:{HELGA.id}")]
    assert desk.asked() == []


@pytest.mark.parametrize("conversation", [GROUP, replace(GROUP, kind="channel"), replace(GROUP, kind="")])
async def test_never_outside_a_personal_chat(conversation):
    desk = Desk()
    desk.ready_case()
    assert SECRET not in words(await desk.click("reveal", HELGA, conversation, case="case-1"))
    assert desk.asked() == []


async def test_nobody_else_sees_it():
    desk = Desk(settings={"admins": (MONA.id,)})
    desk.ready_case()
    reply = await desk.click("reveal", MONA, case="case-1")
    assert "only to Helga Desk" in words(reply)
    assert desk.changes() == []


@pytest.mark.parametrize("origin", [o for o in AccountOrigin if o is not AccountOrigin.CREATED])
async def test_only_for_an_account_that_mailroom_created(origin):
    desk = Desk()
    desk.ready_case(account_origin=origin)
    assert "existed before" in words(await desk.click("reveal", case="case-1"))
    assert desk.changes() == []


@pytest.mark.parametrize("state", [s for s in CaseState if s is not CaseState.READY])
async def test_only_when_the_mailbox_is_ready(state):
    desk = Desk()
    desk.ready_case(state=state)
    assert "when the mailbox of jane@contoso.com is ready" in words(await desk.click("reveal", case="case-1"))
    assert desk.changes() == []


@pytest.mark.parametrize("error", [REFUSED, DENIED])
async def test_a_password_where_passes_are_not_allowed(error, caplog):
    desk = Desk()
    desk.ready_case()
    desk.directory.fail("create_access_pass", error)
    passwords = []
    set_password = desk.directory.set_password

    async def remember(account_id, password):
        passwords.append(password)
        await set_password(account_id, password)

    desk.directory.set_password = remember
    with caplog.at_level(logging.DEBUG):
        reply = await desk.click("reveal", case="case-1")
    assert passwords[0] in words(reply)
    assert "must be changed at the first sign-in" in words(reply)
    assert passwords[0] not in caplog.text
    assert passwords[0] not in repr(desk)


@pytest.mark.parametrize(
    "failures",
    [
        {"create_access_pass": GraphUnavailable("Microsoft Graph did not answer.")},
        {"create_access_pass": REFUSED, "set_password": DENIED},
        {"create_access_pass": RuntimeError("surprise")},
    ],
)
async def test_after_a_failure_it_can_be_tried_again(failures):
    desk = Desk()
    desk.ready_case()
    for method, error in failures.items():
        desk.directory.fail(method, error)
    reply = await desk.click("reveal", case="case-1")
    assert "Sign-in details for" not in words(reply)
    assert desk.jobs.methods() == ["claim_credential", "release_credential"]
    assert "tap-mona" in words(await desk.click("reveal", case="case-1"))


async def test_a_client_without_execute_is_shown_nothing_and_spends_nothing():
    desk = Desk()
    desk.ready_case()
    data = {"verb": "reveal", "case": "case-1"}
    reply = await dispatch(Request(HELGA, PERSONAL, verb="reveal", data=data, message_id="m1"), desk.services)
    assert "current Teams client" in words(reply)
    assert desk.changes() == []


async def test_a_click_that_is_cut_off_takes_back_what_nobody_saw():
    """Graph goes on meanwhile: the pass that it makes is revoked, and the next click may ask again."""
    desk = Desk()
    desk.ready_case()
    begun, go_on = asyncio.Event(), asyncio.Event()
    create = desk.directory.create_access_pass

    async def slowly(account_id, minutes):
        begun.set()
        await go_on.wait()
        return await create(account_id, minutes)

    desk.directory.create_access_pass = slowly
    click = asyncio.create_task(desk.click("reveal", case="case-1"))
    await begun.wait()
    click.cancel()
    with pytest.raises(asyncio.CancelledError):
        await click
    go_on.set()

    async def is_released() -> bool:
        return desk.jobs.methods()[-1] == "release_credential"

    await eventually(is_released)
    assert desk.directory.count("revoke_access_pass") == 1
    assert desk.jobs.cases["case-1"].credential_shown_at is None


@pytest.mark.parametrize("changes", [{"enabled": False}, {"user_type": "Guest"}])
async def test_nothing_is_handed_over_to_a_manager_who_could_never_see_it(changes):
    desk = Desk()
    with_manager(desk)
    desk.directory.accounts[MONA.id] = replace(desk.directory.accounts[MONA.id], **changes)
    assert "could never see them" in words(await desk.click("hand-over", case="case-1"))
    assert desk.jobs.cases["case-1"].credential_for is None


async def test_a_case_that_was_shown_stays_shown():
    desk = Desk()
    desk.ready_case(credential_shown_at=NOW)
    assert "already shown" in words(await desk.click("reveal", HELGA, GROUP, case="case-1"))
    assert desk.changes() == []


def test_passwords_are_strong_and_readable():
    passwords = {strong_password() for _ in range(200)}
    assert len(passwords) == 200
    for password in passwords:
        assert len(password) >= 16
        assert not set(password) & set("0O1lIo")
        assert any(map(str.islower, password))
        assert any(map(str.isupper, password))
        assert any(map(str.isdigit, password))


# A manager to whom they are handed over


def with_manager(desk, **changes):
    manager = {"manager_id": MONA.id, "manager_name": "Mona Manager", "manager_upn": "mona@contoso.com"}
    order = replace(desk.open_case().order, **manager)
    return desk.ready_case(order=order, **changes)


async def test_handed_over_they_are_the_managers_alone():
    desk = Desk(settings={"operators": (HELGA.id,)})  # Mona has no role
    with_manager(desk)
    reply = await desk.click("hand-over", case="case-1")
    assert "to Mona Manager" in words(reply)
    assert [(call.method, call.conversation_id) for call in desk.jobs.calls[-1:]] == [("announce", f"a:{MONA.id}")]
    assert "only to Mona Manager" in words(await desk.click("reveal", case="case-1"))
    shown = await desk.click("reveal", MONA, Conversation(f"a:{MONA.id}", "personal", ""), case="case-1")
    assert SECRET in words(shown)
    assert "already shown" in words(await desk.click("reveal", MONA, case="case-1"))
    deeds = [(entry.actor_name, entry.sentence) for entry in desk.audit.entries if entry.kind == Kind.CREDENTIAL]
    assert deeds == [
        ("Helga Desk", "Helga Desk handed the sign-in details of jane@contoso.com over to Mona Manager."),
        ("Mona Manager", "Mona Manager was shown a Temporary Access Pass of jane@contoso.com."),
    ]
    assert SECRET not in repr(desk.audit)


async def test_only_whoever_ordered_hands_over_and_only_once():
    desk = Desk()
    with_manager(desk)
    assert "only to Helga Desk" in words(await desk.click("hand-over", MONA, case="case-1"))
    await desk.click("hand-over", case="case-1")
    assert "only to Mona Manager" in words(await desk.click("hand-over", case="case-1"))
    assert desk.jobs.methods() == ["hand_over", "announce"]


async def test_a_manager_whom_teams_cannot_reach_gets_nothing():
    desk = Desk()
    with_manager(desk)
    desk.messenger.strangers.add(MONA.id)
    assert "must be installed" in words(await desk.click("hand-over", case="case-1"))
    assert desk.jobs.cases["case-1"].credential_for is None
    assert SECRET not in words(await desk.click("reveal", MONA, case="case-1"))


async def test_without_a_manager_or_after_they_were_shown_there_is_nothing_to_hand_over():
    desk = Desk()
    desk.ready_case()
    assert "no manager" in words(await desk.click("hand-over", case="case-1"))
    with_manager(desk, credential_shown_at=NOW)
    assert "already shown" in words(await desk.click("hand-over", case="case-1"))
    assert desk.jobs.calls == []


async def test_the_right_to_see_them_lapses():
    desk = Desk()
    desk.ready_case(ended_at=NOW)
    desk.clock.moment = NOW + CREDENTIAL_LAPSES + timedelta(seconds=1)
    assert "have lapsed" in words(await desk.click("reveal", case="case-1"))
    assert desk.changes() == []


async def test_a_requester_who_lost_the_role_sees_nothing():
    desk = Desk(settings={"operators": (MONA.id,)})
    desk.ready_case()
    assert "You need to be an operator" in words(await desk.click("reveal", case="case-1"))
    assert desk.changes() == []


async def test_what_cannot_be_written_down_is_not_shown_and_taken_back():
    desk = Desk()
    desk.ready_case()
    desk.audit.failure = RuntimeError("disk full")
    reply = await desk.click("reveal", case="case-1")
    assert SECRET not in words(reply)
    assert desk.directory.count("revoke_access_pass") == 1
    assert desk.jobs.cases["case-1"].credential_shown_at is None


async def test_the_ready_card_has_buttons_for_their_holder_alone():
    desk = Desk()
    with_manager(desk)
    mine = await desk.click("ready-refresh", case="case-1")
    assert set(buttons(mine)) == {"Show sign-in details", "Let Mona Manager see them"}
    assert buttons(await desk.click("ready-refresh", MONA, case="case-1")) == {}
