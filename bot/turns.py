"""What happens in a turn: an activity becomes a Request, the handler answers, the Reply becomes activities.

A Listener of whichever SDK brings the activities (bot/stack.py). A handler that takes long is
never left without a sign: a message is told so in a line that the answer replaces, and a click is answered in time
(Teams gives up after some 10 s) while its outcome follows as an edit or a new message.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from typing import Any

from bot import extending, incoming, outgoing, telemetry
from bot.activity import TYPING, Activity, InvokeAnswer
from bot.gate import Handle, Refused
from bot.metrics import Metrics
from bot.pace import Pace
from bot.stack import Turn
from cards.problem import problem_card
from handlers import welcome
from handlers.requests import Reply, Request
from provisioning.case import Conversation, Person
from provisioning.errors import ConversationGone, MailroomError, MessageGone, NotAllowed
from provisioning.words import say

log = logging.getLogger(__name__)

TYPING_SECONDS = 1.0
MESSAGE_SECONDS = 2.0
INVOKE_SECONDS = 2.5
SECRET_SECONDS = 6.5  # a secret has no second way to the clicker: nearly all the time that the adapter waits
STRANGERS_A_MINUTE = 10  # refusals that one of them is told; a flood is not answered by a flood
STILL_ASKING = say("Still asking Microsoft 365…")
ANSWERED = say("Microsoft 365 has answered.")
BELOW = say("See the message below.")
TOO_LONG = say("Microsoft 365 takes too long just now, so nothing was shown. Press the button again.")
RESTARTING = say("Mailroom is being restarted, so this was not finished. Try again in a minute.")
STRANGER = say("Mailroom serves another organization, so it can do nothing for you here.")
NAMELESS = say("Teams did not say who you are, so Mailroom can do nothing for you.")

Start = Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
Heard = Callable[[Conversation, Person], Awaitable[None]]
"""Told of whoever speaks to Mailroom, or adds it, and where."""


class Turns:
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
        extensions: extending.Extending | None = None,
        *,
        typing_seconds: float = TYPING_SECONDS,
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
        self._extensions = extensions
        self._typing_seconds = typing_seconds
        self._heard = heard
        self._message_seconds = message_seconds
        self._invoke_seconds = invoke_seconds
        self._secret_seconds = secret_seconds
        self._strangers = Pace(STRANGERS_A_MINUTE)
        self._handling: set[asyncio.Task[Any] | None] = set()
        self._is_stopping = False

    def hurry(self) -> None:
        """What is not answered yet is answered now, if only with a line, and so is what still comes."""
        self._is_stopping = True
        for task in self._handling:
            if task is not None:
                task.cancel()

    async def on_message(self, turn: Turn) -> None:
        request = incoming.message_request(turn.activity)
        refusal = await self._refusal(turn.activity, request)
        if refusal:
            if not self._strangers.wait(request.person.channel_id or request.conversation.id):
                await _say(turn, outgoing.card_activity(problem_card(refusal)))
            return
        await self._listen(request)
        await self._answer_message(turn, request)

    async def on_invoke(self, turn: Turn) -> InvokeAnswer:
        activity = turn.activity
        if activity.name == incoming.FILE_CONSENT:
            return await self._answer_consent(turn)
        if self._extensions and activity.name in extending.ASKS:
            return await self._extensions.answer(activity, self._refusal)
        if activity.name != incoming.EXECUTE:
            return InvokeAnswer(int(HTTPStatus.NOT_IMPLEMENTED))
        try:
            request = incoming.execute_request(activity)
        except incoming.BadInvoke as error:
            return outgoing.invoke_error(
                HTTPStatus.BAD_REQUEST, say("This button cannot be understood: {reason}.", reason=error)
            )
        refusal = await self._refusal(activity, request)
        if refusal:
            return outgoing.invoke_error(HTTPStatus.FORBIDDEN, refusal)
        await self._listen(request)
        return await self._answer_click(turn, request)

    async def on_installation(self, turn: Turn) -> None:
        """Teams tells an installation by this event and by the next one, in either order; a repair or reload again."""
        is_removal = turn.activity.action.startswith("remove")
        await self._happened(turn, welcome.REMOVED if is_removal else welcome.INSTALLED)

    async def on_members(self, turn: Turn) -> None:
        activity = turn.activity
        bot_id = activity.recipient.id if activity.recipient else None
        if any(member.id == bot_id for member in activity.members_added or ()):
            await self._happened(turn, welcome.INSTALLED)
        elif any(member.id == bot_id for member in activity.members_removed or ()):
            await self._happened(turn, welcome.REMOVED)

    async def _happened(self, turn: Turn, event: str) -> None:
        if self._why_not(turn.activity):
            return
        request = incoming.event_request(turn.activity, event)
        if event == welcome.INSTALLED:
            await self._listen(request)
        reply = await self._start(self._measured(request))
        if reply is not None:
            await _deliver(turn, reply, "")

    async def _listen(self, request: Request) -> None:
        """What is owed to a chat that was gone is no reason to leave this turn without its answer."""
        if self._heard is None:
            return
        try:
            await self._heard(request.conversation, request.person)
        except MailroomError as error:
            log.warning("what %s is owed waits: %s", request.conversation.id, error.sentence)

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

    async def _answer_message(self, turn: Turn, request: Request) -> None:
        work = self._start(self._measured(request))
        line = ""
        if not await _is_done(work, self._typing_seconds):
            await _show_typing(turn, request)
            if not await _is_done(work, self._message_seconds - self._typing_seconds) and not request.verb:
                line = await _say(turn, outgoing.text_activity(STILL_ASKING))
        reply = await work
        if reply is not None:
            await _deliver(turn, reply, request.message_id if _replaces(request, reply) else line)
        elif line:
            await _deliver(turn, Reply(text=ANSWERED), line)

    async def _answer_click(self, turn: Turn, request: Request) -> InvokeAnswer:
        is_secret = request.verb in self._secret_verbs
        work = self._start(self._measured(request))
        done, _ = await asyncio.wait({work}, timeout=self._secret_seconds if is_secret else self._invoke_seconds)
        if not done and is_secret:
            work.cancel()  # an answer that comes later would have to be posted, and Teams would keep it
            return outgoing.invoke_message(TOO_LONG)
        if not done:
            if not request.is_refresh:
                self._start(self._finish_click(turn, request, work))
            return outgoing.invoke_message(STILL_ASKING)
        reply = await work
        if reply is not None and reply.is_new:
            self._start(_say(turn, outgoing.reply_activity(reply)))
            return outgoing.invoke_message(BELOW)
        if reply is not None and reply.replace and request.message_id:
            self._start(_edit(turn, reply, request.message_id))
        if reply is None:
            return outgoing.invoke_message("" if request.is_refresh else say("Done."))
        return outgoing.invoke_reply(reply)

    async def _answer_consent(self, turn: Turn) -> InvokeAnswer:
        """Teams wants a 200 soon and nothing in it; what comes of it is a message."""
        try:
            request = incoming.consent_request(turn.activity)
        except incoming.BadInvoke as error:
            log.warning("a file consent was refused: %s", error)
            return InvokeAnswer(int(HTTPStatus.BAD_REQUEST))
        if await self._refusal(turn.activity, request):
            return InvokeAnswer(int(HTTPStatus.FORBIDDEN))
        self._start(self._finish_consent(turn, request))
        return InvokeAnswer(int(HTTPStatus.OK))

    async def _finish_consent(self, turn: Turn, request: Request) -> None:
        reply = await self._measured(request)
        if reply is not None:
            await _deliver(turn, reply, "")

    async def _finish_click(self, turn: Turn, request: Request, work: "asyncio.Task[Reply | None]") -> None:
        """The outcome of a click that was answered with a line."""
        reply = await work
        if reply is not None:
            await _deliver(turn, reply, request.message_id if _replaces(request, reply) else "")

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


async def _is_done(work: "asyncio.Task[Reply | None]", seconds: float) -> bool:
    done, _ = await asyncio.wait({work}, timeout=max(0.0, seconds))
    return bool(done)


async def _show_typing(turn: Turn, request: Request) -> None:
    """Teams shows it in chats, and not in channels."""
    if request.conversation.kind != "channel":
        await _say(turn, Activity(type=TYPING))


async def _deliver(turn: Turn, reply: Reply, message_id: str) -> None:
    """Into the message with `message_id`, or as a new one where there is none."""
    if not message_id or not await _edit(turn, reply, message_id):
        await _say(turn, outgoing.reply_activity(reply))


async def _edit(turn: Turn, reply: Reply, message_id: str) -> bool:
    activity = outgoing.reply_activity(reply)
    activity.id = message_id
    try:
        await turn.update(activity)
    except MessageGone:
        return False
    except MailroomError as error:
        _log_undelivered(error)
    return True


async def _say(turn: Turn, activity: Activity) -> str:
    """Send; answers the message's id, "" where it could not be delivered."""
    try:
        return await turn.send(activity)
    except MailroomError as error:
        _log_undelivered(error)
        return ""


def _log_undelivered(error: MailroomError) -> None:
    level = logging.INFO if isinstance(error, ConversationGone) else logging.WARNING
    log.log(level, "an answer was not delivered: %s", error.sentence)
