"""The way in: POST /api/messages becomes a turn of the chosen SDK (bot/stack.py), and the turn an HTTP answer.

The SDKs' own ways in are not used. botbuilder 4.17.1 answers 500 where 400, 401, 403, 408, 413 and 415 are due; the
Agents SDK 1.9 checks the issuer of a token only where it is told to, and never holds its service URL against the
activity's.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot import incoming, telemetry, wire
from bot.activity import INVOKE, Activity, InvokeAnswer
from bot.admission import Door, NotServed
from bot.identity import BadToken, KeysUnavailable, Proof, TokenCheck
from bot.repeats import Repeats
from bot.stack import Listener, Stack
from cards.language import speaking

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
BODY_SECONDS = 15.0  # for the whole body; Teams sends it at once
PATIENCE_SECONDS = 8.0  # Teams repeats a message that is not answered in 15 s; a longer turn goes on behind the answer
STOP_SECONDS = 0.3  # for what goes on behind an answer once `rest` has waited for it


class MailroomAdapter:
    """Lets in whom `check` allows (None: no tokens are checked), and waits for what goes on behind the answers."""

    def __init__(self, stack: Stack, check: TokenCheck | None) -> None:
        self._stack = stack
        self._door = Door(check)
        self._repeats = Repeats()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def process(self, request: web.Request, listener: Listener) -> web.Response:
        """The route of POST /api/messages."""
        try:
            proof = await self._door.check_headers(request)
            if request.content_type != "application/json" or "Content-Encoding" in request.headers:
                return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json, not compressed.")
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
            activity = wire.read(wire.parse(body))
            self._door.admit(proof, activity)
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
        return await self._answer(proof, activity, listener)

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

    async def _answer(self, proof: Proof | None, activity: Activity, listener: Listener) -> web.Response:
        turn = self._repeats.find(activity)
        if turn is None:
            turn = self.start(self._turn(proof, activity, listener))
            self._repeats.keep(activity, turn)
        done, _ = await asyncio.wait({turn}, timeout=PATIENCE_SECONDS)
        if not done:
            return web.Response(status=HTTPStatus.ACCEPTED)
        return _response(turn.result())

    async def _turn(self, proof: Proof | None, activity: Activity, listener: Listener) -> InvokeAnswer | None:
        """The last resort: nothing of a failed turn reaches the HTTP answer but its status."""
        with telemetry.turn(activity), speaking(incoming.locale_of(activity)):
            try:
                answer = await self._stack.run(activity, proof.claims if proof else {}, listener)
            except Exception as error:
                log.error("a turn failed", exc_info=error)
                answer = InvokeAnswer(int(HTTPStatus.INTERNAL_SERVER_ERROR))
        return answer if activity.type == INVOKE else None

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("work behind an answer failed", exc_info=task.exception())


def _refusal(status: HTTPStatus, sentence: str) -> web.Response:
    return web.json_response({"error": {"code": status.phrase.replace(" ", ""), "message": sentence}}, status=status)


def _response(answer: InvokeAnswer | None) -> web.Response:
    if answer is None:
        return web.Response(status=HTTPStatus.OK)
    if answer.body is None:
        return web.Response(status=answer.status)
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(status=answer.status, body=body.encode("utf-8", "replace"), content_type="application/json")
