"""What the commands work with: the database, and the line to Graph."""

import asyncio
from contextlib import AsyncExitStack

from bot.app import open_directory
from bot.clock import SystemClock
from bot.database import token_source
from bot.settings import Settings
from graph.directory import GraphDirectory
from jobs.desk import Desk, open_desk
from provisioning.placing import Terms


async def open_records(settings: Settings, stack: AsyncExitStack) -> Desk:
    """The bot's database. Raises NoDatabase and DatabaseUnavailable."""
    desk = await asyncio.to_thread(open_desk, settings.database_url, SystemClock(), token_source(settings))
    stack.callback(desk.audit.close)
    return desk


async def open_tenant(settings: Settings, stack: AsyncExitStack, desk: Desk) -> GraphDirectory:
    """What is written there is written down."""
    _, directory = await open_directory(settings, stack, record=desk.audit.record)
    return directory


def terms_of(settings: Settings) -> Terms:
    return Terms(settings.profiles, settings.default_usage_location)
