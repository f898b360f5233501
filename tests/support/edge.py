"""The edge as it runs, over HTTP, with a handler of the test's own behind it; and settings that fit it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from support.activities import TENANT_ID
from support.connector import FakeConnector
from support.tokens import APP_ID, APP_PASSWORD, TokenService

from bot.adapter import MailroomAdapter
from bot.connector import Patience
from bot.settings import Settings
from handlers.requests import Reply, Request

STACKS = ("botbuilder", "agents")
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


def single_tenant(tokens: TokenService, **changes: Any) -> Settings:
    known = {
        "tenant_id": TENANT_ID,
        "app_id": APP_ID,
        "app_password": APP_PASSWORD,
        "login_url": tokens.url,
        "openid_metadata_url": tokens.metadata_url,
    }
    return Settings(_env_file=None, **{**known, **changes})
