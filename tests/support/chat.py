"""The connector and the chat page on a free port, with a fake bot behind them, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from support.fake_bot import FakeBot

from sandbox.chat.routes import add_routes as add_chat
from sandbox.connector.routes import add_routes as add_connector
from sandbox.keys import ADDRESS, OPTIONS
from sandbox.options import Address, Options

Json = dict[str, Any]


@dataclass
class Teams:
    """A person's and a bot's way into the simulated Teams."""

    url: str
    bot: FakeBot
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Any = None, status: int | None = 200) -> Any:
        async with self.session.request(method, f"{self.url}{path}", json=body) as response:
            answer = await response.json()
            assert status is None or response.status == status, f"{response.status}: {answer}"
            return answer

    async def say(self, who: str, conversation: str, text: str, **more: Any) -> Json:
        body = {"as": who, "conversation": conversation, "text": text, **more}
        return await self.call("POST", "/chat/messages", body, 201)

    async def post(self, path: str, who: str, conversation: str, **more: Any) -> Json:
        return await self.call("POST", f"/chat/{path}", {"as": who, "conversation": conversation, **more})

    async def messages(self, who: str, conversation: str) -> list[Json]:
        return (await self.call("GET", f"/chat/messages?as={who}&conversation={conversation}"))["messages"]

    async def log(self) -> Json:
        return await self.call("GET", "/sandbox/connector/log")


def application(bot_url: str) -> web.Application:
    app = web.Application()
    app[OPTIONS] = Options(bot_url=bot_url)
    app[ADDRESS] = Address()
    add_connector(app)
    add_chat(app)
    return app


@asynccontextmanager
async def running_teams() -> AsyncIterator[Teams]:
    bot = FakeBot()
    async with TestServer(bot.application()) as bot_server:
        app = application(str(bot_server.make_url("/api/messages")))
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            yield Teams(str(server.make_url("")).rstrip("/"), bot, session)
