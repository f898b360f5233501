"""Bringing activities to the bot, with the time limits of Teams; by a plan of faults also twice, or late.

That Teams brings one activity twice is stated in learn.microsoft.com/microsoftteams/platform/bots/bot-basics (a turn
of more than 15 seconds) and in github.com/microsoft/botbuilder-dotnet/issues/5005 (an invoke, with the same id).
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.connector.routes import LOG
from sandbox.connector.shapes import moment
from sandbox.faultplan import DELIVERY, plan_of
from sandbox.keys import OPTIONS

log = logging.getLogger(__name__)


@dataclass
class Bot:
    """Where the bot is and how long Teams waits for it. Tests may change both while it runs."""

    url: str
    message_seconds: float = 15
    invoke_seconds: float = 10


@dataclass(frozen=True)
class Answer:
    """What the bot answered. Status 0: nothing; `failure` says why in a few words."""

    status: int
    body: Any = None
    failure: str = ""
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


BOT = web.AppKey("bot", Bot)
SESSION = web.AppKey("bot_session", aiohttp.ClientSession)
AGAIN: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("deliveries_repeated", set)


async def session_context(app: web.Application) -> AsyncIterator[None]:
    """One session for the life of the application."""
    app[BOT].url = app[BOT].url or app[OPTIONS].bot_url
    app[AGAIN] = set()
    async with aiohttp.ClientSession() as session:
        app[SESSION] = session
        yield
        for task in app[AGAIN]:
            task.cancel()


async def deliver(app: web.Application, activity: dict[str, Any]) -> Answer:
    """POST the activity to the bot. Never raises: an unreachable bot is an Answer too."""
    plan = plan_of(app)
    mishap = plan.draw("delivery", DELIVERY, f"{activity['type']} {activity['conversation']['id']}")
    if mishap and mishap.kind == "overtaken":
        await asyncio.sleep(plan.terms.overtaken_seconds * mishap.fraction)
    if mishap and mishap.kind == "duplicated":
        task = asyncio.create_task(_again(app, activity, mishap.fraction))
        app[AGAIN].add(task)
        task.add_done_callback(app[AGAIN].discard)
    return await _deliver(app, activity)


async def _again(app: web.Application, activity: dict[str, Any], seconds: float) -> None:
    await asyncio.sleep(seconds)
    await _deliver(app, activity)


async def _deliver(app: web.Application, activity: dict[str, Any]) -> Answer:
    bot = app[BOT]
    seconds = bot.invoke_seconds if activity["type"] == "invoke" else bot.message_seconds
    started = time.monotonic()
    answer = await _post(app[SESSION], bot.url, activity, seconds)
    app[LOG].deliver(
        at=moment(datetime.now(UTC)),
        type=activity["type"],
        name=activity.get("name", ""),
        conversation=activity["conversation"]["id"],
        sender=activity["from"]["id"],
        status=answer.status,
        milliseconds=round((time.monotonic() - started) * 1000),
    )
    return answer


async def _post(session: aiohttp.ClientSession, url: str, activity: dict[str, Any], seconds: float) -> Answer:
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with session.post(url, json=activity, timeout=timeout) as response:
            text = await response.text()
    except TimeoutError:
        return Answer(0, failure=f"The bot did not answer within {seconds:g} seconds.", timed_out=True)
    except aiohttp.ClientError as error:
        log.info("the bot cannot be reached at %s: %s", url, error)
        return Answer(0, failure="The bot cannot be reached.")
    failure = "" if response.status < 300 else f"The bot answered with HTTP {response.status}."
    return Answer(response.status, _parsed(text), failure)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


async def is_up(app: web.Application) -> bool:
    """Does anything listen at the bot's address? Any HTTP answer counts."""
    try:
        async with app[SESSION].get(app[BOT].url, timeout=aiohttp.ClientTimeout(total=2)):
            return True
    except (aiohttp.ClientError, TimeoutError):
        return False
