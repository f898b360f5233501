"""Between a turn and the handlers: not too fast, only our own buttons in, only sealed cards out.

What is turned away here has cost no Graph and no database.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.pace import Pace
from bot.seals import BadSeal, Seals
from handlers.requests import Reply, Request

log = logging.getLogger(__name__)

REFRESHES = 2  # for one message or click: what clients ask for by themselves has a measure of its own

Handle = Callable[[Request], Awaitable[Reply | None]]


class Gate:
    """`rate_limit`: messages and clicks of a person in a minute."""

    def __init__(self, handle: Handle, seals: Seals, rate_limit: int) -> None:
        self._handle = handle
        self._seals = seals
        self._pace = Pace(rate_limit)
        self._refresh_pace = Pace(rate_limit * REFRESHES)

    async def __call__(self, request: Request) -> Reply | None:
        wait = (self._refresh_pace if request.is_refresh else self._pace).wait(request.person.id)
        if wait:
            return None if request.is_refresh else Reply(text=too_fast(wait))
        try:
            checked = self._seals.check(request) if request.verb else request
        except BadSeal as error:
            log.warning("%s of %s was refused: %s", request.verb, request.person.id, error.sentence)
            return None if request.is_refresh else Reply(text=error.sentence)
        reply = await self._handle(checked)
        if reply is None or reply.card is None:
            return reply
        return replace(reply, card=self._seals.seal(reply.card, request.conversation.id))


def too_fast(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"That is too fast for me, so I did nothing. Wait {whole} second{'s' if whole > 1 else ''} and try again."
