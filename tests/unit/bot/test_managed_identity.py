"""The outbound token of a UserAssignedMSI bot, from an identity endpoint on this machine."""

import time

import pytest
from aiohttp import web
from support.activities import TENANT_ID
from support.tokens import APP_ID

from bot.outbound import TokenUnavailable, outbound_token
from bot.settings import Settings


@pytest.fixture
async def identity_endpoint(monkeypatch):
    """Azure App Service's and Container Apps' own endpoint, as azure-identity asks it; `answers` is what it says."""
    answers: dict[str, object] = {"status": 200, "asked": None}

    async def token(request: web.Request) -> web.Response:
        answers["asked"] = dict(request.query)
        body = {
            "access_token": "from-azure",
            "expires_on": str(int(time.time()) + 3600),
            "resource": request.query.get("resource"),
            "token_type": "Bearer",
        }
        return web.json_response(body if answers["status"] == 200 else {}, status=answers["status"])

    app = web.Application()
    app.router.add_get("/msi/token", token)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{runner.addresses[0][1]}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    yield answers
    await runner.cleanup()


def settings() -> Settings:
    return Settings(_env_file=None, tenant_id=TENANT_ID, app_id=APP_ID, app_type="userassignedmsi")


async def test_the_token_is_the_managed_identitys(session, identity_endpoint):
    token = outbound_token(settings(), session)
    assert await token.bearer() == "from-azure"
    assert identity_endpoint["asked"]["client_id"] == APP_ID
    assert identity_endpoint["asked"]["resource"] == "https://api.botframework.com"
    await token.close()


async def test_an_identity_that_is_not_there_is_said(session, identity_endpoint):
    identity_endpoint["status"] = 400
    with pytest.raises(TokenUnavailable, match="managed identity"):
        await outbound_token(settings(), session).bearer()
