"""Notifications in quiet hours and where they are muted; greetings; trouble that somebody must decide on."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from provisioning.bulk import Bulk, BulkLine
from provisioning.case import Case, CaseState, Conversation, Problem, Stage, StageState, fail
from provisioning.directory import HealthIssue, ServiceHealth
from provisioning.manners import QuietHours
from provisioning.orders import OrderRequest

JANES = "jane@contoso.com"


def all_day(clock: datetime) -> QuietHours:
    """Quiet from an hour ago until an hour from now."""
    hour = timedelta(hours=1)
    return QuietHours((clock - hour).time(), (clock + hour).time(), "UTC")


async def becomes_ready(office: Office, case: Case) -> Case:
    waiting = await office.until_state(case, CaseState.WAITING)
    office.directory.make_ready(waiting.account_id)
    return await office.until_state(case, CaseState.READY)


def conversations(office: Office, kind: str) -> list[str]:
    return [sent.conversation_id for sent in office.messenger.sent if sent.kind == kind]


async def test_a_notification_is_held_while_it_is_quiet_and_the_card_goes_on(office: Office) -> None:
    await office.jobs.manners.set_quiet_hours(CHAT, all_day(office.clock.now()))
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.jobs.start(JANE, HELGA, GROUP)
    await becomes_ready(office, case)

    async def group_is_told() -> bool:
        return conversations(office, "ready") == [GROUP.id]

    assert await eventually(group_is_told)  # quiet hours are one's own, not the group's

    async def card_is_ready() -> bool:
        updates = (sent for sent in office.messenger.sent if sent.kind == "updated")
        return any(sent.conversation_id == CHAT.id and sent.case.state is CaseState.READY for sent in updates)

    assert await eventually(card_is_ready)
    assert CHAT.id not in conversations(office, "ready")
    await office.jobs.manners.set_quiet_hours(CHAT, None)

    async def person_is_told() -> bool:
        return CHAT.id in conversations(office, "ready")

    assert await eventually(person_is_told)


async def test_the_end_of_a_list_and_an_incident_are_left_out_where_all_is_muted(office: Office) -> None:
    await office.jobs.manners.mute(CHAT)
    line = BulkLine(1, JANE.upn, OrderRequest(JANE.upn), JANE)
    for number, place in enumerate((CHAT, GROUP)):
        one = replace(line, order=replace(JANE, upn=f"starter{number}@contoso.com"))
        await office.jobs.bulks.draft(Bulk(place.id, "people.csv", HELGA, office.clock.now(), 1), [one])
        await office.jobs.bulks.start(place.id, HELGA, place)
    office.directory.health = ServiceHealth("serviceDegradation", (HealthIssue("EX1", "", "incident", "Provisioning"),))

    async def group_knows_of_the_incident() -> bool:
        return conversations(office, "incident") == [GROUP.id]

    await eventually(group_knows_of_the_incident)
    for number in range(2):
        case = await office.jobs.find(f"starter{number}@contoso.com")
        assert case is not None
        await becomes_ready(office, case)

    async def group_is_told() -> bool:
        return conversations(office, "bulk ended") == [GROUP.id]

    await eventually(group_is_told)
    assert conversations(office, "incident") == [GROUP.id]


async def test_where_it_is_muted_nobody_is_told_and_the_case_ends_all_the_same(office: Office) -> None:
    await office.jobs.manners.mute(CHAT, JANES)
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await becomes_ready(office, case)
    ended = await office.until(case, lambda now: now.stage(Stage.NOTIFICATION).state is StageState.DONE)
    assert ended.stage(Stage.NOTIFICATION).note == "Muted: nobody was notified."
    assert conversations(office, "ready") == []


async def test_a_mute_is_of_one_place_and_ends(office: Office) -> None:
    manners = office.jobs.manners
    thread = Conversation("19:channel;messageid=1", "channel", "http://127.0.0.1:1/")
    other = Conversation("19:channel;messageid=2", "channel", "http://127.0.0.1:1/")
    await manners.mute(thread)
    await manners.mute(thread, JANES)
    await manners.mute(thread, JANES)
    assert await manners.unmute(CHAT) == ()
    assert await manners.unmute(other) == ("", JANES)  # a channel is one place, whatever the thread
    assert await manners.unmute(thread) == ()


async def test_quiet_hours_stay_after_a_restart(office: Office) -> None:
    hours = QuietHours(time(18), time(7), "Europe/Berlin")
    await office.jobs.manners.set_quiet_hours(CHAT, hours)
    await office.jobs.close()
    await office.open()
    assert await office.jobs.manners.quiet_hours(CHAT) == hours


async def test_everybody_is_greeted_once_an_installation(office: Office) -> None:
    manners = office.jobs.manners
    assert await manners.greet(CHAT)
    assert not await manners.greet(CHAT)
    assert await manners.greet(GROUP)
    await manners.forget(CHAT)
    assert await manners.greet(CHAT)


async def test_an_order_that_fails_later_notifies_and_one_that_fails_at_once_does_not(office: Office) -> None:
    case = await office.until_state(await office.jobs.start(JANE, HELGA, CHAT), CaseState.WAITING)

    async def failing(shift: timedelta) -> Case:
        now = datetime.now(UTC) + shift
        return await office.jobs._cases.change(case.id, lambda it: fail(it, Problem("No seat was left."), now))

    await failing(timedelta(minutes=5))

    async def is_told() -> bool:
        return conversations(office, "trouble") == [CHAT.id]

    assert await eventually(is_told)
