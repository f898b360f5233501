"""The Bot Connector's token service and Entra's, on this machine: RS256 tokens, OpenID metadata, keys, client secrets.

async with TokenService() as tokens:
    header = tokens.header(service_url)              # what the Connector would send
    tokens.publish(new_key("k2"))                    # a rotation: only k2 is published now
"""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

APP_ID = "6f0e1d2c-1111-4000-8000-0000000000b0"
APP_PASSWORD = "not-a-real-secret"
ISSUER = "https://api.botframework.com"


@dataclass(frozen=True)
class Key:
    """A signing key with the id under which it is published."""

    id: str
    private: rsa.RSAPrivateKey
    endorsements: tuple[str, ...] = ("msteams",)

    def jwk(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**public, "kid": self.id, "use": "sig", "endorsements": list(self.endorsements)}


@cache
def new_key(key_id: str, *endorsements: str) -> Key:
    """The same key for the same arguments: making one takes a tenth of a second."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Key(key_id, private, endorsements or ("msteams",))


def mint(key: Key, service_url: str, *, app_id: str = APP_ID, lives: float = 3600, **claims: Any) -> str:
    """A token as the Connector makes them; `claims` replace or, with None, remove."""
    now = time.time()
    content = {
        "iss": ISSUER,
        "aud": app_id,
        "serviceurl": service_url,
        "nbf": int(now - 60),
        "exp": int(now + lives),
        **claims,
    }
    kept = {name: value for name, value in content.items() if value is not None}
    return jwt.encode(kept, key.private, algorithm="RS256", headers={"kid": key.id})


class TokenService:
    """Serves /openid, /keys and /{tenant}/oauth2/v2.0/token; `counts` says how often each was asked."""

    def __init__(self) -> None:
        self.keys: list[Key] = [new_key("k1")]
        self.counts: Counter[str] = Counter()
        self.is_down = False
        self.hold = asyncio.Event()  # cleared: the keys are not answered until it is set
        self.hold.set()
        self.token_seconds = 3600
        self.url = ""
        app = web.Application()
        app.router.add_get("/openid", self._metadata)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    @property
    def metadata_url(self) -> str:
        return f"{self.url}/openid"

    def publish(self, *keys: Key) -> None:
        self.keys = list(keys)

    def header(self, service_url: str, **changes: Any) -> str:
        return f"Bearer {mint(self.keys[0], service_url, **changes)}"

    async def __aenter__(self) -> "TokenService":
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.hold.set()
        await self._runner.cleanup()

    async def _metadata(self, request: web.Request) -> web.Response:
        self.counts["metadata"] += 1
        await self.hold.wait()
        if self.is_down:
            return web.Response(status=503)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        self.counts["keys"] += 1
        return web.json_response({"keys": [key.jwk() for key in self.keys]})

    async def _token(self, request: web.Request) -> web.Response:
        self.counts["token"] += 1
        form = await request.post()
        if self.is_down:
            return web.Response(status=503, text="<html>")
        if form["client_secret"] != APP_PASSWORD or form["scope"] != f"{ISSUER}/.default":
            refusal = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
            return web.json_response(refusal, status=401)
        number = self.counts["token"]
        return web.json_response({"access_token": f"outbound-{number}", "expires_in": self.token_seconds})
