"""Between a turn and the handlers: not too fast, only our own buttons in, only sealed cards out.

Whoever is too fast costs no Graph and no database.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot import telemetry
from bot.pace import Pace
from bot.seals import BadSeal, Seals
from handlers.extensions import Ask, ExtensionReply, Found
from handlers.requests import Card, Reply, Request
from provisioning.errors import NotAllowed
from provisioning.words import counted

log = logging.getLogger(__name__)

REFRESHES = 2  # for one message or click: what clients ask for by themselves has a measure of its own

Handle = Callable[[Request], Awaitable[Reply | None]]
Extend = Callable[[Ask, str, Request], Awaitable[ExtensionReply]]
Refused = Callable[[NotAllowed, Request], Awaitable[None]]
"""Writes a refusal into the audit trail."""


class Gate:
    """`rate_limit`: messages and clicks of a person in a minute."""

    def __init__(self, handle: Handle, seals: Seals, rate_limit: int, refused: Refused) -> None:
        self._handle = handle
        self._refused = refused
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
            await self._refused(error, replace(request, is_refresh=False))  # who calls it automatic is the client
            return None if request.is_refresh else Reply(text=error.sentence)
        with telemetry.about(checked):
            reply = await self._handle(checked)
        return self._sealed(reply, request.conversation.id) if reply else None

    async def extend(self, ask: Ask, name: str, request: Request, extend: Extend) -> ExtensionReply:
        """What a message extension asks. A dialog is for one person wherever it opens: so are its seals."""
        pace = self._refresh_pace if ask is Ask.QUERY else self._pace  # asked at every key
        wait = pace.wait(request.person.id)
        if wait:
            return ExtensionReply(text=too_fast(wait))
        dialog = f"dialog:{request.person.id}"
        if ask is Ask.SUBMIT:
            try:
                inside = replace(request, conversation=replace(request.conversation, id=dialog))
                request = replace(self._seals.check(inside), conversation=request.conversation)
            except BadSeal as error:
                log.warning("the dialog %s of %s was refused: %s", name, request.person.id, error.sentence)
                await self._refused(error, request)
                return ExtensionReply(text=error.sentence)
        reply = await extend(ask, name, replace(request, verb=""))
        card = self._seals.seal(reply.dialog, dialog) if reply.dialog else None
        return replace(reply, dialog=card, found=tuple(self._found(one, request) for one in reply.found))

    def _found(self, found: Found, request: Request) -> Found:
        return replace(found, card=self._seals.seal(found.card, request.conversation.id))

    def _sealed(self, reply: Reply, conversation_id: str) -> Reply:
        def seal(card: Card | None) -> Card | None:
            return None if card is None else self._seals.seal(card, conversation_id)

        return replace(reply, card=seal(reply.card), public=seal(reply.public))


def too_fast(seconds: float) -> str:
    return counted(
        "That is too fast for me, so I did nothing. Wait {n} second and try again.",
        "That is too fast for me, so I did nothing. Wait {n} seconds and try again.",
        math.ceil(seconds),
    )
