"""Whom the edge lets in: first the headers, before a byte of the body is read, then what the activity says of itself.

With tokens only Teams is served. Web Chat is set up with every Azure Bot, and its client, like any of Direct Line,
writes the sender and `channelData` of an activity itself, so that nothing is proved of a person ("Direct Line enhanced
authentication", learn.microsoft.com/azure/bot-service). That a missing endorsement of the channel is 403 and the rest
401 is from "Authentication with the Bot Connector API" there, and botbuilder's.

Without tokens (Anonymous) only this machine is served. The server listens on loopback alone, so that no other
machine can be the peer; but a web page in a browser here could be, by DNS rebinding. It gives itself away by `Host`
and `Origin`, which no page can choose.
"""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
    UserTokenClient,
)
from typing_extensions import override

from bot.connector import Connector
from bot.identity import BadToken, Proof, TokenCheck
from bot.settings import is_loopback

TEAMS = "msteams"


class NotServed(Exception):
    """Whoever it is, Mailroom does not serve them here: 403."""


class _Factory(ConnectorFactory):
    """Every turn sends through the same connector."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    @override
    async def create(self, service_url: str, audience: str | None) -> Connector:
        return self._connector


class Authentication(BotFrameworkAuthentication):
    """botbuilder's authentication hook over bot.identity. Without `check` (Anonymous) only loopback is served."""

    def __init__(self, connector: Connector, check: TokenCheck | None) -> None:
        self._factory = _Factory(connector)
        self._check = check

    async def check_headers(self, request: web.Request) -> Proof | None:
        """What the headers prove; None where no tokens are checked. Raises BadToken, KeysUnavailable or NotServed."""
        if self._check:
            return await self._check.check(request.headers.get("Authorization", ""))
        refuse_web_pages(request)
        return None

    def admit(self, proof: Proof | None, activity: Activity) -> AuthenticateRequestResult:
        """Holds the activity against what the headers proved. Raises BadToken or NotServed."""
        service_url, channel = activity.service_url or "", activity.channel_id or ""
        if proof:
            _hold_against(proof, service_url, channel)
        elif not is_loopback(_host(service_url)):
            raise NotServed("the service URL is not on this machine")
        result = AuthenticateRequestResult()
        result.audience = self.get_originating_audience()
        claims: dict[str, Any] = dict(proof.claims) if proof else {}
        result.claims_identity = ClaimsIdentity(claims, bool(proof))
        result.connector_factory = self._factory
        return result

    @override
    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        return self.admit(await self._check.check(auth_header) if self._check else None, activity)

    @override
    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise BadToken("streaming is not offered")

    @override
    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return self._factory

    @override
    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> UserTokenClient | None:
        """Mailroom signs nobody in."""
        return None

    @override
    def get_originating_audience(self) -> str:
        return "https://api.botframework.com"


def refuse_web_pages(request: web.Request) -> None:
    """Raises NotServed for another host's name, and for a page of another origin."""
    host = request.headers.get("Host", "")
    if not is_loopback(_host(f"//{host}")):
        raise NotServed("the request was meant for another host")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        raise NotServed("web pages are not served")


def _hold_against(proof: Proof, service_url: str, channel: str) -> None:
    """A good token of another activity is no good for this one."""
    if not service_url or proof.claims.get("serviceurl") != service_url:
        raise BadToken("the token was issued for another service URL")
    if channel != TEAMS:
        raise NotServed("only Microsoft Teams is served")
    if proof.endorsements and channel not in proof.endorsements:
        raise NotServed("the token's key is not endorsed for this channel")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
