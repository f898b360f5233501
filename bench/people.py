"""The real bot against the sandbox, and people who write to it in the sandbox's chats (load_turns.py, soak.py)."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import aiohttp
from harness import Server, Servers, free_port

from sandbox.demo import bot_settings

E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
PEOPLE = ("helga", "mona", "adam")


def start(servers: Servers, scenario: str = "default", **settings: str) -> tuple[Server, Server]:
    """The bot as `make demo` starts it, but on its own database, and with what a bench needs."""
    port = free_port()
    sandbox = servers.sandbox(port, scenario)
    own = {"MAILROOM_RATE_LIMIT": "100000", **settings}  # a few people send what many would
    usual = bot_settings(sandbox.port, port, servers.folder)
    bot = servers.start("bot", "-m", "bot", port=port, **{**usual, **own})
    bot.wait_ready("/readyz")
    return bot, sandbox


@dataclass
class Answers:
    """Milliseconds from a message to its answer in the chat, and what went wrong."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Chats:
    """What people do in the sandbox's chats, and its controls."""

    def __init__(self, sandbox: Server, http: aiohttp.ClientSession) -> None:
        self._url = sandbox.url
        self._http = http

    async def call(self, path: str, body: dict | None = None, method: str = "POST") -> dict:
        async with self._http.request(method, f"{self._url}/{path}", json=body) as response:
            answer = await response.json()
            if response.status >= 400:
                raise RuntimeError(f"{path}: {response.status} {answer}")
            return answer

    async def open(self) -> None:
        for who in PEOPLE:
            for conversation in ("personal", "group", "channel"):
                await self.call("chat/open", {"as": who, "conversation": conversation})

    async def say(self, who: str, conversation: str, text: str) -> dict:
        """Returns once the bot has answered: it takes a message only when its answer is posted, within 8 s."""
        words = text if conversation == "personal" else f"@Mailroom {text}"
        return await self.call("chat/messages", {"as": who, "conversation": conversation, "text": words})

    async def ask(self, who: str, text: str, into: Answers) -> None:
        """One turn in a 1:1 chat, timed."""
        started = time.perf_counter()
        try:
            said = await self.say(who, "personal", text)
        except (aiohttp.ClientError, RuntimeError, TimeoutError) as error:
            into.errors.append(f"{text}: {error}")
            return
        into.milliseconds.append((time.perf_counter() - started) * 1000)
        if said["delivery"] != "sent":
            into.errors.append(f"{text}: {said['failure']}")

    async def provide(self, seats: int) -> None:
        await self.call(f"sandbox/subscriptions/{E3}", {"enabled": seats})


def order(upn: str) -> str:
    name = upn.partition("@")[0]
    return f'provision {upn} name="{name.title()}" license=E3 location=US'


async def every(seconds: float, work, until: float) -> None:
    """Begin `work()` so often, however long each takes, until that moment of the clock; then wait for the rest."""
    under_way: set[asyncio.Task] = set()
    due = time.perf_counter()
    while due < until:
        under_way.add(asyncio.ensure_future(work()))
        under_way = {task for task in under_way if not task.done() or task.exception()}
        due += seconds
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await asyncio.gather(*under_way)


def percentiles(samples: list[float]) -> dict[str, float]:
    ordered = sorted(samples)
    if not ordered:
        return {"count": 0}
    at = {f"p{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 1) for share in (50, 95, 99)}
    return {"count": len(ordered), **at}
