"""The HTTP side: messages in, health and metrics out."""

from aiohttp import web

from bot.adapter import BODY_LIMIT, MailroomAdapter
from bot.health import HealthCheck
from bot.metrics import CONTENT_TYPE, Metrics
from bot.turns import Turns

MESSAGES = "/api/messages"


def web_application(adapter: MailroomAdapter, turns: Turns, health: HealthCheck, metrics: Metrics) -> web.Application:
    """The routes. Bodies above the limit are answered 413 by aiohttp itself."""

    async def messages(request: web.Request) -> web.StreamResponse:
        answer = await adapter.process(request, turns)
        metrics.answered(answer.status)
        return answer

    async def healthz(_: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.StreamResponse:
        now = await health.ask()
        off = [{"permission": one.permission, "features": list(one.features)} for one in now.off]
        body = {"status": "ok" if now.is_ready else "not ready", "parts": dict(now.parts), "off": off}
        return web.json_response(body, status=200 if now.is_ready else 503)

    async def numbers(_: web.Request) -> web.StreamResponse:
        return web.Response(body=await metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_post(MESSAGES, messages)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", numbers)
    return app
