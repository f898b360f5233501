"""The edge as it runs, over HTTP, with a handler of the test's own behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.adapter import MailroomAdapter
from bot.connector import Connector, Patience
from bot.health import HealthCheck
from bot.identity import SigningKeys, TokenCheck
from bot.metrics import Metrics
from bot.outbound import OutboundToken, outbound_token
from bot.server import web_application
from bot.settings import Settings
from bot.turns import Turns
from handlers.requests import Reply, Request
from support.activities import TENANT_ID
from support.connector import FakeConnector
from support.tokens import APP_ID, APP_PASSWORD, TokenService

QUICK = Patience(attempts=4, first_wait=0.001, longest_wait=0.5)

CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "fallbackText": "A card",
    "body": [{"type": "Container", "items": [{"type": "TextBlock", "text": "Grüße 🎉"}]}],
}


@dataclass
class Edge:
    """A running bot; `requests` is what reached the handler, `reply` what the handler answers."""

    url: str
    session: aiohttp.ClientSession
    connector: FakeConnector
    tokens: TokenService
    adapter: MailroomAdapter
    requests: list[Request] = field(default_factory=list)
    reply: Reply | None = field(default_factory=lambda: Reply(card=CARD))
    handler: Callable[[Request], Awaitable[Reply | None]] | None = None
    authorization: str | None = None

    async def handle(self, request: Request) -> Reply | None:
        self.requests.append(request)
        return await self.handler(request) if self.handler else self.reply

    async def post(self, activity: Any, **headers: str) -> tuple[int, Any]:
        """Post as the Connector does; the status and the JSON of the answer."""
        if self.authorization is not None:
            headers.setdefault("Authorization", self.authorization)
        async with self.session.post(f"{self.url}/api/messages", json=activity, headers=headers) as response:
            body = await response.read()
            return response.status, await response.json() if body else None

    async def send(self, data: bytes | str | None, **headers: str) -> int:
        async with self.session.post(f"{self.url}/api/messages", data=data, headers=headers) as response:
            return response.status


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


@pytest.fixture
def open_edge(session: aiohttp.ClientSession, connector: FakeConnector, tokens: TokenService) -> OpenEdge:
    """`async with open_edge(secure=True, invoke_seconds=0.01) as edge`."""

    @asynccontextmanager
    async def opened(*, secure: bool = False, **waits: float) -> AsyncIterator[Edge]:
        keys = SigningKeys(session, tokens.metadata_url)
        outbound = outbound_token(single_tenant(tokens), session) if secure else OutboundToken(None)
        metrics = Metrics({"help", "refresh"})
        adapter = MailroomAdapter(
            Connector(session, outbound, QUICK, metrics.connector), TokenCheck(keys, APP_ID) if secure else None
        )
        edge = Edge("", session, connector, tokens, adapter)
        if secure:
            edge.authorization = tokens.header(connector.url)
        turns = Turns(edge.handle, (TENANT_ID,), adapter.start, metrics, **waits)
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


def single_tenant(tokens: TokenService, **changes: Any) -> Settings:
    return Settings(
        _env_file=None,
        tenant_id=TENANT_ID,
        app_id=APP_ID,
        app_password=APP_PASSWORD,
        login_url=tokens.url,
        openid_metadata_url=tokens.metadata_url,
        **changes,
    )
