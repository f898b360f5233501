"""botbuilder-core 4.17.1, the last of its line, behind the port of bot/stack.py.

Only public hooks are used. Its own way in and out is not: bot/adapter.py says why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from botbuilder import schema
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
    UserTokenClient,
)
from typing_extensions import override

from bot.activity import Activity, InvokeAnswer
from bot.connector import Connector
from bot.stack import Listener, Outlet, Relay, came


class _Handler(Relay, ActivityHandler):
    """botbuilder chooses the method by the kind of the activity."""


class BotbuilderStack:
    """A Stack."""

    def __init__(self, connector: Connector) -> None:
        self._factory = _Factory(connector)
        self._adapter = _Adapter(self._factory, Outlet(connector))

    async def run(self, activity: Activity, claims: Mapping[str, Any], listener: Listener) -> InvokeAnswer | None:
        handler = _Handler(activity, listener, schema)
        admitted = AuthenticateRequestResult()
        admitted.claims_identity = ClaimsIdentity(dict(claims), bool(claims))
        admitted.connector_factory = self._factory
        await self._adapter.process_activity(admitted, came(activity, schema), handler.on_turn)
        return handler.answer


class _Adapter(CloudAdapter):
    """Sends through Mailroom's own connector. A failed turn is raised: `on_turn_error` is not set."""

    def __init__(self, factory: "_Factory", outlet: Outlet) -> None:
        super().__init__(_NoOtherWayIn(factory))
        self._outlet = outlet

    @override
    async def send_activities(
        self, context: TurnContext, activities: Sequence[schema.Activity]
    ) -> list[schema.ResourceResponse]:
        return [schema.ResourceResponse(id=await self._outlet.post(one)) for one in activities]

    @override
    async def update_activity(self, context: TurnContext, activity: schema.Activity) -> schema.ResourceResponse:
        await self._outlet.update(activity)
        return schema.ResourceResponse(id=activity.id)


class _Factory(ConnectorFactory):
    """Every turn sends through the same connector."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    @override
    async def create(self, service_url: str, audience: str | None) -> Connector:
        return self._connector


class _NoOtherWayIn(BotFrameworkAuthentication):
    """botbuilder's own hook for tokens lets nobody in: whoever comes to a turn was admitted by bot.admission."""

    def __init__(self, factory: _Factory) -> None:
        self._factory = factory

    @override
    async def authenticate_request(self, activity: schema.Activity, auth_header: str) -> AuthenticateRequestResult:
        raise PermissionError("activities come in by bot.adapter alone")

    @override
    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise PermissionError("streaming is not offered")

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
