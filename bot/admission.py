"""Whom the edge lets in: first the headers, before a byte of the body is read, then what the activity says of itself.

With tokens only Teams is served. Web Chat is set up with every Azure Bot, and its client, like any of Direct Line,
writes the sender and `channelData` of an activity itself, so that nothing is proved of a person ("Direct Line enhanced
authentication", learn.microsoft.com/azure/bot-service). That a missing endorsement of the channel is 403 and the rest
401 is from "Authentication with the Bot Connector API" there, and what botbuilder answers.

Without tokens (Anonymous) only this machine is served. The server listens on loopback alone, so that no other
machine can be the peer; but a web page in a browser here could be, by DNS rebinding. It gives itself away by `Host`
and `Origin`, which no page can choose.
"""

from urllib.parse import urlsplit

from aiohttp import web

from bot.activity import Activity
from bot.identity import BadToken, Proof, TokenCheck
from bot.settings import is_loopback

TEAMS = "msteams"


class NotServed(Exception):
    """Whoever it is, Mailroom does not serve them here: 403."""


class Door:
    """Before any SDK: what passes here is a turn. Without `check` (Anonymous) only loopback is served."""

    def __init__(self, check: TokenCheck | None) -> None:
        self._check = check

    async def check_headers(self, request: web.Request) -> Proof | None:
        """What the headers prove; None where no tokens are checked. Raises BadToken, KeysUnavailable or NotServed."""
        if self._check:
            return await self._check.check(request.headers.get("Authorization", ""))
        refuse_web_pages(request)
        return None

    def admit(self, proof: Proof | None, activity: Activity) -> None:
        """Holds the activity against what the headers proved. Raises BadToken or NotServed."""
        if self._check:
            _hold_against(proof, activity.service_url, activity.channel_id)
        elif not is_loopback(_host(activity.service_url)):
            raise NotServed("the service URL is not on this machine")


def refuse_web_pages(request: web.Request) -> None:
    """Raises NotServed for another host's name, and for a page of another origin."""
    host = request.headers.get("Host", "")
    if not is_loopback(_host(f"//{host}")):
        raise NotServed("the request was meant for another host")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        raise NotServed("web pages are not served")


def _hold_against(proof: Proof | None, service_url: str, channel: str) -> None:
    """A good token of another activity is no good for this one."""
    if proof is None:
        raise BadToken("no token was checked")
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
