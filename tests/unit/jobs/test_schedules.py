"""Orders for later: real DBOS, real SQLite and PostgreSQL, a directory in memory."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from support.fake_directory import E3, unavailable
from support.office import CHAT, GROUP, HELGA, Office, eventually

from jobs import schedules
from provisioning.case import Case, CaseState, Person
from provisioning.orders import OrderRequest
from provisioning.profiles import Profile
from provisioning.scheduled import Scheduled
from provisioning.watching import watched

SALES = Profile("sales", license=E3.name, usage_location="US", department="Sales")
REQUEST = OrderRequest("jane@contoso.com", "Jane Doe", profile="sales", zone="Europe/Berlin")
MONA = Person("mona", "Mona Manager")


@pytest.fixture
async def office(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schedules, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(schedules, "LEASE_SECONDS", 0.05)
    office = Office(database_url)
    office.terms = replace(office.terms, profiles=(SALES,))
    await office.open()
    yield office
    await office.jobs.close()


async def tomorrow(office: Office, request: OrderRequest = REQUEST) -> Scheduled:
    now = office.clock.now()
    at = now + timedelta(days=1)
    return await office.jobs.schedules.add(Scheduled("later", request, HELGA, CHAT, at, now))


async def case_of(office: Office, state: CaseState) -> Case:
    async def look() -> Case | None:
        case = await office.jobs.get("later")
        return case if case and case.state is state else None

    case = await eventually(look)
    await eventually(lambda: is_gone(office))
    return case


async def is_gone(office: Office) -> bool:
    return await office.jobs.schedules.get("later") is None


async def sentences(office: Office) -> list[str]:
    return [entry.sentence for entry in await office.jobs.audit.history("jane@contoso.com")]


async def test_it_begins_at_its_time_and_not_before_whatever_restarts(office: Office) -> None:
    one = await tomorrow(office)
    await office.jobs.close()
    await office.open()
    await asyncio.sleep(0.2)
    assert office.directory.calls == []
    assert await office.jobs.schedules.find("JANE@contoso.com") == one
    office.clock.shift = timedelta(days=1)
    case = await case_of(office, CaseState.WAITING)
    assert (case.requester, case.order.department, case.order.profile) == (HELGA, "Sales", "sales")
    assert any(said.startswith("Helga Desk scheduled a mailbox for") for said in await sentences(office))


async def test_one_person_is_scheduled_once(office: Office) -> None:
    one = await tomorrow(office)
    other = Scheduled("other", REQUEST, MONA, GROUP, one.starts_at, one.created_at)
    assert await office.jobs.schedules.add(other) == one
    assert await office.jobs.schedules.waiting() == (one,)


async def test_it_is_dropped_once_and_never_begins(office: Office) -> None:
    await tomorrow(office)
    assert await office.jobs.schedules.drop("later", MONA)
    assert not await office.jobs.schedules.drop("later", MONA)
    assert not await office.jobs.schedules.begin_now("later")
    office.clock.shift = timedelta(days=2)
    await asyncio.sleep(0.2)
    assert await office.jobs.get("later") is None
    assert (await sentences(office))[0].startswith("Mona Manager dropped the order for jane@contoso.com")


async def test_it_can_begin_before_its_time(office: Office) -> None:
    await tomorrow(office)
    assert await office.jobs.schedules.begin_now("later")
    await case_of(office, CaseState.WAITING)


async def test_everything_is_checked_again_when_it_begins(office: Office) -> None:
    await tomorrow(office)
    office.directory.skus[E3.id] = replace(E3, consumed=E3.enabled)
    office.clock.shift = timedelta(days=1)
    case = await case_of(office, CaseState.FAILED)
    assert case.problem is not None
    assert case.problem.sentence.startswith("No seats are free: Microsoft 365 E3")
    assert "create_account" not in [call.method for call in office.directory.calls]
    await eventually(lambda: _posted(office))
    await eventually(lambda: _notified(office))
    assert (await sentences(office))[0].startswith("The order for jane@contoso.com failed: No seats")


async def test_somebody_who_may_not_order_any_more_does_not(office: Office) -> None:
    await tomorrow(office)
    office.refused.add(HELGA.id)
    office.clock.shift = timedelta(days=1)
    case = await case_of(office, CaseState.FAILED)
    assert case.problem is not None
    assert case.problem.sentence == "You need to be an operator to do this."


async def test_what_is_missing_by_then_is_told(office: Office) -> None:
    await tomorrow(office, replace(REQUEST, profile=""))
    office.clock.shift = timedelta(days=1)
    case = await case_of(office, CaseState.FAILED)
    assert case.problem is not None
    assert "jane@contoso.com now lacks the usage location and the license." in case.problem.sentence


async def test_why_it_could_not_begin_is_told_beside_a_watch(office: Office) -> None:
    someone = next(iter(office.directory.accounts.values()))
    office.directory.probes.pop(someone.id, None)
    watch = watched(await office.directory.look_up(someone.upn), MONA, office.clock.now(), "watch")
    await office.jobs.watch(watch, GROUP)
    await tomorrow(office, replace(REQUEST, upn=someone.upn))
    office.refused.add(HELGA.id)
    office.clock.shift = timedelta(days=1)
    await case_of(office, CaseState.FAILED)
    kept = await office.jobs.get("watch")
    assert kept is not None
    assert kept.is_open


async def test_a_graph_that_is_down_is_waited_out(office: Office) -> None:
    office.directory.fail("look_up", unavailable(), unavailable())
    await tomorrow(office)
    office.clock.shift = timedelta(days=1)
    await case_of(office, CaseState.WAITING)


async def test_killed_between_the_case_and_the_row_it_is_the_same_case(office: Office) -> None:
    one = await tomorrow(office)
    office.clock.shift = timedelta(days=1)
    await case_of(office, CaseState.WAITING)
    await office.jobs.schedules.add(one)  # the row as a kill left it
    await eventually(lambda: is_gone(office))
    assert office.directory.count("create_account") == 1
    assert len(await office.jobs.open_cases()) == 1


async def _notified(office: Office) -> bool:
    return "trouble" in office.messenger.kinds()


async def _posted(office: Office) -> bool:
    return "posted" in office.messenger.kinds()
