"""What stands around a bot in a benchmark, in a process of its own: who signs tokens, and the Bot Connector.

Usage: python bench/services.py PORT. Everything is kept in memory; the key is new at every start.
"""

import sys
import time

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"
KEY_ID = "bench-1"


class Services:
    """Counts what the bot sends and remembers the newest card."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.posts = 0
        self.updates = 0
        self.last_card: dict | None = None

    def routes(self) -> list[web.RouteDef]:
        conversations = "/connector/v3/conversations"
        return [
            web.get("/openid", self.openid),
            web.get("/keys", self.keys),
            web.get("/inbound-token", self.inbound_token),
            web.post("/{tenant}/oauth2/v2.0/token", self.outbound_token),
            web.post(conversations + "/{conversation}/activities", self.post),
            web.post(conversations + "/{conversation}/activities/{activity}", self.post),
            web.put(conversations + "/{conversation}/activities/{activity}", self.update),
            web.get("/counters", self.counters),
            web.get("/last-card", self.card),
        ]

    async def openid(self, _: web.Request) -> web.Response:
        algorithms = ["RS256"]
        document = {
            "issuer": ISSUER,
            "jwks_uri": f"{self.base_url}/keys",
            "id_token_signing_alg_values_supported": algorithms,
        }
        return web.json_response(document)

    async def keys(self, _: web.Request) -> web.Response:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response(
            {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}]}
        )

    async def inbound_token(self, request: web.Request) -> web.Response:
        """A token as the Bot Connector sends it with each activity."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": request.query["app_id"],
            "serviceurl": f"{self.base_url}/connector",
            "nbf": now - 300,
            "exp": now + 3600,
        }
        return web.json_response({"token": jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": KEY_ID})})

    async def outbound_token(self, _: web.Request) -> web.Response:
        return web.json_response({"token_type": "Bearer", "expires_in": 3600, "access_token": "bench-token"})

    async def post(self, request: web.Request) -> web.Response:
        activity = await request.json()
        if activity.get("type") != "message":
            return web.json_response({"id": "typing"})
        self.posts += 1
        self._remember(activity)
        return web.json_response({"id": f"reply-{self.posts}"})

    async def update(self, request: web.Request) -> web.Response:
        self.updates += 1
        self._remember(await request.json())
        return web.json_response({"id": request.match_info["activity"]})

    def _remember(self, activity: dict) -> None:
        for attachment in activity.get("attachments") or ():
            self.last_card = attachment["content"]

    async def counters(self, _: web.Request) -> web.Response:
        return web.json_response({"posts": self.posts, "updates": self.updates})

    async def card(self, _: web.Request) -> web.Response:
        return web.json_response(self.last_card)


def main() -> None:
    port = int(sys.argv[1])
    app = web.Application()
    app.add_routes(Services(f"http://127.0.0.1:{port}").routes())
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()
