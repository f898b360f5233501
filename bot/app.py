"""The composition root: the one place where settings, Graph, jobs, handlers and Teams meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from bot.adapter import MailroomAdapter
from bot.connector import Connector
from bot.gate import Gate
from bot.health import HealthCheck
from bot.identity import SigningKeys, TokenCheck, issuer_of
from bot.messenger import TeamsMessenger
from bot.metrics import Metrics
from bot.outbound import outbound_token
from bot.resync import WebhookResync
from bot.seals import Seals
from bot.server import web_application
from bot.settings import AppType, Settings
from bot.turns import Turns
from graph.client import GraphClient, open_client
from graph.credentials import credential_for
from graph.directory import GraphDirectory
from handlers import registry
from handlers.requests import Reply, Request, Services
from jobs.engine import JobsEngine, open_jobs
from jobs.keys import read_server_key

CONNECTIONS = 50  # Teams allows an app about 50 requests a second in a tenant
KEEP_ALIVE_SECONDS = 60.0


class SystemClock:
    """The machine's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class _Line:
    """Both directions of the line to Teams."""

    connector: Connector
    adapter: MailroomAdapter


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[web.Application]:
    """Everything running, as one aiohttp application. Leaving stops it in the reverse order."""
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        metrics = Metrics(registry.names())
        session = await _open_session(stack)
        line = await _open_line(settings, session, metrics, stack)
        seals = Seals(await asyncio.to_thread(read_server_key, settings.database_url), registry.lifetimes())
        messenger = TeamsMessenger(line.connector, seals, clock)
        _, directory = await open_directory(settings, stack)
        url = settings.resync_webhook_url
        resync = WebhookResync(session, url) if url else None
        jobs = await open_jobs(settings.database_url, directory, messenger, clock, settings.poll_seconds, resync)
        stack.push_async_callback(jobs.close)
        stack.push_async_callback(line.adapter.close)
        metrics.watch_cases(jobs.counts)
        services = _services(settings, directory, jobs, messenger, clock)

        async def handle(request: Request) -> Reply | None:
            return await registry.dispatch(request, services)

        gate = Gate(handle, seals, settings.rate_limit)
        turns = Turns(gate, settings.tenants, line.adapter.start, metrics, registry.secret_verbs())
        health = HealthCheck({"jobs": jobs.check, "graph": directory.ping})
        yield web_application(line.adapter, turns, health, metrics)


async def _open_session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    return await stack.enter_async_context(
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
    )


async def _open_line(
    settings: Settings, session: aiohttp.ClientSession, metrics: Metrics, stack: AsyncExitStack
) -> _Line:
    token = outbound_token(settings, session)
    stack.push_async_callback(token.close)
    connector = Connector(session, token, count=metrics.connector)
    return _Line(connector, MailroomAdapter(connector, await _token_check(settings, session, stack)))


async def _token_check(settings: Settings, session: aiohttp.ClientSession, stack: AsyncExitStack) -> TokenCheck | None:
    if settings.app_type is AppType.ANONYMOUS:
        return None
    keys = SigningKeys(session, settings.openid_metadata_url)
    stack.push_async_callback(keys.close)
    await keys.warm()
    return TokenCheck(keys, settings.app_id, issuer_of(settings.login_url))


async def open_directory(settings: Settings, stack: AsyncExitStack) -> tuple[GraphClient, GraphDirectory]:
    """The line to Graph, closed with `stack`; the terminal uses it as well."""
    credential = credential_for(
        settings.app_type.value,
        settings.tenant_id,
        settings.app_id,
        settings.app_password.get_secret_value(),
        settings.graph_base_url,
    )
    client = await stack.enter_async_context(open_client(settings.graph_base_url, credential))
    return client, GraphDirectory(client)


def _services(
    settings: Settings, directory: GraphDirectory, jobs: JobsEngine, messenger: TeamsMessenger, clock: SystemClock
) -> Services:
    return Services(
        directory=directory,
        jobs=jobs,
        messenger=messenger,
        clock=clock,
        default_usage_location=settings.default_usage_location,
        can_resync=bool(settings.resync_webhook_url),
        viewers=settings.viewers,
        operators=settings.operators,
        admins=settings.admins,
        allowed_tenants=settings.tenants,
    )
