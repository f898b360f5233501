"""A running edge for every test that asks for one; see support.edge."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from support.activities import TENANT_ID
from support.connector import FakeConnector
from support.edge import QUICK, STACKS, Edge, single_tenant
from support.identity import IdentityEndpoint
from support.tokens import APP_ID, TokenService

from bot.adapter import MailroomAdapter
from bot.connector import Connector
from bot.health import HealthCheck
from bot.identity import SigningKeys, TokenCheck
from bot.limits import TeamsPacer
from bot.metrics import Metrics
from bot.outbound import OutboundToken, outbound_token
from bot.server import web_application
from bot.stack import open_stack
from bot.turns import Turns

OpenEdge = Callable[..., Any]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector() as started:
        yield started


@pytest.fixture
async def tokens() -> AsyncIterator[TokenService]:
    async with TokenService() as started:
        yield started


@pytest.fixture(params=STACKS)
def stack_name(request: pytest.FixtureRequest) -> str:
    """Whatever asks for an edge runs on either SDK."""
    name: str = request.param
    return name


@pytest.fixture
def open_edge(
    session: aiohttp.ClientSession, connector: FakeConnector, tokens: TokenService, stack_name: str
) -> OpenEdge:
    """`async with open_edge(secure=True, invoke_seconds=0.01) as edge`."""

    @asynccontextmanager
    async def opened(*, secure: bool = False, **waits: float) -> AsyncIterator[Edge]:
        keys = SigningKeys(session, tokens.metadata_url)
        outbound = outbound_token(single_tenant(tokens), session) if secure else OutboundToken(None)
        metrics = Metrics({"help", "refresh"})
        line = Connector(session, outbound, QUICK, metrics.connector, TeamsPacer({}))
        adapter = MailroomAdapter(open_stack(stack_name, line), TokenCheck(keys, APP_ID) if secure else None)
        edge = Edge("", session, connector, tokens, adapter)
        if secure:
            edge.authorization = tokens.header(connector.url)
        turns = Turns(edge.handle, (TENANT_ID,), adapter.start, metrics, frozenset({"reveal"}), **waits)
        async with TestServer(web_application(adapter, turns, HealthCheck({}), metrics)) as server:
            edge.url = str(server.make_url("")).rstrip("/")
            yield edge
            await adapter.close()
            await keys.close()
            await outbound.close()

    return opened


@pytest.fixture
async def edge(open_edge: OpenEdge) -> AsyncIterator[Edge]:
    """Without tokens, as in the demo."""
    async with open_edge() as opened:
        yield opened


@pytest.fixture
async def secure(open_edge: OpenEdge) -> AsyncIterator[Edge]:
    """With tokens both ways."""
    async with open_edge(secure=True) as opened:
        yield opened


@pytest.fixture
def identity_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityEndpoint]:
    with IdentityEndpoint() as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint
