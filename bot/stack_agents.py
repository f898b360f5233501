"""The Microsoft 365 Agents SDK for Python 1.9, botbuilder's successor, behind the port of bot/stack.py.

Its ChannelServiceAdapter is what its CloudAdapter is without HTTP, so it has no way in of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_agents import activity as models
from microsoft_agents.hosting.core import (
    ActivityHandler,
    ChannelServiceAdapter,
    ChannelServiceClientFactoryBase,
    TurnContext,
)
from microsoft_agents.hosting.core.authorization import ClaimsIdentity
from typing_extensions import override

from bot.activity import Activity, InvokeAnswer
from bot.connector import Connector
from bot.stack import Listener, Outlet, Relay, came


class _Handler(Relay, ActivityHandler):
    """The SDK chooses the method by the kind of the activity."""


class AgentsStack:
    """A Stack."""

    def __init__(self, connector: Connector) -> None:
        self._adapter = _Adapter(Outlet(connector))

    async def run(self, activity: Activity, claims: Mapping[str, Any], listener: Listener) -> InvokeAnswer | None:
        handler = _Handler(activity, listener, models)
        identity = ClaimsIdentity(dict(claims), "Bearer" if claims else "anonymous")
        await self._adapter.process_activity(identity, came(activity, models), handler.on_turn)
        return handler.answer


class _Adapter(ChannelServiceAdapter):
    """Sends through Mailroom's own connector. A failed turn is raised: `on_turn_error` is not set."""

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(_NoClients())
        self._outlet = outlet

    @override
    async def send_activities(
        self, context: TurnContext, activities: Sequence[models.Activity]
    ) -> list[models.ResourceResponse]:
        return [_response(await self._outlet.post(one)) for one in activities]

    @override
    async def update_activity(self, context: TurnContext, activity: models.Activity) -> models.ResourceResponse:
        await self._outlet.update(activity)
        return _response(activity.id)


class _NoClient:
    """Stands for what the SDK would open and close in each turn."""

    async def close(self) -> None:
        """Nothing was opened."""


class _NoClients(ChannelServiceClientFactoryBase):
    """Mailroom signs nobody in, and `_Adapter` asks no client to send."""

    @override
    async def create_connector_client(self, *_: Any, **__: Any) -> _NoClient:
        return _NoClient()

    @override
    async def create_user_token_client(self, *_: Any, **__: Any) -> _NoClient:
        return _NoClient()


def _response(message_id: str | None) -> models.ResourceResponse:
    return models.ResourceResponse(id=message_id) if message_id else models.ResourceResponse()
