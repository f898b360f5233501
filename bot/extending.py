"""The invokes of a message extension: from Teams' words to a handler's answer, in the time that Teams gives.

Teams waits 5 seconds, and asks a form that is not answered twice more ("Respond to search command", "Respond to the
dialog submit action", learn.microsoft.com/microsoftteams/platform). So a form is answered in time and worked on behind.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from http import HTTPStatus
from typing import Any

from bot import incoming, outgoing
from bot.activity import Activity, InvokeAnswer
from bot.gate import Extend, Gate
from bot.metrics import Metrics
from cards.language import told
from handlers.extensions import Ask, ExtensionReply, Found
from handlers.requests import Card, Request
from provisioning.words import say

ASKS = {
    "composeExtension/query": Ask.QUERY,
    "composeExtension/selectItem": Ask.SELECT,
    "composeExtension/fetchTask": Ask.OPEN,
    "composeExtension/submitAction": Ask.SUBMIT,
}
SECONDS = 4.0
TOO_LONG = say("Microsoft 365 takes too long just now. Try again in a moment.")
GOES_ON = say(
    "This takes longer than usual. The cards come to your chat with Mailroom as soon as the orders are placed."
)

Json = dict[str, Any]
Start = Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
WhyNot = Callable[[Activity, Request], Awaitable[str]]


class Extending:
    """`start` runs what goes on behind an answer; `why_not` says why somebody is not served, "" for those who are."""

    def __init__(
        self, gate: Gate, extend: Extend, start: Start, metrics: Metrics | None = None, *, seconds: float = SECONDS
    ) -> None:
        self._ask = partial(gate.extend, extend=extend)
        self._start = start
        self._metrics = metrics or Metrics()
        self._seconds = seconds

    async def answer(self, activity: Activity, why_not: WhyNot) -> InvokeAnswer:
        ask = ASKS[activity.name]
        name, request = incoming.extension_request(activity)
        refusal = await why_not(activity, request)
        reply = ExtensionReply(text=refusal) if refusal else await self._in_time(ask, name, request)
        return InvokeAnswer(status=int(HTTPStatus.OK), body=_body(ask, reply))

    async def _in_time(self, ask: Ask, name: str, request: Request) -> ExtensionReply:
        work = self._start(self._measured(ask, name, request))
        done, _ = await asyncio.wait({work}, timeout=self._seconds)
        if done:
            reply: ExtensionReply = await work
            return reply
        if ask is Ask.SUBMIT:
            return ExtensionReply(text=GOES_ON)
        work.cancel()
        return ExtensionReply(text=TOO_LONG)

    async def _measured(self, ask: Ask, name: str, request: Request) -> ExtensionReply:
        started = time.perf_counter()
        outcome = "failed"
        try:
            reply = await self._ask(ask, name, request)
            outcome = "ok"
            return reply
        finally:
            self._metrics.turn(request, outcome, time.perf_counter() - started)


def _body(ask: Ask, reply: ExtensionReply) -> Json:
    """In a search Teams wants a list or a sentence, for a dialog a task."""
    if ask in (Ask.QUERY, Ask.SELECT):
        return {"composeExtension": _result(reply)}
    if reply.dialog is None:
        return {"task": {"type": "message", "value": outgoing.line(reply.text)}}
    shown = {"title": told(reply.title), "width": "medium", "height": "medium", "card": _attachment(reply.dialog)}
    return {"task": {"type": "continue", "value": shown}}


def _result(reply: ExtensionReply) -> Json:
    if not reply.found:
        return {"type": "message", "text": outgoing.line(reply.text)}
    return {"type": "result", "attachmentLayout": "list", "attachments": [_found(one) for one in reply.found]}


def _found(found: Found) -> Json:
    """An Adaptive Card needs a preview; its tap asks for what it becomes (composeExtension/selectItem)."""
    tap = {"tap": {"type": "invoke", "value": dict(found.item)}} if found.item else {}
    preview = {"title": outgoing.line(found.title), "text": outgoing.line(found.text), **tap}
    return {
        **_attachment(found.card),
        "preview": {"contentType": "application/vnd.microsoft.card.thumbnail", "content": preview},
    }


def _attachment(card: Card) -> Json:
    return {"contentType": outgoing.CARD_TYPE, "content": card}
