"""What conversations are owed: the latest state, in order, nobody held up by others; and those that are gone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from support.fake_messenger import FakeMessenger
from support.office import CHAT, GROUP, HELGA, JANE, eventually

from jobs import courier as courier_module
from jobs.courier import Courier
from jobs.messages import owe_ready
from jobs.migrations import migrate
from jobs.outbox import Outbox
from jobs.store import CaseStore
from jobs.tables import conversations, messages, open_engine, reading, writing
from provisioning.case import Case, Conversation, Person, Stage, ready, touch
from provisioning.errors import ConversationGone, MessageRefused, MessengerUnavailable
from provisioning.repair import Repair

ROOM = replace(GROUP, id="19:room")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # not about the database


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Teams(FakeMessenger):
    """Conversations that are gone, or in which nothing is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()
        self.gone_calls = 0
        self.silent: set[str] = set()
        self.fail_moved = 0

    async def show_case(self, case: Case, conversation: Conversation, activity_id: str = "") -> str:
        await self._reach(conversation)
        return await super().show_case(case, conversation, activity_id)

    async def announce_ready(self, case: Case, conversation: Conversation) -> str:
        await self._reach(conversation)
        return await super().announce_ready(case, conversation)

    async def show_moved(self, case: Case | Repair, conversation: Conversation, activity_id: str) -> None:
        if self.fail_moved:
            self.fail_moved -= 1
            raise MessengerUnavailable("Teams is down.")
        await super().show_moved(case, conversation, activity_id)

    def asked(self, conversation: Conversation) -> list[str]:
        return [sent.kind for sent in self.sent if sent.conversation_id == conversation.id]

    async def _reach(self, conversation: Conversation) -> None:
        if conversation.id in self.silent:
            await asyncio.Event().wait()
        if conversation.id in self.gone:
            self.gone_calls += 1
            raise ConversationGone("Mailroom was removed from this chat.")


class PostRoom:
    """Rows and a courier, without an engine."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        migrate(self.engine)
        self.store = CaseStore(self.engine, "p1")
        self.outbox = Outbox(self.engine, "p1")
        self.teams = Teams()
        self.clock = Clock()
        self.courier = Courier(self.outbox, self.teams, self.clock)

    def order(self, name: str, where: Conversation = CHAT, by: Person = HELGA) -> Case:
        case = Case(name, replace(JANE, upn=f"{name}@contoso.com"), by, Clock().now())
        return self.store.open(case, where)

    def change(self, case: Case, **changes: object) -> None:
        self.store.change(case.id, lambda now: touch(now, Clock().now(), **changes))
        self.courier.wake()

    def become_ready(self, case: Case) -> None:
        self.store.change(case.id, lambda now: ready(now, Clock().now()))
        with writing(self.engine) as connection:
            owe_ready(connection, self.store.get(case.id) or case, Clock().now())
        self.courier.wake()

    async def until(self, kinds: list[str], where: Conversation = CHAT) -> None:
        async def look() -> bool:
            return self.teams.asked(where) == kinds

        await eventually(look)

    async def idle(self) -> None:
        async def look() -> bool:
            return not self.courier._under_way

        await eventually(look)

    async def settled(self) -> None:
        async def look() -> bool:
            is_due = select(messages.c.id).where(messages.c.is_due)
            with reading(self.engine) as connection:
                return connection.execute(is_due).scalar() is None

        await eventually(look)


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[PostRoom]:
    room = PostRoom(database_url)
    running = asyncio.create_task(room.courier.run())
    yield room
    for _ in range(2):  # the second time for those that nobody answers
        running.cancel()
        await asyncio.wait([running], timeout=0.5)
    await asyncio.gather(running, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
    room.engine.dispose()


@on_sqlite
async def test_a_burst_of_200_changes_is_few_updates_with_the_newest_state_last(room: PostRoom) -> None:
    case = room.order("jane")
    for number in range(200):
        room.change(case, checks=number)
        await asyncio.sleep(0)
    await room.settled()
    assert room.teams.kinds()[0] == "posted"
    assert len(room.teams.sent) < 50
    last = room.teams.sent[-1].case
    assert isinstance(last, Case)
    assert last.checks == 199


async def test_new_messages_come_in_their_order_even_when_teams_is_away_in_between(room: PostRoom) -> None:
    room.teams.fail(*[MessengerUnavailable("Teams is down.", retry_after=0.05)] * 3)
    for number in range(12):
        room.order(f"user-{number}")
        room.courier.wake()
        await asyncio.sleep(0.01)
    await room.settled()
    assert [sent.case.id for sent in room.teams.sent] == [f"user-{number}" for number in range(12)]
    with reading(room.engine) as connection:
        assert connection.execute(select(conversations.c.id)).all() == []  # it is fine again


@on_sqlite
async def test_new_messages_go_before_updates(room: PostRoom) -> None:
    first = room.order("first")
    room.courier.wake()
    await room.settled()
    room.teams.fail(MessengerUnavailable("Teams is down.", retry_after=0.1))
    room.change(first, checks=1)
    await asyncio.sleep(0.05)
    room.order("second")
    await room.settled()
    assert room.teams.kinds() == ["posted", "posted", "updated"]


@on_sqlite
async def test_a_conversation_that_does_not_answer_holds_up_no_other(room: PostRoom) -> None:
    room.teams.silent.add(ROOM.id)
    for number in range(60):
        room.order(f"user-{number}", ROOM)
    room.order("jane")
    room.courier.wake()
    await room.until(["posted"])
    assert room.teams.asked(ROOM) == []


@on_sqlite
async def test_conversations_that_do_not_answer_leave_room_for_others(room: PostRoom) -> None:
    for number in range(courier_module.AT_ONCE - 1):
        room.teams.silent.add(f"19:{number}")
        room.order(f"user-{number}", replace(GROUP, id=f"19:{number}"))
    room.order("jane")
    room.courier.wake()
    await room.until(["posted"])


@on_sqlite
@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(hours=-2)])
async def test_a_clock_that_jumps_while_a_card_is_on_its_way_posts_no_second_one(
    room: PostRoom, ahead: timedelta
) -> None:
    room.teams.silent.add(CHAT.id)
    case = room.order("jane")
    room.order("mona", ROOM)
    room.courier.wake()
    await room.until(["posted"], ROOM)
    room.clock.ahead = ahead
    room.order("adam", ROOM)
    room.change(case, checks=1)
    await room.until(["posted", "posted"], ROOM)
    assert len(room.courier._under_way) == 1


@on_sqlite
async def test_a_message_that_teams_refuses_is_dropped_and_the_next_one_comes(room: PostRoom) -> None:
    room.teams.fail(MessageRefused("Too big."))
    case = room.order("jane")
    room.order("mona")
    room.courier.wake()
    await room.settled()
    assert [sent.case.id for sent in room.teams.sent] == ["mona"]
    room.change(case, checks=1)
    await room.settled()
    assert [sent.case.id for sent in room.teams.sent] == ["mona", "jane"]


@on_sqlite
async def test_a_pointer_that_teams_does_not_take_is_made_later_and_no_card_comes_twice(room: PostRoom) -> None:
    case = room.order("jane")
    room.courier.wake()
    await room.settled()
    room.teams.fail_moved = 1
    room.store.open(replace(case, id="ordered-again"), CHAT)
    room.courier.wake()
    await room.settled()
    assert room.teams.kinds() == ["posted", "moved", "posted"]


@on_sqlite
async def test_no_older_card_is_forgotten_when_it_is_asked_for_again_and_again(room: PostRoom) -> None:
    """Also while Teams does not take the pointer, or the new card."""
    case = room.order("jane")
    room.courier.wake()
    await room.settled()
    room.teams.fail_moved = 2
    for number in range(3):
        room.store.open(replace(case, id=f"ordered-again-{number}"), CHAT)
        room.courier.wake()
        await asyncio.sleep(0.05)
        await room.idle()
        room.teams.fail(MessengerUnavailable("Teams is down.", retry_after=0.05))
    await room.settled()
    posted = [sent.activity_id for sent in room.teams.sent if sent.kind == "posted"]
    assert {sent.activity_id for sent in room.teams.sent if sent.kind == "moved"} == set(posted[:-1])


@on_sqlite
async def test_a_card_that_cannot_point_down_holds_up_no_new_one(room: PostRoom) -> None:
    case = room.order("jane")
    room.courier.wake()
    await room.settled()
    room.teams.fail(MessageRefused("It may not be edited."))
    room.store.open(replace(case, id="ordered-again"), CHAT)
    room.courier.wake()
    await room.settled()
    assert room.teams.kinds() == ["posted", "posted"]


@on_sqlite
async def test_a_conversation_that_is_gone_is_asked_once_until_somebody_speaks_there(room: PostRoom) -> None:
    room.teams.gone.add(ROOM.id)
    cases = [room.order(f"user-{number}", ROOM) for number in range(5)]
    room.courier.wake()
    await eventually(lambda: _gone(room, ROOM.id))
    for case in cases:
        room.change(case, checks=7)
    room.order("jane")
    room.courier.wake()
    await room.until(["posted"])
    assert room.teams.gone_calls == 1

    room.teams.gone.clear()
    await room.courier.heard_from(replace(ROOM, id=f"{ROOM.id};messageid=17"), HELGA)
    await room.until(["posted"] * 5, ROOM)
    assert {sent.case.checks for sent in room.teams.sent if sent.conversation_id == ROOM.id} == {7}  # type: ignore[union-attr]


async def test_where_the_room_is_gone_whoever_ordered_is_told_in_person(room: PostRoom) -> None:
    early, late = room.order("early", ROOM), room.order("late", ROOM)
    room.courier.wake()
    await room.settled()
    room.teams.gone.add(ROOM.id)
    room.become_ready(early)
    await room.until(["ready"], replace(CHAT, id=f"a:{HELGA.id}"))
    room.become_ready(late)
    await room.until(["ready", "ready"], replace(CHAT, id=f"a:{HELGA.id}"))
    await room.idle()
    assert room.outbox.untold(Clock().now(), 5) == []
    assert _note_of(room, late) == "The notification was sent."


@on_sqlite
async def test_nobody_is_told_twice_in_the_same_chat(room: PostRoom) -> None:
    case = room.order("jane", ROOM)
    room.store.open(replace(case, id="ordered-again"), replace(CHAT, id=f"a:{HELGA.id}"))
    room.teams.gone.add(ROOM.id)
    room.courier.wake()
    await eventually(lambda: _gone(room, ROOM.id))
    room.become_ready(case)

    async def told() -> bool:
        return "ready" in room.teams.kinds()

    await eventually(told)
    await room.idle()
    assert room.teams.kinds().count("ready") == 1


async def test_who_cannot_be_told_at_all_is_listed_and_told_when_they_speak(room: PostRoom) -> None:
    case = room.order("jane", ROOM)
    room.teams.gone.add(ROOM.id)
    room.teams.strangers.add(HELGA.id)
    room.courier.wake()
    await eventually(lambda: _gone(room, ROOM.id))
    room.become_ready(case)
    await eventually(lambda: _gone(room, HELGA.id))
    assert [one.id for one in room.outbox.untold(Clock().now(), 5)] == ["jane"]
    assert _note_of(room, case).startswith("Nobody could be told: Teams knows no 1:1 chat")

    room.teams.strangers.clear()
    await room.courier.heard_from(CHAT, HELGA)
    await room.until(["ready"], replace(CHAT, id=f"a:{HELGA.id}"))
    await room.idle()
    assert room.outbox.untold(Clock().now(), 5) == []


async def test_two_processes_never_serve_one_conversation_at_once(database_url: str) -> None:
    room = PostRoom(database_url)
    for number in range(3):
        room.order(f"user-{number}")
    room.order("jane", ROOM)
    other = Outbox(room.engine, "p2")
    assert [owed.subject.id for owed in room.outbox.claim(Clock().now(), 10)] == ["user-0", "jane"]
    assert other.claim(Clock().now(), 10) == []
    other.release_claims("p1")
    assert [owed.subject.id for owed in other.claim(Clock().now(), 1)] == ["user-0"]
    room.engine.dispose()


async def _gone(room: PostRoom, conversation_id: str) -> bool:
    return conversation_id in room.outbox.gone


def _note_of(room: PostRoom, case: Case) -> str:
    current = room.store.get(case.id)
    assert current is not None
    return current.stage(Stage.NOTIFICATION).note
