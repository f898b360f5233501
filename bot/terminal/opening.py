"""What the commands work with: the database, and the line to Graph."""

import asyncio
from contextlib import AsyncExitStack

from bot.app import open_directory
from bot.clock import SystemClock
from bot.database import token_source
from bot.settings import Settings
from graph.directory import GraphDirectory
from jobs.audit import open_audit
from jobs.desk import Desk, open_desk
from provisioning.placing import Terms


async def open_records(settings: Settings, stack: AsyncExitStack) -> Desk:
    """The database, brought up to date. Raises DatabaseUnavailable."""
    clock = SystemClock()
    audit = open_audit(settings.database_url, clock, token=token_source(settings))
    stack.callback(audit.close)
    await asyncio.to_thread(audit.prepare)
    return open_desk(audit, clock)


async def open_tenant(settings: Settings, stack: AsyncExitStack, desk: Desk) -> GraphDirectory:
    """What is written there is written down."""
    _, directory = await open_directory(settings, stack, record=desk.audit.record)
    return directory


def terms_of(settings: Settings) -> Terms:
    return Terms(settings.profiles, settings.default_usage_location)
