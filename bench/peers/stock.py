"""An echo bot on botbuilder 4.17.1 as its samples write it: CloudAdapter and ActivityHandler, answering one card.

The inbound token is checked by botbuilder against our own key server. Its outbound token is a constant (msal insists
on https), which spares it work: the comparison errs in its favor.
Usage: python bench/peers/stock.py PORT SERVICES_URL APP_ID CARD_FILE
"""

import json
import sys
from pathlib import Path

from aiohttp import web
from botbuilder.core import ActivityHandler, CardFactory, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botframework.connector.auth import ChannelValidation, MicrosoftAppCredentials


class Echo(ActivityHandler):
    """Whatever is said, the answer is the card."""

    def __init__(self, card: dict) -> None:
        self._card = card

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(MessageFactory.attachment(CardFactory.adaptive_card(self._card)))


def main() -> None:
    port, services, app_id, card_file = sys.argv[1:]
    ChannelValidation.open_id_metadata_endpoint = f"{services}/openid"
    MicrosoftAppCredentials.get_access_token = lambda _self, _force_refresh=False: "bench-token"

    class Config:
        APP_ID = app_id
        APP_PASSWORD = "bench"
        APP_TYPE = "MultiTenant"

    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config()))
    bot = Echo(json.loads(Path(card_file).read_text()))

    async def messages(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)

    async def readyz(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/readyz", readyz)
    web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None)


if __name__ == "__main__":
    main()
