"""The one token that the bot shows to the Bot Connector: cached, fetched once at a time, renewed before it ends.

botbuilder 4.17.1 makes a new client, cache and token for every turn, on the event loop.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.identity import issuer_of
from bot.settings import AppType, Settings

log = logging.getLogger(__name__)

RENEW_SECONDS = 300.0
TIMEOUT = aiohttp.ClientTimeout(total=15)

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""A new token, and how many seconds it lives."""


class TokenUnavailable(Exception):
    """Entra ID gave no token; the text names its reason, never a secret."""


class OutboundToken:
    """`bearer()` is the token to send, or "" where none is needed."""

    def __init__(self, fetch: Fetch | None, now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = now
        self._token = ""
        self._ends_at = float("-inf")
        self._renewing: asyncio.Task[str] | None = None

    async def bearer(self) -> str:
        """Raises TokenUnavailable."""
        if self._fetch is None:
            return ""
        left = self._ends_at - self._now()
        if left > RENEW_SECONDS:
            return self._token
        renewing = self._renew(self._fetch)
        return self._token if left > 0 else await asyncio.shield(renewing)

    def forget(self, token: str) -> None:
        """The Connector refused `token`: the next call fetches another."""
        if token == self._token:
            self._ends_at = float("-inf")

    async def close(self) -> None:
        if self._renewing:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)

    def _renew(self, fetch: Fetch) -> asyncio.Task[str]:
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._fetch_with(fetch))
            self._renewing.add_done_callback(_consume)
        return self._renewing

    async def _fetch_with(self, fetch: Fetch) -> str:
        token, seconds = await fetch()
        self._token, self._ends_at = token, self._now() + seconds
        return token


def outbound_token(settings: Settings, session: aiohttp.ClientSession) -> OutboundToken:
    """The token source that the settings ask for."""
    if settings.app_type is AppType.ANONYMOUS:
        return OutboundToken(None)
    scope = f"{issuer_of(settings.login_url)}/.default"
    if settings.app_type is AppType.MANAGED_IDENTITY:
        return OutboundToken(_managed_identity(settings.app_id, scope))
    return OutboundToken(_client_credentials(settings, session, scope))


def _client_credentials(settings: Settings, session: aiohttp.ClientSession, scope: str) -> Fetch:
    """The OAuth 2.0 client credentials grant of the Microsoft identity platform."""
    url = f"{settings.login_url}/{settings.tenant_id}/oauth2/v2.0/token"

    async def fetch() -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.app_id,
            "client_secret": settings.app_password.get_secret_value(),
            "scope": scope,
        }
        body: Any = None
        status = 0
        try:
            async with session.post(url, data=form, timeout=TIMEOUT, allow_redirects=False) as response:
                status = response.status
                body = await response.json(content_type=None)
            return str(body["access_token"]), float(body["expires_in"])
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TokenUnavailable(f"{settings.login_url} did not answer: {type(error).__name__}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise TokenUnavailable(f"Entra ID gave no token: {_reason(body, status)}") from error

    return fetch


def _reason(body: object, status: int) -> str:
    """Entra's error code and its AADSTS number, without the rest of its text."""
    if not isinstance(body, dict):
        return f"status {status}"
    number = str(body.get("error_description", "")).partition(":")[0]
    return f"status {status}, {body.get('error', 'no reason')} {number[:20]}".strip()


def _managed_identity(client_id: str, scope: str) -> Fetch:
    async def fetch() -> tuple[str, float]:
        # Imported where it is used: it costs a quarter of a second and 20 MB.
        from azure.core.exceptions import AzureError
        from azure.identity.aio import ManagedIdentityCredential

        try:
            async with ManagedIdentityCredential(client_id=client_id) as credential:
                token = await credential.get_token(scope)
        except (AzureError, KeyError, ValueError) as error:  # the last two: an endpoint that answers something else
            raise TokenUnavailable(f"the managed identity gave no token: {type(error).__name__}") from error
        return token.token, token.expires_on - time.time()

    return fetch


def _consume(task: asyncio.Task[str]) -> None:
    """A renewal in the background that failed is tried again by the next call, while the old token still serves."""
    if not task.cancelled() and task.exception():
        log.warning("no token for the Bot Connector: %s", task.exception())
