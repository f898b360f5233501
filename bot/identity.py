"""Who is speaking: the inbound token of the Bot Connector, checked by our own few rules.

The rules are those of "Authentication with the Bot Connector API" (learn.microsoft.com/azure/bot-service/rest-api):
RS256 by a key that the Connector publishes, its issuer, our app id as audience, a time that is now, the activity's
service URL in the token, and the channel among the key's endorsements. botbuilder 4.17.1 answers 500 to an expired or
forged token, never sees a new key for a day, and fetches keys on the event loop.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
from jwt.algorithms import RSAAlgorithm

from bot.settings import is_safe_url

log = logging.getLogger(__name__)

ISSUER = "https://api.botframework.com"
GOVERNMENT_ISSUER = "https://api.botframework.us"
LEEWAY_SECONDS = 300
KEYS_LIVE_SECONDS = 24 * 3600.0
UNKNOWN_KEY_SECONDS = 300.0  # between two fetches that an unknown key id caused
FAILED_FETCH_SECONDS = 5.0  # between two fetches while the key server does not answer
FETCH_TIMEOUT = aiohttp.ClientTimeout(total=10)
TOKEN_LIMIT = 16 * 1024

Claims = Mapping[str, Any]


class BadToken(PermissionError):
    """The caller did not prove to be the Bot Connector: 401."""


class KeysUnavailable(Exception):
    """The Connector's keys could not be fetched, so nobody can be believed now: 503."""


@dataclass(frozen=True)
class SigningKey:
    """A published key, parsed once."""

    key: Any
    endorsements: frozenset[str]


@dataclass(frozen=True)
class Proof:
    """What a good token says: its claims, and the channels that its key may speak for."""

    claims: Claims
    endorsements: frozenset[str]


def issuer_of(login_url: str) -> str:
    """The Bot Framework service that belongs to a cloud's login address."""
    return GOVERNMENT_ISSUER if login_url.endswith(".us") else ISSUER


class SigningKeys:
    """The Connector's keys by key id: fetched once, refreshed in the background, and at once for a new key id."""

    def __init__(
        self, session: aiohttp.ClientSession, metadata_url: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._metadata_url = metadata_url
        self._now = now
        self._keys: dict[str, SigningKey] = {}
        self._fetched_at = float("-inf")
        self._failed_at = float("-inf")
        self._looked_for_unknown_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, key_id: str) -> SigningKey:
        """Raises BadToken for a key that is not published, KeysUnavailable while none could be fetched."""
        known = self._keys.get(key_id)
        if known is None:
            await self._look_again()
            known = self._keys.get(key_id)
        elif self._now() - self._fetched_at > KEYS_LIVE_SECONDS:
            self._start_fetch()
        if known is None:
            raise BadToken("the token is signed with a key that the Bot Connector does not publish")
        return known

    async def warm(self) -> None:
        """Fetch the keys before the first token comes. A failure is logged: the first token tries again."""
        try:
            await self.fetch()
        except KeysUnavailable as error:
            log.warning("%s; the next message tries again", error)

    async def fetch(self) -> None:
        """One fetch at a time, however many wait for it."""
        await asyncio.shield(self._start_fetch())

    async def close(self) -> None:
        if self._fetching:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _look_again(self) -> None:
        if not self._keys:
            await self.fetch()
            return
        is_fetching = self._fetching is not None and not self._fetching.done()
        if not is_fetching and self._now() - self._looked_for_unknown_at < UNKNOWN_KEY_SECONDS:
            return
        await self.fetch()  # one that fails does not count: the next key id may be the new one
        self._looked_for_unknown_at = self._now()

    def _start_fetch(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(_consume)
        return self._fetching

    async def _fetch(self) -> None:
        if self._now() - self._failed_at < FAILED_FETCH_SECONDS:
            raise KeysUnavailable("the Bot Connector's keys could not be fetched a moment ago")
        try:
            metadata = await self._get_json(self._metadata_url)
            keys = _parse(await self._get_json(_jwks_url(metadata)))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self._failed_at = self._now()
            raise KeysUnavailable(f"the Bot Connector's keys could not be fetched: {type(error).__name__}") from error
        self._keys, self._fetched_at = keys, self._now()
        log.info("%d keys of the Bot Connector fetched", len(keys))

    async def _get_json(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, timeout=FETCH_TIMEOUT, raise_for_status=True) as response:
            body = await response.json(content_type=None)
        if not isinstance(body, dict):
            raise ValueError(f"{url} is not a JSON object")
        return body


class TokenCheck:
    """Checks the Authorization header of an incoming activity."""

    def __init__(self, keys: SigningKeys, app_id: str, issuer: str = ISSUER) -> None:
        self._keys = keys
        self._app_id = app_id
        self._issuer = issuer

    async def check(self, header: str) -> Proof:
        """By the header alone: who signed, for whom, when. Raises BadToken or KeysUnavailable."""
        token = _bearer(header)
        key = await self._keys.get(_key_id(token))
        return Proof(self._verify(token, key), key.endorsements)

    def _verify(self, token: str, key: SigningKey) -> Claims:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "nbf", "iss", "aud"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise BadToken(f"the token is not valid: {type(error).__name__}") from error


def _bearer(header: str) -> str:
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > TOKEN_LIMIT:
        raise BadToken("no bearer token")
    return token.strip()


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise BadToken("the bearer token is no JSON Web Token") from error
    key_id = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(key_id, str):
        raise BadToken("the token is not signed as the Bot Connector signs")
    return key_id


def _jwks_url(metadata: Mapping[str, Any]) -> str:
    url = metadata.get("jwks_uri")
    if not isinstance(url, str) or not is_safe_url(url):
        raise ValueError("the OpenID metadata names no https jwks_uri")
    return url


def _parse(document: Mapping[str, Any]) -> dict[str, SigningKey]:
    keys: dict[str, SigningKey] = {}
    for entry in document.get("keys") or ():
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
            continue
        try:
            parsed = RSAAlgorithm.from_jwk(entry)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            log.warning("a key of the Bot Connector could not be read")
            continue
        keys[entry["kid"]] = SigningKey(parsed, frozenset(entry.get("endorsements") or ()))
    if not keys:
        raise ValueError("no usable keys")
    return keys


def _consume(task: asyncio.Task[None]) -> None:
    """A refresh in the background that failed is no unhandled error: the old keys stay, the next use tries again."""
    if not task.cancelled() and task.exception():
        log.info("keys not refreshed: %s", task.exception())
