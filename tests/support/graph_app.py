"""A Graph that says what a test tells it to, over real HTTP on a free port: for answers that no sandbox gives.

async with ScriptedGraph() as graph:
    graph.on("GET", "/users/jane%40contoso.com", Reply(200, {"id": "1"}))
    client = open_client(graph.base_url, StaticCredential())
"""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from aiohttp import web

DATE = "Mon, 23 Nov 2026 09:00:00 GMT"


@dataclass(frozen=True)
class Reply:
    """`body` is sent as JSON unless it is text. `seconds` is how long it takes to come."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; a member of a batch has `in_batch`."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    in_batch: bool = False


NOT_FOUND = Reply(404, {"error": {"code": "Request_ResourceNotFound", "message": "Resource does not exist."}})


class ScriptedGraph:
    """Answers are given in the order they were set for a path; the last one stays."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._replies: dict[tuple[str, str], list[Reply]] = defaultdict(list)

    def on(self, method: str, path: str, *replies: Reply) -> None:
        self._replies[method, path.lower()] = list(replies)

    def posts(self, path: str = "/$batch") -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path and not asked.in_batch]

    async def __aenter__(self) -> "ScriptedGraph":
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.root = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.base_url = f"{self.root}/v1.0"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None):
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        path = request.rel_url.raw_path.removeprefix("/v1.0")
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.method, unquote(path), request.rel_url.raw_query_string, headers, _json(content))
        self.asked.append(asked)
        reply = self._next(asked)
        if reply is None and asked.path == "/$batch":
            reply = Reply(200, {"responses": [self._member(member) for member in asked.body["requests"]]})
        return await _http(reply or NOT_FOUND)

    def _member(self, member: dict[str, Any]) -> dict[str, Any]:
        path, _, query = member["url"].partition("?")
        asked = Asked(member["method"], unquote(path), query, member.get("headers", {}), member.get("body"), True)
        self.asked.append(asked)
        reply = self._next(asked) or NOT_FOUND
        return {"id": member["id"], "status": reply.status, "headers": reply.headers, "body": reply.body}

    def _next(self, asked: Asked) -> Reply | None:
        replies = self._replies[asked.method, asked.path.lower()]
        return replies.pop(0) if len(replies) > 1 else next(iter(replies), None)


async def _http(reply: Reply) -> web.Response:
    if reply.seconds:
        await asyncio.sleep(reply.seconds)
    headers = {"Date": DATE, "request-id": "11111111-2222-4333-8444-555555555555", **reply.headers}
    if isinstance(reply.body, str):
        return web.Response(status=reply.status, headers=headers, text=reply.body)
    text = "" if reply.body is None else json.dumps(reply.body)
    return web.Response(status=reply.status, headers=headers, text=text, content_type="application/json")


def _json(content: bytes) -> Any:
    return json.loads(content) if content else None
