"""Incidents that begin and end: who is told, once each, and how often Microsoft is asked."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from support.fake_directory import unavailable
from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from jobs.tables import messages
from provisioning.bulk import Bulk, BulkLine
from provisioning.case import CaseState, Order
from provisioning.directory import ENTRA, EXCHANGE, HealthIssue, ServiceHealth
from provisioning.incidents import Incident, begun, ended
from provisioning.orders import OrderRequest
from provisioning.watching import watched

ISSUE = HealthIssue("EX1", "Delays in provisioning new mailboxes", "incident", "Provisioning", impact="They wait.")
OTHER = HealthIssue("EX2", "Search is slow", "incident", "Search")
TROUBLE = ServiceHealth("serviceDegradation", (ISSUE, OTHER))
FINE = ServiceHealth("serviceOperational")
NOW = datetime(2026, 11, 26, tzinfo=UTC)
CHANNEL = replace(GROUP, id="19:channel@thread.tacv2;messageid=17", kind="channel")


def said(office: Office, kind: str) -> list[str]:
    """In which conversations."""
    return sorted(sent.conversation_id for sent in office.messenger.sent if sent.kind == kind)


async def looks(office: Office, more: int = 3) -> None:
    """A few more looks are taken."""
    before = office.directory.count("service_health")

    async def enough() -> bool:
        return office.directory.count("service_health") >= before + more

    await eventually(enough)


async def test_conversations_with_affected_cases_are_told_once_of_the_beginning_and_of_the_end(office: Office) -> None:
    first = await office.jobs.start(JANE, HELGA, CHAT)
    await office.jobs.start(replace(JANE, upn="joe@contoso.com"), HELGA, CHANNEL)
    await office.until_state(first, CaseState.WAITING)
    await looks(office, 1)
    assert said(office, "incident") == []
    office.directory.health = TROUBLE
    await looks(office)
    both = sorted([CHAT.id, "19:channel@thread.tacv2"])  # of a channel the channel, not the thread
    assert said(office, "incident") == both
    await office.jobs.close()  # a restart tells nobody again, and somebody who came later is told as well
    await office.open()
    late = await office.jobs.start(replace(JANE, upn="late@contoso.com"), HELGA, GROUP)
    await office.until_state(late, CaseState.WAITING)
    await looks(office)
    assert said(office, "incident") == sorted([*both, GROUP.id])
    office.directory.health = FINE
    await looks(office)
    assert said(office, "incident over") == sorted([*both, GROUP.id])
    office.directory.health = TROUBLE  # opened again: nobody is told twice
    await looks(office)
    assert len(said(office, "incident")) == len(said(office, "incident over")) == 3
    told = next(sent.case for sent in office.messenger.sent if sent.kind == "incident over")
    assert isinstance(told, Incident)
    assert told.id == "EX1"
    assert told.ended_at is not None


async def test_nobody_waits_nobody_asks_and_a_look_that_fails_says_nothing(office: Office) -> None:
    await asyncio.sleep(0.7)  # one round is half a second here
    assert office.directory.count("service_health") == 0
    office.directory.health = TROUBLE
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await looks(office, 1)
    office.directory.fail("service_health", unavailable(), unavailable())
    await looks(office, 3)
    assert said(office, "incident over") == []
    await office.jobs.cancel(case.id, HELGA)
    office.directory.health = FINE  # nobody waits any more, but the end is owed

    async def told_and_noted() -> bool:
        with office.jobs.audit.engine.connect() as connection:
            owed = connection.execute(sa.select(messages.c.kind).where(messages.c.is_due)).scalars().all()
        return said(office, "incident over") == [CHAT.id] and not any(kind.startswith("incident") for kind in owed)

    await eventually(told_and_noted)


async def test_the_chat_of_a_list_is_told_as_well(office: Office) -> None:
    line = BulkLine(1, JANE.upn, OrderRequest(JANE.upn), JANE)
    await office.jobs.bulks.draft(Bulk("bulk", "people.csv", HELGA, NOW, 1, 0), [line])
    await office.jobs.bulks.start("bulk", HELGA, GROUP)

    async def waiting() -> bool:
        case = await office.jobs.find(JANE.upn)
        return case is not None and case.state is CaseState.WAITING

    await eventually(waiting)
    office.directory.health = TROUBLE
    await looks(office)
    assert said(office, "incident") == [GROUP.id]


@pytest.mark.parametrize("issue", [OTHER, replace(ISSUE, id="")])
def test_what_does_not_hold_mailboxes_up_begins_nothing(issue: HealthIssue) -> None:
    assert begun([ServiceHealth("serviceDegradation", (issue,))], NOW) == []


def test_an_incident_of_entra_counts_and_an_advisory_does_not() -> None:
    incident = HealthIssue("MO1", "Sign-in fails", "incident")
    advisory = replace(incident, id="MO2", classification="advisory")
    health = ServiceHealth("serviceDegradation", (incident, advisory), ENTRA)
    assert [one.id for one in begun([health], NOW)] == ["MO1"]


def test_what_could_not_be_read_ends_nothing() -> None:
    known = [Incident("EX1", EXCHANGE, "", NOW), Incident("MO1", ENTRA, "", NOW)]
    assert ended(known, [ServiceHealth("serviceOperational", (), ENTRA)]) == known[1:]
    assert ended(known, []) == []


async def test_an_order_ends_the_watch_of_the_same_person(office: Office) -> None:
    someone = next(iter(office.directory.accounts.values()))
    office.directory.probes.pop(someone.id, None)
    case = watched(await office.directory.look_up(someone.upn), HELGA, office.clock.now(), "w1")
    kept = await office.jobs.watch(case, CHAT)
    assert (kept.id, kept.state) == ("w1", CaseState.WAITING)
    order = Order(someone.upn, someone.display_name, "US")
    started = await office.jobs.start(order, HELGA, CHAT)
    assert started.id != "w1"
    await office.until_state(kept, CaseState.CANCELLED)


async def test_a_watched_mailbox_that_is_late_is_diagnosed_and_ends_with_the_notification(office: Office) -> None:
    someone = next(iter(office.directory.accounts.values()))
    office.directory.probes.pop(someone.id, None)
    case = watched(await office.directory.look_up(someone.upn), HELGA, office.clock.now(), "w2")
    case = replace(case, waiting_since=case.created_at - timedelta(hours=3))
    writes = len(office.directory.calls)
    await office.jobs.watch(case, CHAT)
    await office.until(case, lambda now: now.explanation is not None)
    office.directory.make_ready(someone.id)
    await office.until_state(case, CaseState.READY)

    async def told() -> bool:
        return said(office, "ready") == [CHAT.id]

    await eventually(told)
    reads = {"probe_mailboxes", "take_snapshot", "get_account", "service_health"}
    assert {call.method for call in office.directory.calls[writes:]} <= reads
