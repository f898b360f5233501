"""A second person's decision, durably: real DBOS, real SQLite, a directory and a Teams in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from support.fake_directory import E3, FakeDirectory, unavailable
from support.office import CHAT, GROUP, HELGA, Office, eventually

from provisioning import fixes
from provisioning.approving import await_approval
from provisioning.audit import Kind
from provisioning.case import Conversation, Person
from provisioning.errors import BadOrder, ConversationGone, MessengerUnavailable, NotAllowed
from provisioning.findings import Risk
from provisioning.repair import Approval, Repair, RepairState, RepairStep

LEE = "lee@contoso.com"
MONA, ADAM = Person("mona", "Mona Manager"), Person("adam", "Adam Admin")
ADMINS = Conversation("19:admins", "groupChat", "http://127.0.0.1:1/")


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    office = Office(database_url)
    _add_lee(office.directory)
    await office.open()
    yield office
    with suppress(AttributeError):
        await office.jobs.close()


async def said(office: Office, kind: Kind) -> list[str]:
    """The sentences of this kind in the audit trail, oldest first."""
    return [entry.sentence for entry in reversed(await office.jobs.audit.history(LEE)) if entry.kind == kind]


def _add_lee(directory: FakeDirectory) -> None:
    """Lee exists and has no license."""
    someone = next(iter(directory.accounts.values()))
    blank = replace(someone, licenses=(), plans=(), license_states=(), mail="", proxy_addresses=())
    directory.accounts["lee-1"] = replace(blank, id="lee-1", upn=LEE, display_name="Lee", usage_location="US")


async def ask(office: Office, place: Conversation | None = None, hours: float = 4) -> Repair:
    snapshot = await office.directory.take_snapshot(LEE)
    plan = fixes.plan("assign-license", snapshot, {"license": E3.id})
    told, now = tuple(RepairStep(step.says) for step in plan.steps), office.clock.now()
    repair = Repair("r1", LEE, "assign-license", "Assign a license", "C05", HELGA, now, told)
    approval = Approval((MONA, ADAM), now + timedelta(hours=hours), Risk.MAIL_FLOW, "No license.", "One seat.", place)
    return await office.jobs.start_repair(await_approval(repair, approval), plan.steps, CHAT)


async def until_sent(office: Office, kind: str, count: int = 1) -> None:
    async def look() -> bool:
        return office.messenger.kinds().count(kind) >= count

    await eventually(look)


async def until(office: Office, *states: RepairState) -> Repair:
    async def look() -> Repair | None:
        repair = await office.jobs.get_repair("r1")
        return repair if repair and repair.state in states else None

    return await eventually(look)


def shown_in(office: Office, conversation_id: str) -> list[tuple[str, RepairState]]:
    sent = office.messenger.sent
    return [(one.kind, one.case.state) for one in sent if one.conversation_id == conversation_id]  # type: ignore[misc]


async def test_each_approver_is_asked_in_a_chat_and_nothing_is_written(office: Office) -> None:
    await ask(office)
    await until_sent(office, "approval posted", 2)
    await until_sent(office, "repair posted")
    assert shown_in(office, "a:mona") == shown_in(office, "a:adam") == [("approval posted", RepairState.AWAITING)]
    assert shown_in(office, CHAT.id) == [("repair posted", RepairState.AWAITING)]
    assert office.directory.count("change_licenses") == 0
    asked, ordered = await office.jobs.audit.history(LEE)
    assert (ordered.kind, ordered.actor_id, ordered.details["steps"]) == (
        Kind.REPAIR,
        "helga",
        ["Assign Microsoft 365 E3 to lee@contoso.com."],
    )
    assert (asked.kind, asked.actor_id, asked.case) == (Kind.APPROVAL, "helga", "r1")
    assert asked.details["asked"] == ["mona", "adam"]


async def test_an_approved_fix_runs_and_everybody_sees_it(office: Office) -> None:
    await ask(office)
    await until_sent(office, "approval posted", 2)
    approved = await office.jobs.decide_repair("r1", ADAM, is_approved=True, reason="Go on.")
    assert approved.is_running
    cured = await until(office, RepairState.CURED)
    assert cured.approval is not None
    assert (cured.approval.decided_by, cured.approval.reason) == (ADAM, "Go on.")
    assert office.directory.count("change_licenses") == 1
    await until_sent(office, "decision")

    async def all_know() -> bool:
        ends = [shown_in(office, one)[-1][1] for one in ("a:mona", "a:adam")]
        return ends == [RepairState.CURED] * 2

    await eventually(all_know)
    assert office.messenger.kinds().count("decision") == 1
    assert "decision" in [kind for kind, _ in shown_in(office, CHAT.id)]
    assert await said(office, Kind.DECISION) == [f"Adam Admin approved the fix “Assign a license” for {LEE}."]


async def test_a_declined_fix_never_runs(office: Office) -> None:
    await ask(office, ADMINS)
    await until_sent(office, "approval posted")
    await office.jobs.decide_repair("r1", MONA, is_approved=False, reason="Not today.")
    await until_sent(office, "decision")
    await until_sent(office, "approval updated")
    assert (await until(office, RepairState.DECLINED)).ended_at is not None
    assert [kind for kind, _ in shown_in(office, ADMINS.id)] == ["approval posted", "approval updated"]
    assert office.directory.count("change_licenses") == 0
    newest, *_ = await office.jobs.audit.history(LEE)
    assert (newest.details["decision"], newest.details["reason"]) == ("declined", "Not today.")


async def test_of_two_decisions_at_once_one_counts(office: Office) -> None:
    await ask(office)
    answers = [office.jobs.decide_repair("r1", by, is_approved=by is ADAM, reason="Because.") for by in (ADAM, MONA)]
    outcomes = await asyncio.gather(*answers, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BadOrder", "Repair"]


async def test_the_requester_may_withdraw_and_not_decide(office: Office) -> None:
    await ask(office)
    with pytest.raises(NotAllowed):
        await office.jobs.decide_repair("r1", HELGA, is_approved=True)
    with pytest.raises(NotAllowed):
        await office.jobs.withdraw_repair("r1", ADAM)
    assert (await office.jobs.withdraw_repair("r1", HELGA)).state is RepairState.WITHDRAWN
    with pytest.raises(BadOrder):
        await office.jobs.decide_repair("r1", ADAM, is_approved=True)
    expected = f"Helga Desk withdrew the request for the fix “Assign a license” for {LEE}."
    assert await said(office, Kind.DECISION) == [expected]
    with pytest.raises(BadOrder, match="no longer know"):
        await office.jobs.withdraw_repair("unknown", HELGA)


async def test_nobody_answers_in_time(office: Office) -> None:
    await ask(office, hours=0.2 / 3600)
    await until(office, RepairState.EXPIRED)
    await until_sent(office, "decision")
    assert (await office.jobs.audit.history(LEE))[0].actor_name == "Mailroom"
    assert office.directory.count("change_licenses") == 0


async def test_what_expired_while_the_bot_was_down_expires_at_the_start(office: Office) -> None:
    await ask(office)
    await office.jobs.close()
    office.clock.shift = timedelta(hours=5)
    await office.open()
    await until(office, RepairState.EXPIRED)
    await until_sent(office, "decision")


async def test_a_request_survives_a_restart_and_is_asked_once(office: Office) -> None:
    await ask(office)
    await until_sent(office, "approval posted", 2)
    await office.jobs.close()
    await office.open()
    await office.jobs.decide_repair("r1", ADAM, is_approved=True)
    await until(office, RepairState.CURED)
    assert office.messenger.kinds().count("approval posted") == 2


async def test_what_was_approved_and_not_begun_begins_at_the_next_start(office: Office) -> None:
    await ask(office)

    async def killed(repair_id: str) -> None:
        raise RuntimeError("killed here")

    office.jobs._approvals._begin = killed  # as if the process ended between the decision and its workflow
    with pytest.raises(RuntimeError, match="killed"):
        await office.jobs.decide_repair("r1", ADAM, is_approved=True)
    await office.jobs.close()
    await office.open()
    await until(office, RepairState.CURED)
    assert office.directory.count("change_licenses") == 1


async def test_a_second_click_asks_nobody_again(office: Office) -> None:
    await ask(office)
    await ask(office)
    await until_sent(office, "approval posted", 2)
    assert len(await said(office, Kind.APPROVAL)) == 1
    await office.jobs.withdraw_repair("r1", HELGA)
    await until_sent(office, "approval updated", 2)
    assert office.messenger.kinds().count("approval posted") == 2


async def test_where_nobody_can_be_reached_the_request_is_closed(office: Office) -> None:
    office.messenger.strangers = {"mona", "adam"}
    await ask(office)
    repair = await until(office, RepairState.UNREACHED)
    assert not repair.is_open
    await until_sent(office, "repair updated")
    assert "decision" not in office.messenger.kinds()
    expected = f"Mailroom closed the request, which reached nobody, for the fix “Assign a license” for {LEE}."
    assert await said(office, Kind.DECISION) == [expected]


async def test_one_who_is_reached_is_enough(office: Office) -> None:
    office.messenger.strangers = {"mona"}
    await ask(office)
    await until_sent(office, "approval posted")
    await office.jobs.decide_repair("r1", ADAM, is_approved=True)
    await until(office, RepairState.CURED)


async def test_a_teams_that_is_down_closes_nothing(office: Office) -> None:
    await ask(office, ADMINS)
    office.messenger.fail(*[MessengerUnavailable("down", 0.01)] * 5)
    await until_sent(office, "approval posted")
    await until(office, RepairState.AWAITING)


async def test_a_conversation_that_is_gone_closes_the_request(office: Office) -> None:
    async def gone(repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        raise ConversationGone("removed")

    office.messenger.show_approval = gone  # type: ignore[method-assign]
    await ask(office, ADMINS)
    await until(office, RepairState.UNREACHED)


async def test_the_place_of_approvals_is_remembered(office: Office) -> None:
    assert await office.jobs.approval_place() is None
    await office.jobs.set_approval_place(ADMINS)
    await office.jobs.set_approval_place(GROUP)
    await office.jobs.close()
    await office.open()
    assert await office.jobs.approval_place() == GROUP
    await office.jobs.set_approval_place(None)
    assert await office.jobs.approval_place() is None


async def test_an_approved_fix_waits_out_a_graph_that_is_down(office: Office) -> None:
    office.directory.fail("change_licenses", unavailable(), unavailable())
    await ask(office)
    await office.jobs.decide_repair("r1", ADAM, is_approved=True)
    await until(office, RepairState.CURED)
