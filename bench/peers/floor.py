"""The floor: nothing but aiohttp. Checks the token, reads the activity, posts the card over one kept session.

Usage: python bench/peers/floor.py PORT SERVICES_URL APP_ID CARD_FILE
"""

import json
import sys
from pathlib import Path

import aiohttp
import jwt
from aiohttp import web

SESSION = web.AppKey("session", aiohttp.ClientSession)
KEYS = web.AppKey("keys", jwt.PyJWKSet)


def main() -> None:
    port, services, app_id, card_file = sys.argv[1:]
    card = json.loads(Path(card_file).read_text())

    async def messages(request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        key = request.app[KEYS][jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, algorithms=["RS256"], audience=app_id, issuer="https://api.botframework.com")
        activity = await request.json()
        conversation, bot = activity["conversation"], activity["recipient"]
        reply = {
            "type": "message",
            "from": bot,
            "recipient": activity["from"],
            "conversation": conversation,
            "replyToId": activity["id"],
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
        }
        url = f"{activity['serviceUrl']}/v3/conversations/{conversation['id']}/activities/{activity['id']}"
        headers = {"Authorization": "Bearer bench-token"}
        async with request.app[SESSION].post(url, json=reply, headers=headers) as response:
            await response.read()
        return web.Response()

    async def prepare(app: web.Application):
        async with aiohttp.ClientSession() as session:
            app[SESSION] = session
            async with session.get(f"{services}/keys") as response:
                app[KEYS] = jwt.PyJWKSet.from_dict(await response.json())
            yield

    async def readyz(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.cleanup_ctx.append(prepare)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/readyz", readyz)
    web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None)


if __name__ == "__main__":
    main()
