"""The composition root: the one place where settings, Graph, jobs, handlers and Teams meet."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp import web

from bot import telemetry
from bot.adapter import MailroomAdapter
from bot.clock import SystemClock
from bot.connector import Connector
from bot.database import token_source
from bot.extending import Extending
from bot.files import TeamsFiles
from bot.gate import Gate
from bot.health import HealthCheck, what_is_off
from bot.identity import SigningKeys, TokenCheck, issuer_of
from bot.limits import TeamsPacer, limits
from bot.messenger import TeamsMessenger
from bot.metrics import Metrics
from bot.outbound import outbound_token
from bot.resync import WebhookResync
from bot.seals import Seals
from bot.server import web_application
from bot.settings import AppType, Settings, in_force, read_telemetry
from bot.stack import open_stack
from bot.terminal.person import is_at_terminal
from bot.turns import Turns
from graph.client import GraphClient, open_client
from graph.credentials import credential_for
from graph.directory import GraphDirectory
from graph.granted import Missing, granted, missing
from graph.protection import Protection
from graph.writes import Recorder
from handlers import registry
from handlers.access import may_order
from handlers.extensions import extend
from handlers.profiles import warn_of_faults
from handlers.refusals import note_refusal
from handlers.requests import Services
from jobs.audit import open_audit
from jobs.engine import JobsEngine, open_jobs
from jobs.keys import server_key
from jobs.preferences import PreferenceTable
from jobs.records import CaseRecords
from jobs.stopping import in_time
from provisioning.case import Person
from provisioning.findings import Risk
from provisioning.keeping import Keep
from provisioning.placing import Terms
from provisioning.tally import NOBODY, Tally

log = logging.getLogger(__name__)

CONNECTIONS = 50  # Teams allows an app about 50 requests a second in a tenant
KEEP_ALIVE_SECONDS = 60.0
# Of the ten seconds of a stop (bot/__main__.py):
TURN_SECONDS = 1.5  # for turns in flight, after the linger
HURRY_SECONDS = 0.7  # until what was not answered by then is told so
FLUSH_SECONDS = 0.5  # for the last traces

DRAIN: web.AppKey[Callable[[float], Awaitable[None]]] = web.AppKey("drain")


@dataclass(frozen=True)
class _Line:
    """Both directions of the line to Teams."""

    connector: Connector
    adapter: MailroomAdapter


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[web.Application]:
    """Everything running, as one aiohttp application. Leaving stops it in the reverse order."""
    async with AsyncExitStack() as stack:
        _open_tracing(stack)
        clock = SystemClock()
        metrics = Metrics(registry.names())
        session = await _open_session(stack)
        line = await _open_line(settings, session, metrics, stack)
        audit = open_audit(settings.database_url, clock, metrics, token_source(settings))
        stack.callback(audit.close)
        await asyncio.to_thread(audit.prepare)
        seals = Seals(await asyncio.to_thread(server_key, audit.engine), registry.lifetimes())
        has_roles = bool(settings.viewers or settings.operators or settings.admins)
        records = CaseRecords(audit.engine, clock)
        messenger = TeamsMessenger(line.connector, seals, clock, records, has_roles=has_roles)
        client, directory = await open_directory(settings, stack, record=audit.record, tally=metrics)
        url = settings.resync_webhook_url
        resync = WebhookResync(session, url) if url else None
        terms = Terms(settings.profiles, settings.default_usage_location)
        ports = (directory, messenger, clock, settings.poll_seconds, resync, audit, metrics)
        keep = Keep(settings.retention_days, settings.audit_retention_days)
        jobs = await open_jobs(settings.database_url, *ports, mail_sender=settings.mail_sender, terms=terms, keep=keep)
        stack.push_async_callback(jobs.close)
        stack.push_async_callback(line.adapter.close)
        metrics.watch(jobs.depth)
        files = TeamsFiles(session, line.connector, seals)
        services = _services(settings, directory, jobs, messenger, clock, records, files)
        jobs.watch_schedules(partial(_may_still_order, services=services))
        refused = partial(note_refusal, services=services)
        gate = Gate(partial(registry.dispatch, services=services), seals, settings.rate_limit, refused)
        extensions = Extending(gate, partial(extend, services=services), line.adapter.start, metrics)
        secret = registry.secret_verbs()
        turns = Turns(gate, settings.tenants, line.adapter.start, metrics, secret, refused, jobs.heard_from, extensions)

        async def off() -> Sequence[Missing]:
            return missing(await granted(client))

        for one in await what_is_off(off):
            log.warning("%s", one)
        checking = asyncio.create_task(warn_of_faults(settings.profiles, directory))
        stack.callback(checking.cancel)
        health = HealthCheck({"jobs": jobs.check, "graph": directory.ping}, off=off)
        app = web_application(line.adapter, turns, health, metrics)
        app[DRAIN] = _draining(health, turns, line.adapter)
        yield app


async def _may_still_order(person: Person, services: Services) -> None:
    """Who ordered at the terminal needed no role, and has none to lose."""
    if not is_at_terminal(person):
        await may_order(person, services)


def _draining(health: HealthCheck, turns: Turns, adapter: MailroomAdapter) -> Callable[[float], Awaitable[None]]:
    """Nobody is left without an answer: what comes in the `linger` is still served, what takes too long is told so."""

    async def drain(linger: float) -> None:
        health.stop()
        await asyncio.sleep(linger)
        await adapter.rest(TURN_SECONDS)
        turns.hurry()
        await adapter.rest(HURRY_SECONDS)

    return drain


def _open_tracing(stack: AsyncExitStack) -> None:
    flush = telemetry.open_tracing(read_telemetry())
    if flush is not None:
        stack.push_async_callback(in_time, flush, FLUSH_SECONDS)


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
    pacer = TeamsPacer(limits(settings.teams_rate))
    connector = Connector(session, token, count=metrics.connector, pacer=pacer)
    sdk = open_stack(settings.stack, connector)
    return _Line(connector, MailroomAdapter(sdk, await _token_check(settings, session, stack)))


async def _token_check(settings: Settings, session: aiohttp.ClientSession, stack: AsyncExitStack) -> TokenCheck | None:
    if settings.app_type is AppType.ANONYMOUS:
        return None
    keys = SigningKeys(session, settings.openid_metadata_url)
    stack.push_async_callback(keys.close)
    await keys.warm()
    return TokenCheck(keys, settings.app_id, issuer_of(settings.login_url))


async def open_directory(
    settings: Settings, stack: AsyncExitStack, record: Recorder | None = None, tally: Tally = NOBODY
) -> tuple[GraphClient, GraphDirectory]:
    """The line to Graph, closed with `stack`; the terminal uses it as well. `record` gets what is written there."""
    credential = credential_for(
        settings.app_type.value,
        settings.tenant_id,
        settings.app_id,
        settings.app_password.get_secret_value(),
        settings.graph_base_url,
    )
    client = await stack.enter_async_context(open_client(settings.graph_base_url, credential, tally=tally))
    return client, GraphDirectory(client, Protection(settings.protected, settings.app_id), record)


def warn(settings: Settings) -> None:
    """What runs, but not as its operator may believe."""
    if settings.approval_risk != "never" and not (settings.approvers or settings.admins):
        log.warning("No second person approves risky fixes: neither MAILROOM_APPROVERS nor MAILROOM_ADMINS is set")


def _services(
    settings: Settings,
    directory: GraphDirectory,
    jobs: JobsEngine,
    messenger: TeamsMessenger,
    clock: SystemClock,
    records: CaseRecords,
    files: TeamsFiles,
) -> Services:
    return Services(
        directory=directory,
        jobs=jobs,
        messenger=messenger,
        clock=clock,
        audit=jobs.audit,
        records=records,
        preferences=PreferenceTable(jobs.audit.engine),
        bulks=jobs.bulks,
        files=files,
        schedules=jobs.schedules,
        profiles=settings.profiles,
        manners=jobs.manners,
        default_usage_location=settings.default_usage_location,
        can_resync=bool(settings.resync_webhook_url),
        viewers=settings.viewers,
        operators=settings.operators,
        admins=settings.admins,
        approvers=settings.approvers,
        approval_risk=None if settings.approval_risk == "never" else Risk(int(settings.approval_risk)),
        approval_hours=settings.approval_hours,
        allowed_tenants=settings.tenants,
        seats_warning=settings.seats_warning,
        in_force=in_force(settings),
    )
