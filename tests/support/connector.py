"""A Bot Connector over HTTP: keeps what it was sent, and answers as told.

async with FakeConnector() as connector:
    connector.answer_next(Answer(429, retry_after="0"), DROP)    # the next two calls
    connector.calls[-1].body["text"]
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from aiohttp import web


@dataclass(frozen=True)
class Answer:
    status: int
    code: str = ""
    retry_after: str = ""
    drop: bool = False  # take the request, then close the connection without an answer


DROP = Answer(0, drop=True)


@dataclass(frozen=True)
class Call:
    method: str
    path: tuple[str, ...]  # below /v3/conversations, unquoted
    body: dict[str, Any] = field(default_factory=dict)
    authorization: str = ""

    @property
    def card(self) -> dict[str, Any]:
        return self.body["attachments"][0]["content"]


class FakeConnector:
    """`url` is the service URL. `connections` counts TCP connections."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.connections = 0
        self.url = ""
        self.valid_tokens: set[str] | None = None
        self.chats: dict[str, str] = {}  # the 1:1 chat of a person, by either of their ids
        self._answers: deque[Answer] = deque()
        self._arrived = asyncio.Condition()
        self._number = 0
        self._peers: set[Any] = set()
        app = web.Application()
        app.router.add_route("*", "/connector/v3/conversations{rest:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    def answer_next(self, *answers: Answer) -> None:
        self._answers.extend(answers)

    def texts(self) -> list[str]:
        return [call.body.get("text", "") for call in self.calls]

    async def wait_for(self, count: int) -> list[Call]:
        """Until `count` calls have come in all."""
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.calls) >= count)
        return self.calls

    async def __aenter__(self) -> "FakeConnector":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/connector"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        await self._keep(request)
        answer = self._answers.popleft() if self._answers else Answer(200)
        if answer.drop:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if self.valid_tokens is not None and request.headers.get("Authorization") not in self.valid_tokens:
            answer = Answer(401)
        headers = {"Retry-After": answer.retry_after} if answer.retry_after else {}
        if answer.status >= 300:
            body: dict[str, Any] = {"error": {"code": answer.code, "message": "No."}}
        else:
            self._number += 1
            body = {"id": self._chat_asked_for() or f"m{self._number}"}
        return web.json_response(body, status=answer.status, headers=headers)

    def _chat_asked_for(self) -> str:
        """Where a conversation is created with somebody whose chat is known."""
        call = self.calls[-1]
        members = call.body.get("members") or [{}]
        return "" if call.path else self.chats.get(members[0].get("id", ""), "")

    async def _keep(self, request: web.Request) -> None:
        if request.transport not in self._peers:
            self._peers.add(request.transport)
            self.connections += 1
        raw = request.raw_path.removeprefix("/connector/v3/conversations").strip("/")
        body = await request.json() if request.can_read_body else {}
        path = tuple(unquote(part) for part in raw.split("/")) if raw else ()
        call = Call(request.method, path, body, request.headers.get("Authorization", ""))
        async with self._arrived:
            self.calls.append(call)
            self._arrived.notify_all()
