"""An echo on the Microsoft 365 Agents SDK: its CloudAdapter, token check and ActivityHandler, answering one card.

Runs in var/bench-venv. Tokens as for the stock bot: inbound ones are checked against our key server, the outbound one
is a constant.
Usage: python bench/peers/agents.py PORT SERVICES_URL APP_ID CARD_FILE
"""

import json
import sys
from pathlib import Path

from aiohttp import web
from microsoft_agents.activity import Attachment
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_middleware
from microsoft_agents.hosting.core import ActivityHandler, MessageFactory, TurnContext
from microsoft_agents.hosting.core.authorization import AgentAuthConfiguration, _entra_issuers


class Tokens:
    """The SDK's connection manager and token provider in one: always the same token."""

    def __init__(self, configuration: AgentAuthConfiguration) -> None:
        self.configuration = configuration

    def get_connection(self, _name: str) -> "Tokens":
        return self

    def get_default_connection(self) -> "Tokens":
        return self

    def get_token_provider(self, _identity, _service_url: str) -> "Tokens":
        return self

    def get_token_provider_from_activity(self, _identity, _activity) -> "Tokens":
        return self

    def get_default_connection_configuration(self) -> AgentAuthConfiguration:
        return self.configuration

    async def get_access_token(self, _resource: str, _scopes: list[str], _force_refresh: bool = False) -> str:
        return "bench-token"


class Echo(ActivityHandler):
    """Whatever is said, the answer is the card."""

    def __init__(self, card: dict) -> None:
        self._card = card

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        card = Attachment(content_type="application/vnd.microsoft.card.adaptive", content=self._card)
        await turn_context.send_activity(MessageFactory.attachment(card))


def main() -> None:
    port, services, app_id, card_file = sys.argv[1:]
    _entra_issuers.BOTFRAMEWORK_JWKS_URIS["https://api.botframework.com"] = f"{services}/keys"
    configuration = AgentAuthConfiguration(client_id=app_id, client_secret="bench")
    adapter = CloudAdapter(connection_manager=Tokens(configuration))
    bot = Echo(json.loads(Path(card_file).read_text()))

    async def messages(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)

    async def readyz(_: web.Request) -> web.Response:
        return web.Response()

    api = web.Application(middlewares=[jwt_authorization_middleware])
    api["agent_configuration"] = configuration
    api.router.add_post("/messages", messages)
    app = web.Application()
    app.add_subapp("/api", api)
    app.router.add_get("/readyz", readyz)
    web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None)


if __name__ == "__main__":
    main()
