"""Health, metrics, and the limits of the server itself."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient, TestServer
from support.activities import activity
from support.connector import Answer

from bot.adapter import MailroomAdapter
from bot.connector import Connector
from bot.health import CACHE_SECONDS, HealthCheck
from bot.metrics import Metrics
from bot.outbound import OutboundToken
from bot.server import web_application
from bot.turns import Turns
from graph.granted import Missing
from jobs.depth import Depth
from provisioning.errors import DatabaseUnavailable, GraphUnavailable


class Part:
    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = None

    async def __call__(self) -> None:
        self.asked += 1
        if self.error:
            raise self.error


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_ready_names_every_part(session):
    part, time = Part(), Time()
    health = HealthCheck({"graph": part, "jobs": Part()}, time)
    adapter = MailroomAdapter(Connector(session, OutboundToken(None)), None)
    app = web_application(adapter, Turns(None, (), adapter.start), health, Metrics())
    async with TestClient(TestServer(app)) as client:
        for _ in range(3):
            assert (await client.get("/readyz")).status == 200
        assert part.asked == 1
        time.now = CACHE_SECONDS + 1
        part.error = GraphUnavailable("Microsoft Graph did not answer.")
        answer = await client.get("/readyz")
        assert answer.status == 503
        assert (await answer.json())["parts"] == {"graph": "GraphUnavailable", "jobs": "ok"}
        part.error = None
        assert (await client.get("/readyz")).status == 200
        assert (await client.get("/healthz")).status == 200


async def test_many_who_ask_at_once_ask_a_part_once():
    part = Part()
    health = HealthCheck({"graph": part}, Time())
    assert all(answer.is_ready for answer in await asyncio.gather(*(health.ask() for _ in range(9))))
    assert part.asked == 1


async def ready_with(session, off):
    adapter = MailroomAdapter(Connector(session, OutboundToken(None)), None)
    health = HealthCheck({"graph": Part()}, Time(), off)
    app = web_application(adapter, Turns(None, (), adapter.start), health, Metrics())
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/readyz")
        return answer.status, (await answer.json())["off"]


async def test_what_is_off_is_listed_and_makes_nothing_unready(session):
    async def off():
        return [Missing("AuditLog.Read.All", ("diagnose: when a license was taken away",))]

    listed = [{"permission": "AuditLog.Read.All", "features": ["diagnose: when a license was taken away"]}]
    assert await ready_with(session, off) == (200, listed)


async def test_permissions_that_are_not_known_list_nothing(session):
    async def off():
        raise GraphUnavailable("Microsoft Entra gave Mailroom no token.")

    assert await ready_with(session, off) == (200, [])
    assert await ready_with(session, None) == (200, [])


async def numbers(edge) -> str:
    async with edge.session.get(f"{edge.url}/metrics") as response:
        return await response.text()


async def test_turns_and_calls_are_counted(edge):
    edge.connector.answer_next(Answer(503), Answer(200), Answer(403))
    await edge.post(activity(edge.connector.url))
    await edge.post(activity(edge.connector.url, text="who-would-count-this jane@contoso.com"))
    text = await numbers(edge)
    assert 'mailroom_turns_total{command="help",outcome="ok"} 1.0' in text
    assert 'mailroom_turns_total{command="other",outcome="ok"} 1.0' in text
    assert 'mailroom_connector_requests_total{operation="post",outcome="retried"} 1.0' in text
    assert 'mailroom_connector_requests_total{operation="post",outcome="ConversationGone"} 1.0' in text
    assert "jane" not in text


async def test_what_there_is_to_do_is_counted_when_asked():
    async def measure():
        return Depth({("waiting", "mailbox"): 3, ("ready", ""): 2}, 4, 1.5, 5, 60.0, 6)

    metrics = Metrics()
    metrics.watch(measure)
    text = (await metrics.text()).decode()
    assert 'mailroom_cases{stage="mailbox",state="waiting"} 3.0' in text
    assert 'mailroom_cases{stage="none",state="ready"} 2.0' in text
    assert "mailroom_messages_due 4.0" in text
    assert "mailroom_database_up 1.0" in text


async def test_a_database_that_is_gone_takes_its_own_numbers_away_alone():
    async def measure():
        raise DatabaseUnavailable("gone")

    metrics = Metrics()
    metrics.watch(measure)
    metrics.case_ready(90)
    text = (await metrics.text()).decode()
    assert "mailroom_database_up 0.0" in text
    assert "mailroom_messages_due" not in text
    assert 'mailroom_time_to_ready_seconds_bucket{le="120.0"} 1.0' in text


async def test_a_bot_that_stops_is_not_ready_at_once():
    health = HealthCheck({"graph": Part()}, Time())
    assert (await health.ask()).is_ready
    health.stop()
    assert (await health.ask()).parts == {"bot": "stopping"}


@pytest.mark.parametrize("count", [20])
async def test_many_at_once_share_few_connections(edge, count):
    await asyncio.gather(*(edge.post(activity(edge.connector.url)) for _ in range(count)))
    assert len(edge.connector.calls) == count
    assert edge.connector.connections <= count


async def test_what_was_refused_at_the_door_is_counted(secure):
    for _ in range(3):
        await secure.post(activity(secure.connector.url), Authorization="Bearer garbage")
    await secure.post(activity(secure.connector.url))
    text = await numbers(secure)
    assert 'mailroom_refused_requests_total{status="401"} 3.0' in text
    assert 'mailroom_refused_requests_total{status="200"}' not in text
