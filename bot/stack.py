"""The port behind which Microsoft's SDK works: an activity goes in, a Listener is told, and what it says goes out.

There are two: botbuilder (bot/stack_botbuilder.py) and its successor, the Microsoft 365 Agents SDK
(bot/stack_agents.py); docs/adr/0006-way-off-botbuilder.md says why. Only the chosen one is imported. Who is let in is
settled before (bot/admission.py), and what goes out keeps Teams' limits behind it (bot/connector.py): no SDK sees a
header, holds a token, or opens a connection.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from bot import wire
from bot.activity import Account, Activity, Attachment, InvokeAnswer, Place
from bot.connector import Connector
from bot.settings import SettingsError


class Turn(Protocol):
    """An activity that came, and how to answer where it came from; also after the turn has ended."""

    @property
    def activity(self) -> Activity: ...

    async def send(self, activity: Activity) -> str:
        """Answers the new message's id. Raises what the Connector raises, as `update` does."""
        ...

    async def update(self, activity: Activity) -> None:
        """In place of the message with its id."""
        ...


class Listener(Protocol):
    """Whom the activities are for."""

    async def on_message(self, turn: Turn) -> None: ...

    async def on_invoke(self, turn: Turn) -> InvokeAnswer: ...

    async def on_installation(self, turn: Turn) -> None: ...

    async def on_members(self, turn: Turn) -> None: ...


class Stack(Protocol):
    """An SDK. `claims` are those of a token that was checked; none where no tokens are."""

    async def run(self, activity: Activity, claims: Mapping[str, Any], listener: Listener) -> InvokeAnswer | None:
        """One turn. Answers what an invoke is answered. What the listener raises is raised."""
        ...


def open_stack(name: str, connector: Connector) -> Stack:
    """Raises SettingsError where the SDK is not installed."""
    try:
        if name == "agents":
            from bot.stack_agents import AgentsStack

            return AgentsStack(connector)
        from bot.stack_botbuilder import BotbuilderStack

        return BotbuilderStack(connector)
    except ModuleNotFoundError as error:
        file = "requirements-agents.txt" if name == "agents" else "requirements.txt"
        raise SettingsError(
            f"MAILROOM_STACK is {name}, but {error.name} is not installed: pip install -r {file}"
        ) from error


# What both SDKs have in common: the methods of ActivityHandler and TurnContext, and the names in their models.


class SdkTurn:
    """A Turn on an SDK's TurnContext, which addresses the answers."""

    def __init__(self, activity: Activity, context: Any, models: Any) -> None:
        self._activity = activity
        self._context = context
        self._models = models

    @property
    def activity(self) -> Activity:
        return self._activity

    async def send(self, activity: Activity) -> str:
        sent = await self._context.send_activity(said(activity, self._models))
        return (sent.id if sent else "") or ""

    async def update(self, activity: Activity) -> None:
        await self._context.update_activity(said(activity, self._models))


class Relay:
    """Goes before an SDK's ActivityHandler, for one activity.

    The answer to an invoke is kept here: botbuilder 4.17.1 writes it as JSON twice and fails, the Agents SDK copies it.
    """

    def __init__(self, activity: Activity, listener: Listener, models: Any) -> None:
        super().__init__()
        self._activity = activity
        self._listener = listener
        self._models = models
        self.answer: InvokeAnswer | None = None

    async def on_message_activity(self, turn_context: Any) -> None:
        await self._listener.on_message(self._turn(turn_context))

    async def on_invoke_activity(self, turn_context: Any) -> None:
        self.answer = await self._listener.on_invoke(self._turn(turn_context))

    async def on_installation_update(self, turn_context: Any) -> None:
        await self._listener.on_installation(self._turn(turn_context))

    async def on_conversation_update_activity(self, turn_context: Any) -> None:
        await self._listener.on_members(self._turn(turn_context))

    def _turn(self, context: Any) -> Turn:
        return SdkTurn(self._activity, context, self._models)


class Outlet:
    """Where an SDK's adapter sends: Mailroom's own line to the Bot Connector."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def post(self, theirs: Any) -> str:
        ours = from_sdk(theirs)
        body = wire.write(ours)
        return await self._connector.post(ours.service_url, ours.conversation.id, body, ours.reply_to_id)

    async def update(self, theirs: Any) -> None:
        ours = from_sdk(theirs)
        await self._connector.update(ours.service_url, ours.conversation.id, ours.id, wire.write(ours))


_ADDRESSING = ("type", "id", "name", "channel_id", "service_url", "locale")
_SAID = ("type", "id", "text", "text_format", "summary", "channel_data")
_SENT = (*dict.fromkeys(_ADDRESSING + _SAID), "reply_to_id", "input_hint")
_ACCOUNT = ("id", "name", "aad_object_id")
_PLACE = ("id", "conversation_type", "is_group", "tenant_id")
_ATTACHMENT = ("content_type", "name", "content", "content_url")


def came(activity: Activity, models: Any) -> Any:
    """What came, as the SDK's Activity: its kind, and what an answer is addressed by. The rest it need not know."""
    return models.Activity(
        **_known(activity, _ADDRESSING),
        from_property=models.ChannelAccount(**_known(activity.sender, _ACCOUNT)),
        recipient=models.ChannelAccount(**_known(activity.recipient, _ACCOUNT)),
        conversation=models.ConversationAccount(**_known(activity.conversation, _PLACE)),
    )


def said(activity: Activity, models: Any) -> Any:
    """What Mailroom says, as the SDK's Activity; the SDK addresses it."""
    made = models.Activity(**_known(activity, _SAID))
    if activity.attachments:
        made.attachments = [models.Attachment(**_known(one, _ATTACHMENT)) for one in activity.attachments]
    return made


def from_sdk(theirs: Any) -> Activity:
    """What an SDK has addressed."""
    attached = [Attachment(**_known(one, _ATTACHMENT)) for one in theirs.attachments or ()]
    return Activity(
        **_known(theirs, _SENT),
        sender=_account(theirs.from_property),
        recipient=_account(theirs.recipient),
        conversation=Place(**_known(theirs.conversation, _PLACE)),
        attachments=attached or None,
    )


def _account(theirs: Any) -> Account | None:
    known = _known(theirs, _ACCOUNT)
    return Account(**known) if known else None


def _known(source: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What is empty is left out: the models of the Agents SDK take no empty text."""
    values = ((name, getattr(source, name, None)) for name in names)
    return {name: value for name, value in values if value not in (None, "")}
