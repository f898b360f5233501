"""Repairs and explanations: real DBOS, real SQLite and PostgreSQL, a directory in memory."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from support.fake_directory import E3, FakeDirectory, unavailable
from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from jobs import plans
from provisioning import fixes
from provisioning.acting import Acting
from provisioning.case import Case, CaseState, Conversation, StageState
from provisioning.directory import Account, AssignedLicense, Snapshot
from provisioning.errors import GraphDenied, GraphRejected, GraphTrace
from provisioning.fixes import steps as writes
from provisioning.repair import Repair, RepairState, RepairStep

LEE = "lee@contoso.com"


def add_lee(directory: FakeDirectory, **changes: object) -> Account:
    """Lee exists and has no license."""
    someone = next(iter(directory.accounts.values()))
    blank = replace(someone, licenses=(), plans=(), license_states=(), mail="", proxy_addresses=())
    lee = replace(blank, id="lee-1", upn=LEE, display_name="Lee", usage_location="US", **changes)  # type: ignore[arg-type]
    directory.accounts[lee.id] = lee
    return lee


async def order_repair(office: Office, fix_id: str, cause: str, **choice: str) -> Repair:
    snapshot: Snapshot = await office.directory.take_snapshot(LEE)
    plan = fixes.plan(fix_id, snapshot, choice)
    told = tuple(RepairStep(step.says) for step in plan.steps)
    repair = Repair("r1", LEE, fix_id, "A fix", cause, HELGA, office.clock.now(), told)
    return await office.jobs.start_repair(repair, plan.steps, CHAT)


async def ended(office: Office, repair_id: str = "r1") -> Repair:
    async def look() -> Repair | None:
        repair = await office.jobs.get_repair(repair_id)
        return repair if repair and not repair.is_open else None

    return await eventually(look)


async def posts(office: Office) -> int:
    """How often the card was posted, once it is there."""

    async def count() -> int:
        return office.messenger.kinds().count("repair posted")

    return await eventually(count)


async def test_a_fix_that_helps_says_gone_by_a_new_snapshot(office: Office) -> None:
    lee = add_lee(office.directory)
    await order_repair(office, "assign-license", "C05", license=E3.id)
    repair = await ended(office)
    assert repair.state is RepairState.CURED
    assert repair.outcome.startswith("The cause is gone.")
    assert [step.state for step in repair.steps] == [StageState.DONE]
    assert office.directory.accounts[lee.id].licenses == (AssignedLicense(E3.id),)
    assert await posts(office) == 1


async def test_a_fix_of_something_else_never_says_gone(office: Office) -> None:
    add_lee(office.directory)
    await order_repair(office, "retry-provisioning", "C05")
    repair = await ended(office)
    assert repair.state is RepairState.NOT_CURED
    assert "still shows the cause" in repair.outcome


async def test_a_refused_write_stops_the_repair_with_graphs_words(office: Office) -> None:
    add_lee(office.directory)
    office.directory.fail("change_licenses", GraphRejected("No seats are free.", GraphTrace(400, "x", "y", "req-9")))
    await order_repair(office, "assign-license", "C05", license=E3.id)
    repair = await ended(office)
    assert repair.state is RepairState.FAILED
    assert repair.problem is not None
    assert (repair.problem.sentence, repair.problem.trace.request_id) == ("No seats are free.", "req-9")
    assert repair.steps[0].state is StageState.FAILED


async def test_a_protected_account_stops_the_repair_with_the_reason(office: Office) -> None:
    lee = add_lee(office.directory)
    office.directory.protected.add(lee.id)
    await order_repair(office, "assign-license", "C05", license=E3.id)
    repair = await ended(office)
    assert repair.problem is not None
    assert repair.problem.sentence.startswith("Lee is protected by Mailroom's settings")
    assert office.directory.accounts[lee.id].licenses == ()


async def test_what_a_repair_writes_is_written_for_whoever_asked(office: Office) -> None:
    add_lee(office.directory)
    await order_repair(office, "assign-license", "C05", license=E3.id)
    await ended(office)
    [written] = [call for call in office.directory.calls if call.method == "change_licenses"]
    assert written.behalf == Acting(HELGA, LEE, "r1")


async def test_a_graph_that_is_down_is_waited_out(office: Office) -> None:
    add_lee(office.directory)
    office.directory.fail("change_licenses", unavailable(), unavailable())
    await order_repair(office, "assign-license", "C05", license=E3.id)
    assert (await ended(office)).state is RepairState.CURED


async def test_reassigning_goes_off_waits_and_on_again(office: Office) -> None:
    lee = add_lee(office.directory)
    await office.directory.change_licenses(lee.id, [AssignedLicense(E3.id)])
    await order_repair(office, "reassign-license", "C04")
    repair = await ended(office)
    assert [step.state for step in repair.steps] == [StageState.DONE] * 3
    assert office.directory.accounts[lee.id].licenses == (AssignedLicense(E3.id),)


async def test_the_same_repair_asked_for_twice_runs_once(office: Office) -> None:
    add_lee(office.directory)
    first = await order_repair(office, "assign-license", "C05", license=E3.id)
    second = await order_repair(office, "assign-license", "C05", license=E3.id)
    await ended(office)
    assert first.id == second.id
    assert office.directory.count("change_licenses") == 1
    assert [repair.id for repair in await office.jobs.repairs_of(LEE.upper())] == ["r1"]


async def test_a_repair_goes_on_after_a_restart(office: Office) -> None:
    add_lee(office.directory)
    office.directory.fail("change_licenses", *[unavailable()] * 2)
    await order_repair(office, "assign-license", "C05", license=E3.id)
    await office.jobs.close()
    await office.open()
    assert (await ended(office)).state is RepairState.CURED
    assert await posts(office) == 1


async def test_a_late_case_explains_itself(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, GROUP)
    waiting = await office.until_state(case, CaseState.WAITING)
    office.directory.accounts[waiting.account_id] = replace(
        office.directory.accounts[waiting.account_id], licenses=(), plans=(), license_states=()
    )
    office.clock.shift = timedelta(minutes=31)
    explained = await office.until(case, lambda current: current.explanation is not None)
    assert explained.explanation is not None
    assert (explained.explanation.cause, explained.explanation.is_likely) == ("C05", False)
    assert explained.is_open


async def test_a_failed_case_explains_itself(office: Office) -> None:
    add_lee(office.directory)
    office.directory.fail("assign_license", GraphRejected("No.", GraphTrace(400)))
    case = await office.jobs.start(replace(JANE, upn=LEE), HELGA, CHAT)
    failed = await office.until(case, lambda current: current.explanation is not None)
    assert failed.state is CaseState.FAILED


async def test_a_case_that_lacks_a_permission_explains_nothing_else(office: Office) -> None:
    add_lee(office.directory)
    office.directory.fail("assign_license", GraphDenied("A permission is missing.", GraphTrace(403)))
    case = await office.jobs.start(replace(JANE, upn=LEE), HELGA, CHAT)
    failed = await office.until_state(case, CaseState.FAILED)
    assert failed.explanation is None
    assert office.directory.count("take_snapshot") == 0


async def test_a_card_asked_for_while_its_first_post_is_on_the_way_moves_down(office: Office) -> None:
    sending, go_on, sent = asyncio.Event(), asyncio.Event(), []
    show = office.messenger.show_case

    async def slow(case: Case, conversation: Conversation, activity_id: str = "") -> str:
        sent.append(activity_id)
        sending.set()
        await go_on.wait()
        return await show(case, conversation, activity_id)

    office.messenger.show_case = slow  # type: ignore[method-assign]
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await sending.wait()
    await office.jobs.show(case.id, CHAT)
    await office.jobs._courier._round()
    assert sent == [""]  # nobody else sends it meanwhile
    go_on.set()

    async def moved() -> bool:
        return office.messenger.kinds()[:3] == ["posted", "moved", "posted"]

    await eventually(moved)


@pytest.mark.parametrize("kind", ["RestoreDeleted", "PurgeDeleted"])
def test_writes_with_the_same_fields_stay_what_they_are(kind: str) -> None:
    step = getattr(writes, kind)("d1", "Do it.")
    assert plans.load(plans.dump([step])) == (step,)
