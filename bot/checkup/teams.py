"""The line from Teams and to Teams: the messaging endpoint as Teams sees it, the app package, the bot's own token."""

import asyncio
import json
import ssl
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.checkup import SECONDS, Found, failed, ok, skipped, warning, within
from bot.identity import LEEWAY_SECONDS, KeysUnavailable, SigningKeys
from bot.outbound import TokenUnavailable, outbound_token
from bot.server import MESSAGES
from bot.settings import AppType, Settings

SOON_DAYS = 14
SOME_SECONDS = 30.0
SECRET = "Check MAILROOM_APP_ID, MAILROOM_APP_PASSWORD or the managed identity; docs/operate.md, Keys and secrets."  # noqa: S105
REACH = "See that this machine reaches the address; docs/runbooks/teams-refuses.md."
START = "Start the bot, or correct --url; docs/runbooks/down.md."


@dataclass(frozen=True)
class Place:
    """Where the bot is looked for. `is_public`: as Teams finds it; otherwise on this machine."""

    url: str
    is_public: bool

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def place_of(settings: Settings, url: str) -> Place:
    if url:
        return Place(url.rstrip("/").removesuffix(MESSAGES), is_public=True)
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return Place(f"http://{f'[{host}]' if ':' in host else host}:{settings.port}", is_public=False)


async def check_teams(settings: Settings, place: Place, package: Path | None) -> list[Found]:
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=SECONDS), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        return list(
            await asyncio.gather(
                within("endpoint.tls", _tls(place), "Get a certificate that Teams trusts, for this very name."),
                within("endpoint.healthz", _healthz(session, place), START),
                within("endpoint.readyz", _readyz(session, place), START),
                within("endpoint.messages", _messages(session, place, settings), START),
                within("endpoint.package", _package(package, place, settings), "Make the package anew: make package."),
                within("teams.token", _token(session, settings), SECRET),
                within("teams.keys", _keys(session, settings), REACH),
                within("teams.clock", _clock(session, settings), REACH),
            )
        )


async def _tls(place: Place) -> Found:
    """The certificate as anybody sees it."""
    if not place.is_public:
        return skipped("endpoint.tls", "Only this machine was asked.", "Say --url https://your.host.")
    if not place.url.startswith("https://"):
        return failed("endpoint.tls", f"{place.url} is not https.", "Teams sends nothing over plain http: use https.")
    try:
        _, writer = await asyncio.open_connection(place.host, urlsplit(place.url).port or 443, ssl=_context())
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or type(error).__name__
        return failed(
            "endpoint.tls", f"The certificate of {place.host} is refused: {why}.", "Get one that Teams trusts."
        )
    tls = writer.get_extra_info("ssl_object")
    ends, spoken = ssl.cert_time_to_seconds(str(tls.getpeercert()["notAfter"])), tls.version()
    writer.close()
    days = (ends - time.time()) / 86_400
    told = f"{place.host} speaks {spoken}; its certificate is good for {days:.0f} more days."
    return warning("endpoint.tls", told, "Renew it.") if days < SOON_DAYS else ok("endpoint.tls", told)


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # what Teams speaks at least
    return context


async def _healthz(session: aiohttp.ClientSession, place: Place) -> Found:
    status, _ = await _get(session, f"{place.url}/healthz")
    if status == 200:
        return ok("endpoint.healthz", f"A bot answers at {place.url}.")
    return failed("endpoint.healthz", _answered(f"{place.url}/healthz", status), START)


async def _readyz(session: aiohttp.ClientSession, place: Place) -> Found:
    status, body = await _get(session, f"{place.url}/readyz")
    parts = body.get("parts") if isinstance(body, dict) else None
    if status == 200:
        return ok("endpoint.readyz", "It is ready.")
    if isinstance(parts, dict):
        bad = ", ".join(f"{name}: {state}" for name, state in parts.items() if state != "ok")
        return failed("endpoint.readyz", f"It is not ready ({bad}).", "Its log says more; see also the lines above.")
    if not status:
        return failed("endpoint.readyz", _answered(f"{place.url}/readyz", status), START)
    remedy = "A proxy may let /api/messages through alone; then ask on the machine itself, without --url."
    return warning("endpoint.readyz", _answered(f"{place.url}/readyz", status), remedy)


async def _messages(session: aiohttp.ClientSession, place: Place, settings: Settings) -> Found:
    """Without a token. A bot that answers anything but 401 is not ours, or not what answers."""
    name, url = "endpoint.messages", f"{place.url}{MESSAGES}"
    if settings.app_type is AppType.ANONYMOUS:
        return skipped(name, "MAILROOM_APP_TYPE is Anonymous: it asks for no token.")
    try:
        async with session.post(url, json={}, allow_redirects=False) as answer:
            status = answer.status
    except aiohttp.ClientError as error:
        return failed(name, f"{url} does not answer: {type(error).__name__}.", START)
    if status == 401:
        return ok(name, f"{url} refuses whoever has no token (401).")
    if status < 300:
        return failed(name, f"{url} took a message without a token ({status}).", "Stop it: that is not this bot.")
    remedy = "Something in between answers: a proxy's rule, a gateway, another path. It has to reach the bot."
    return failed(name, _answered(url, status), remedy)


async def _package(package: Path | None, place: Place, settings: Settings) -> Found:
    """What Teams was told about where the bot is and which."""
    name = "endpoint.package"
    if package is None:
        where = place.host if place.is_public else "the bot's host"
        told = f"The app package must name the bot {settings.app_id or '(none)'} and the valid domain {where}."
        return skipped(name, told, "Say --package FILE.zip to have it looked at.")
    try:
        with zipfile.ZipFile(package) as archive:
            manifest = json.loads(archive.read("manifest.json"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        return failed(name, f"{package} is no app package: {type(error).__name__}.", "Make it anew: make package.")
    bots = {one.get("botId") for one in manifest.get("bots", ())}
    domains = manifest.get("validDomains", [])
    if settings.app_id not in bots:
        return failed(
            name, f"It is for another bot: {', '.join(map(str, bots))}.", f"make package APP_ID={settings.app_id}"
        )
    if place.is_public and place.host not in domains:
        return failed(
            name, f"Its valid domains are {', '.join(domains)}, not {place.host}.", f"make package DOMAIN={place.host}"
        )
    return ok(name, f"Version {manifest.get('version')}, for this bot, valid at {', '.join(domains)}.")


async def _token(session: aiohttp.ClientSession, settings: Settings) -> Found:
    if settings.app_type is AppType.ANONYMOUS:
        return skipped("teams.token", "MAILROOM_APP_TYPE is Anonymous: none is needed.")
    token = outbound_token(settings, session)
    try:
        await token.bearer()
    except TokenUnavailable as error:
        return failed("teams.token", f"No token for the Bot Connector: {error}.", SECRET)
    finally:
        await token.close()
    told = f"Entra gives app {settings.app_id} a token for the Bot Connector."
    return ok("teams.token", f"{told} Whether a bot is registered for it, Azure alone knows.")


async def _keys(session: aiohttp.ClientSession, settings: Settings) -> Found:
    if settings.app_type is AppType.ANONYMOUS:
        return skipped("teams.keys", "MAILROOM_APP_TYPE is Anonymous: none is needed.")
    keys = SigningKeys(session, settings.openid_metadata_url)
    try:
        await keys.fetch()
    except KeysUnavailable as error:
        return failed("teams.keys", f"{str(error)[:1].upper()}{str(error)[1:]}. Every message is refused.", REACH)
    finally:
        await keys.close()
    return ok("teams.keys", "The keys by which Teams signs are there.")


async def _clock(session: aiohttp.ClientSession, settings: Settings, now: Callable[[], float] = time.time) -> Found:
    """Tokens are good for a time, by this machine's clock."""
    if settings.app_type is AppType.ANONYMOUS:
        return skipped("teams.clock", "MAILROOM_APP_TYPE is Anonymous: no token is checked.")
    try:
        async with session.get(settings.openid_metadata_url) as answer:
            theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (aiohttp.ClientError, KeyError, ValueError) as error:
        return skipped("teams.clock", f"Nobody said the time: {type(error).__name__}.")
    off = now() - theirs
    told, remedy = f"This machine's clock is {abs(off):.0f} seconds off.", "Set it by NTP."
    if abs(off) > LEEWAY_SECONDS:
        return failed("teams.clock", f"{told} Good tokens are refused.", remedy)
    return warning("teams.clock", told, remedy) if abs(off) > SOME_SECONDS else ok("teams.clock", told)


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    """The status, 0 where nobody answers, and the JSON, if it is some."""
    try:
        async with session.get(url, allow_redirects=False) as answer:
            text = await answer.text()
            status = answer.status
    except aiohttp.ClientError:
        return 0, None
    try:
        return status, json.loads(text)
    except ValueError:
        return status, None


def _answered(url: str, status: int) -> str:
    return f"{url} answered {status}." if status else f"{url} does not answer."
