"""The connector enforces Teams' limits, and the real sending side stays inside them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from support.chat import Teams
from support.fake_jobs import FakeJobs
from support.fake_records import FakeRecords
from support.office import HELGA as REQUESTER
from support.office import JANE, eventually

from bot.connector import Connector
from bot.messenger import TeamsMessenger
from bot.outbound import OutboundToken
from bot.seals import Seals
from jobs.courier import Courier
from jobs.migrations import migrate
from jobs.outbox import Outbox
from jobs.store import CaseStore
from jobs.tables import open_engine
from provisioning.case import Case, Conversation, touch
from sandbox.connector.limits import ConnectorLimits
from sandbox.people import CHANNEL, HELGA

LIMITS = "/sandbox/connector/limits"
PERSONAL = f"/connector/v3/conversations/{HELGA.personal_chat}/activities"
HELLO = {"type": "message", "text": "Hello"}


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def test_the_eighth_message_in_a_second_is_refused_with_when_to_retry(teams: Teams) -> None:
    for _ in range(7):
        await teams.call("POST", PERSONAL, HELLO, 201)
    async with teams.session.post(teams.url + PERSONAL, json=HELLO) as response:
        assert response.status == 429
        assert int(response.headers["Retry-After"]) >= 1
        assert (await response.json())["error"]["code"] == "Throttled"
    counted = await teams.call("GET", LIMITS)
    assert counted["conversations"] == {HELGA.personal_chat: {"asked": 8, "refused": 1}}


async def test_limits_can_be_switched_off_and_the_time_left_out(teams: Teams) -> None:
    await teams.call("POST", LIMITS, {"enabled": False})
    for _ in range(9):
        await teams.call("POST", PERSONAL, HELLO, 201)
    assert (await teams.call("POST", LIMITS, {"enabled": True, "retryAfter": False}))["asked"] == 0
    for _ in range(8):
        async with teams.session.post(teams.url + PERSONAL, json=HELLO) as response:
            status, headers = response.status, response.headers
    assert (status, "Retry-After" in headers) == (429, False)


@pytest.mark.parametrize("body", [[], {"enabled": 1}, {"retryAfter": "no"}])
async def test_switches_that_make_no_sense(teams: Teams, body: object) -> None:
    await teams.call("POST", LIMITS, body, 400)


def test_every_published_window_is_enforced() -> None:
    for amount, seconds in ((7, 1), (8, 2), (60, 30), (1_800, 3_600)):
        moments = iter([step * seconds / (amount + 5) for step in range(amount + 5)])
        limits = ConnectorLimits(lambda moments=moments: next(moments))  # type: ignore[misc]
        refusals = [limits.refusal("send", "a:helga", is_personal=True) for _ in range(amount + 5)]
        assert refusals.count(None) == amount
    shared = ConnectorLimits(lambda: 0.0)
    assert [shared.refusal("edit", f"19:c;messageid={n}", is_personal=False) for n in range(8)][-1] is not None
    assert sum(shared.refusal("send", f"a:{n}", is_personal=True) is None for n in range(60)) == 50 - 8


async def test_a_burst_of_cards_in_a_channel_meets_no_429_and_keeps_its_order(teams: Teams, tmp_path: Path) -> None:
    """The real outbox, courier, cards and connector, over HTTP."""
    place = Conversation(CHANNEL.id, "channel", f"{teams.url}/connector")
    engine = open_engine(f"sqlite:///{tmp_path}/mailroom.db")
    migrate(engine)
    store, outbox = CaseStore(engine, "p1"), Outbox(engine, "p1")
    async with aiohttp.ClientSession() as session:
        messenger = TeamsMessenger(
            Connector(session, OutboundToken(None)), Seals(b"k" * 32, {}), Clock(), FakeRecords(FakeJobs())
        )
        courier = Courier(outbox, messenger, Clock())
        running = asyncio.create_task(courier.run())
        cases = [Case(f"c{n}", replace(JANE, upn=f"user-{n}@contoso.com"), REQUESTER, Clock().now()) for n in range(8)]
        for case in cases:
            store.open(case, place)
        for number in range(25):
            for case in cases:
                store.change(case.id, lambda now, number=number: touch(now, Clock().now(), checks=number))
        courier.wake()

        async def all_shown() -> bool:
            return len(await teams.messages("helga", "channel")) == 8 and not outbox.next_at(Clock().now())

        await eventually(all_shown)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
    engine.dispose()
    shown = [str(one["attachments"]) for one in await teams.messages("helga", "channel")]
    assert all(f"user-{number}@contoso.com" in card for number, card in enumerate(shown))
    counted = await teams.call("GET", LIMITS)
    assert counted["refused"] == 0
    assert counted["asked"] < 30
