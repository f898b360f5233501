"""What happens in a turn: an activity becomes a Request, the handler answers, the Reply becomes activities.

A plain ActivityHandler, since that class alone is the same in Microsoft's successor SDK. A handler that takes long is
never left without a sign: a message is told so in a line that the answer replaces, and a click is answered in time
(Teams gives up after some 10 s) while its outcome follows as an edit or a new message.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from typing import Any

from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes
from typing_extensions import override

from bot import incoming, outgoing, telemetry
from bot.gate import Handle, Refused
from bot.metrics import Metrics
from bot.pace import Pace
from cards.problem import problem_card
from handlers.requests import Reply, Request
from provisioning.case import Conversation, Person
from provisioning.errors import ConversationGone, MailroomError, MessageGone, NotAllowed

log = logging.getLogger(__name__)

MESSAGE_SECONDS = 2.0
INVOKE_SECONDS = 2.5
SECRET_SECONDS = 6.5  # a secret has no second way to the clicker: nearly all the time that the adapter waits
GREETED_LIMIT = 10_000
STRANGERS_A_MINUTE = 10  # refusals that one of them is told; a flood is not answered by a flood
STILL_ASKING = "Still asking Microsoft 365…"
ANSWERED = "Microsoft 365 has answered."
BELOW = "See the message below."
TOO_LONG = "Microsoft 365 takes too long just now, so nothing was shown. Press the button again."
RESTARTING = "Mailroom is being restarted, so this was not finished. Try again in a minute."
STRANGER = "Mailroom serves another organization, so it can do nothing for you here."
NAMELESS = "Teams did not say who you are, so Mailroom can do nothing for you."

Start = Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
Heard = Callable[[Conversation, Person], Awaitable[None]]
"""Told of whoever speaks to Mailroom, or adds it, and where."""


class Turns(ActivityHandler):
    """`handle` is the handlers' dispatch; `start` runs what goes on behind an answer and waits for it at the end."""

    def __init__(
        self,
        handle: Handle,
        tenants: tuple[str, ...],
        start: Start,
        metrics: Metrics | None = None,
        secret_verbs: frozenset[str] = frozenset(),
        refused: Refused | None = None,
        heard: Heard | None = None,
        *,
        message_seconds: float = MESSAGE_SECONDS,
        invoke_seconds: float = INVOKE_SECONDS,
        secret_seconds: float = SECRET_SECONDS,
    ) -> None:
        self._handle = handle
        self._tenants = frozenset(tenant.lower() for tenant in tenants)
        self._start = start
        self._metrics = metrics or Metrics()
        self._secret_verbs = secret_verbs
        self._refused = refused
        self._heard = heard
        self._message_seconds = message_seconds
        self._invoke_seconds = invoke_seconds
        self._secret_seconds = secret_seconds
        self._strangers = Pace(STRANGERS_A_MINUTE)
        self._greeted: OrderedDict[str, None] = OrderedDict()
        self._handling: set[asyncio.Task[Any] | None] = set()
        self._is_stopping = False

    def hurry(self) -> None:
        """What is not answered yet is answered now, if only with a line, and so is what still comes."""
        self._is_stopping = True
        for task in self._handling:
            if task is not None:
                task.cancel()

    @override
    async def on_turn(self, turn_context: TurnContext) -> None:
        with telemetry.turn(turn_context.activity):
            await super().on_turn(turn_context)

    @override
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        request = incoming.message_request(turn_context.activity)
        refusal = await self._refusal(turn_context.activity, request)
        if refusal:
            if not self._strangers.wait(request.person.channel_id or request.conversation.id):
                await _say(turn_context, outgoing.card_activity(problem_card(refusal)))
            return
        await self._listen(request)
        await self._answer_message(turn_context, request)

    @override
    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        activity = turn_context.activity
        if activity.name != incoming.EXECUTE:
            return InvokeResponse(status=int(HTTPStatus.NOT_IMPLEMENTED))
        try:
            request = incoming.execute_request(activity)
        except incoming.BadInvoke as error:
            return outgoing.invoke_error(HTTPStatus.BAD_REQUEST, f"This button cannot be understood: {error}.")
        refusal = await self._refusal(activity, request)
        if refusal:
            return outgoing.invoke_error(HTTPStatus.FORBIDDEN, refusal)
        await self._listen(request)
        return await self._answer_click(turn_context, request)

    @override
    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """The one event of an installation that Teams, the sandbox and the Playground all send once: greet on it.

        The Playground repeats it whenever its page is loaded, hence the memory of who was greeted.
        """
        activity = turn_context.activity
        conversation = incoming.conversation_of(activity)
        if (activity.action or "").startswith("remove"):
            self._greeted.pop(conversation.id, None)
            return
        greeting = incoming.text_request(activity, "help")
        if not self._why_not(activity):
            await self._listen(greeting)
        if conversation.is_personal and not self._why_not(activity) and self._greet_first(conversation.id):
            await self._answer_message(turn_context, greeting)

    async def _listen(self, request: Request) -> None:
        """What is owed to a chat that was gone is no reason to leave this turn without its answer."""
        if self._heard is None:
            return
        try:
            await self._heard(request.conversation, request.person)
        except MailroomError as error:
            log.warning("what %s is owed waits: %s", request.conversation.id, error.sentence)

    def _greet_first(self, conversation_id: str) -> bool:
        if conversation_id in self._greeted:
            return False
        self._greeted[conversation_id] = None
        if len(self._greeted) > GREETED_LIMIT:
            self._greeted.popitem(last=False)
        return True

    async def _refusal(self, activity: Activity, request: Request) -> str:
        """Why the sender is not served, written down; "" for those who are."""
        reason = self._why_not(activity)
        if reason and self._refused:
            await self._refused(NotAllowed(reason), request)
        return reason

    def _why_not(self, activity: Activity) -> str:
        tenants = incoming.tenants_of(activity)
        if not tenants or not tenants <= self._tenants:
            log.warning("someone of tenant %s was refused", ", ".join(sorted(tenants)) or "unknown")
            return STRANGER
        return "" if incoming.person_of(activity).id else NAMELESS

    async def _answer_message(self, context: TurnContext, request: Request) -> None:
        work = self._start(self._measured(request))
        done, _ = await asyncio.wait({work}, timeout=self._message_seconds)
        line = "" if done else await _ask_for_patience(context, with_line=not request.verb)
        reply = await work
        if reply is not None:
            await _deliver(context, reply, request.message_id if _replaces(request, reply) else line)
        elif line:
            await _deliver(context, Reply(text=ANSWERED), line)

    async def _answer_click(self, context: TurnContext, request: Request) -> InvokeResponse:
        is_secret = request.verb in self._secret_verbs
        work = self._start(self._measured(request))
        done, _ = await asyncio.wait({work}, timeout=self._secret_seconds if is_secret else self._invoke_seconds)
        if not done and is_secret:
            work.cancel()  # an answer that comes later would have to be posted, and Teams would keep it
            return outgoing.invoke_message(TOO_LONG)
        if not done:
            if not request.is_refresh:
                self._start(self._finish_click(context, request, work))
            return outgoing.invoke_message(STILL_ASKING)
        reply = await work
        if reply is not None and reply.is_new:
            self._start(_say(context, outgoing.reply_activity(reply)))
            return outgoing.invoke_message(BELOW)
        if reply is not None and reply.replace and request.message_id:
            self._start(_edit(context, reply, request.message_id))
        if reply is None:
            return outgoing.invoke_message("" if request.is_refresh else "Done.")
        return outgoing.invoke_reply(reply)

    async def _finish_click(self, context: TurnContext, request: Request, work: "asyncio.Task[Reply | None]") -> None:
        """The outcome of a click that was answered with a line."""
        reply = await work
        if reply is not None:
            await _deliver(context, reply, request.message_id if _replaces(request, reply) else "")

    async def _measured(self, request: Request) -> Reply | None:
        started = time.perf_counter()
        outcome = "failed"
        try:
            with telemetry.handling(self._metrics.command(request)):
                reply = await self._unless_stopping(request)
            outcome = "ok"
            return reply
        finally:
            self._metrics.turn(request, outcome, time.perf_counter() - started)

    async def _unless_stopping(self, request: Request) -> Reply | None:
        if self._is_stopping:
            return _cut_short(request)
        task = asyncio.current_task()
        self._handling.add(task)
        try:
            return await self._handle(request)
        except asyncio.CancelledError:
            if not self._is_stopping:
                raise
            return _cut_short(request)
        finally:
            self._handling.discard(task)


def _cut_short(request: Request) -> Reply | None:
    return None if request.is_refresh else Reply(text=RESTARTING)


def _replaces(request: Request, reply: Reply) -> bool:
    """In a 1:1 chat the clicker's view is everyone's. A mere line takes no card's place: it may still be needed."""
    has_place = bool(request.message_id) and reply.card is not None and not reply.is_new
    return has_place and (reply.replace or request.conversation.is_personal)


async def _ask_for_patience(context: TurnContext, *, with_line: bool) -> str:
    """Answers the id of the line, which the reply is to replace."""
    await _say(context, Activity(type=ActivityTypes.typing))
    return await _say(context, outgoing.text_activity(STILL_ASKING)) if with_line else ""


async def _deliver(context: TurnContext, reply: Reply, message_id: str) -> None:
    """Into the message with `message_id`, or as a new one where there is none."""
    if not message_id or not await _edit(context, reply, message_id):
        await _say(context, outgoing.reply_activity(reply))


async def _edit(context: TurnContext, reply: Reply, message_id: str) -> bool:
    activity = outgoing.reply_activity(reply)
    activity.id = message_id
    try:
        await context.update_activity(activity)
    except MessageGone:
        return False
    except MailroomError as error:
        _log_undelivered(error)
    return True


async def _say(context: TurnContext, activity: Activity) -> str:
    """Send; answers the message's id, "" where it could not be delivered."""
    try:
        sent = await context.send_activity(activity)
    except MailroomError as error:
        _log_undelivered(error)
        return ""
    return sent.id or "" if sent else ""


def _log_undelivered(error: MailroomError) -> None:
    level = logging.INFO if isinstance(error, ConversationGone) else logging.WARNING
    log.log(level, "an answer was not delivered: %s", error.sentence)
