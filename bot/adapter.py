"""botbuilder's CloudAdapter on one session: HTTP in, a turn of the ActivityHandler, and activities out.

Only public hooks are used. What is replaced and why: `process` answers 400, 401, 403, 408, 413 and 415 where
4.17.1 answers 500, and writes invoke bodies itself (4.17.1 serialises them twice and fails); bot.connector sends.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Coroutine, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web
from botbuilder.core import Bot, InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ActivityTypes, ConversationReference, ResourceResponse
from botframework.connector.auth import AuthenticateRequestResult
from typing_extensions import override

from bot import wire
from bot.admission import Authentication, NotServed
from bot.connector import Connector
from bot.identity import BadToken, KeysUnavailable, TokenCheck
from bot.repeats import Repeats

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
BODY_SECONDS = 15.0  # for the whole body; Teams sends it at once
PATIENCE_SECONDS = 8.0  # Teams repeats a message that is not answered in 15 s; a longer turn goes on behind the answer
STOP_SECONDS = 0.3  # for what goes on behind an answer once `rest` has waited for it


class MailroomAdapter(CloudAdapter):
    """A CloudAdapter that keeps what can be kept between turns."""

    def __init__(self, connector: Connector, check: TokenCheck | None) -> None:
        self._door = Authentication(connector, check)
        super().__init__(self._door)
        self._connector = connector
        self._repeats = Repeats()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.on_turn_error = _log_failure

    @override
    async def process(
        self, request: web.Request, bot: Bot, ws_response: web.WebSocketResponse | None = None
    ) -> web.Response:
        """The route of POST /api/messages."""
        try:
            proof = await self._door.check_headers(request)
            if request.content_type != "application/json" or "Content-Encoding" in request.headers:
                return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json, not compressed.")
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
            activity = wire.read(wire.parse(body))
            activity.caller_id = None
            identity = self._door.admit(proof, activity)
        except BadToken as error:
            log.warning("a message was refused: %s", error)
            return _refusal(HTTPStatus.UNAUTHORIZED, "The bearer token was refused.")
        except NotServed as error:
            log.warning("a message was refused: %s", error)
            return _refusal(HTTPStatus.FORBIDDEN, f"Refused: {error}.")
        except KeysUnavailable as error:
            log.error("a message could not be checked: %s", error)
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The token cannot be checked now.")
        except TimeoutError:
            return _refusal(HTTPStatus.REQUEST_TIMEOUT, "The body did not come.")
        except (wire.WireError, web.RequestPayloadError):
            return _refusal(HTTPStatus.BAD_REQUEST, "The body is not an activity.")
        return await self._answer(identity, activity, bot)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` behind the answer; `close` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def rest(self, seconds: float) -> None:
        """Until no turn is in flight, but no longer than that."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Let the turns in flight end, then stop them."""
        await self.rest(STOP_SECONDS)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @override
    async def send_activities(self, context: TurnContext, activities: Sequence[Activity]) -> list[ResourceResponse]:
        return [await self._send(context, activity) for activity in activities]

    @override
    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        place = activity.conversation.id
        await self._connector.update(activity.service_url, place, activity.id, wire.write(activity))
        return ResourceResponse(id=activity.id)

    @override
    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        await self._connector.delete(reference.service_url, reference.conversation.id, reference.activity_id)

    async def _answer(self, identity: AuthenticateRequestResult, activity: Activity, bot: Bot) -> web.Response:
        turn = self._repeats.find(activity)
        if turn is None:
            turn = self.start(self.process_activity(identity, activity, bot.on_turn))
            self._repeats.keep(activity, turn)
        done, _ = await asyncio.wait({turn}, timeout=PATIENCE_SECONDS)
        if not done:
            return web.Response(status=HTTPStatus.ACCEPTED)
        return _response(turn.result())

    async def _send(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        if activity.type == ActivityTypes.invoke_response:
            context.turn_state[self._INVOKE_RESPONSE_KEY] = activity
            return ResourceResponse()
        if activity.type == ActivityTypes.trace:
            return ResourceResponse()
        if activity.type == "delay":
            await asyncio.sleep(float(activity.value or 1000) / 1000)
            return ResourceResponse()
        sent = await self._connector.post(
            activity.service_url, activity.conversation.id, wire.write(activity), activity.reply_to_id or ""
        )
        return ResourceResponse(id=sent)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("work behind an answer failed", exc_info=task.exception())


async def _log_failure(context: TurnContext, error: Exception) -> None:
    """The last resort: nothing of a failed turn reaches the HTTP answer but its status."""
    log.error("a turn failed", exc_info=error)
    if context.activity.type == ActivityTypes.invoke:
        answer = InvokeResponse(status=int(HTTPStatus.INTERNAL_SERVER_ERROR))
        await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=answer))


def _refusal(status: HTTPStatus, sentence: str) -> web.Response:
    return web.json_response({"error": {"code": status.phrase.replace(" ", ""), "message": sentence}}, status=status)


def _response(invoke: InvokeResponse | None) -> web.Response:
    if invoke is None:
        return web.Response(status=HTTPStatus.OK)
    if invoke.body is None:
        return web.Response(status=int(invoke.status))
    body = json.dumps(invoke.body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(
        status=int(invoke.status), body=body.encode("utf-8", "replace"), content_type="application/json"
    )
