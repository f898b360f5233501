"""The Bot Connector's REST calls that Mailroom needs: one session, one token, bounded retries, our own errors.

Paths from "Bot Connector REST API reference"; which statuses to retry and how from "Rate limiting for bots" (both on
learn.microsoft.com), error codes from the "Status codes from bot conversational APIs" there. Calls keep Teams' limits
(bot/limits.py). botbuilder 4.17.1 opens a connection a reply, in six threads, and with urllib3 2 retries nothing.
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.limits import TeamsPacer, cost_of, thread_of
from bot.outbound import OutboundToken, TokenUnavailable
from provisioning.errors import ConversationGone, MailroomError, MessageGone, MessageRefused, MessengerUnavailable
from provisioning.priority import Priority, priority
from provisioning.words import say

log = logging.getLogger(__name__)

RETRIED = frozenset({412, 429, 502, 503, 504})
TRANSIENT = frozenset({401, 408, *RETRIED})  # of the 4xx: not about this message
# Long, since a message whose answer is not awaited may come twice; a turn or the outbox holds up nobody else meanwhile.
TIMEOUT = aiohttp.ClientTimeout(total=40, connect=5)
GONE = {
    "BotNotInConversationRoster": say("Mailroom was removed from this chat."),
    "MessageWritesBlocked": say("Mailroom was blocked or uninstalled in this chat."),
    "ConversationBlockedByUser": say("Mailroom was blocked in this chat."),
    "BotDisabledByAdmin": say("An admin has blocked Mailroom for these people."),
    "ConversationNotFound": say("Teams knows this chat no more."),
}

Count = Callable[[str, str], None]
"""Counts an operation and its outcome."""


@dataclass(frozen=True)
class Patience:
    """How often to try, and how long to wait: exponential with jitter unless the Connector names a time.

    For whoever waits for the answer. What the outbox sends is tried once: its row is what is tried again.
    """

    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 10.0

    def wait_after(self, attempt: int, asked: float | None) -> float | None:
        """Seconds before the next attempt; None to give up. A longer wait than ours is left to the caller."""
        if attempt >= self.attempts or (asked or 0.0) > self.longest_wait:
            return None
        if asked is not None:
            return asked
        return min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0)


@dataclass(frozen=True)
class _Answer:
    status: int
    body: dict[str, Any]
    retry_after: float | None

    @property
    def code(self) -> str:
        error = self.body.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""


@dataclass(frozen=True)
class _Call:
    """One operation. `is_update` says whose absence a 404 means: the message's, not the conversation's."""

    name: str
    method: str
    url: URL
    thread: str  # whose limits count
    body: bytes = b""

    @property
    def is_update(self) -> bool:
        return self.method in ("PUT", "DELETE")


def _count_nothing(operation: str, outcome: str) -> None:
    """The default: nobody counts."""


class Connector:
    """Posts, updates, deletes. Raises ConversationGone, MessageGone, MessageRefused, MessengerUnavailable.

    Each call waits for its turn, by provisioning.priority; where that takes too long, MessengerUnavailable tells.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: OutboundToken,
        patience: Patience = Patience(),
        count: Count = _count_nothing,
        pacer: TeamsPacer | None = None,
    ) -> None:
        self._session = session
        self._token = token
        self._patience = patience
        self._count = count
        self._pacer = pacer or TeamsPacer()

    async def post(self, service_url: str, conversation_id: str, activity: bytes, reply_to: str = "") -> str:
        """A new message, as a reply to `reply_to` if given; answers its id."""
        path = f"{_conversation(conversation_id)}/activities" + (f"/{_part(reply_to)}" if reply_to else "")
        answer = await self._run(_Call("post", "POST", _url(service_url, path), thread_of(conversation_id), activity))
        return str(answer.get("id") or "")

    async def update(self, service_url: str, conversation_id: str, activity_id: str, activity: bytes) -> None:
        url = _activity_url(service_url, conversation_id, activity_id)
        await self._run(_Call("update", "PUT", url, thread_of(conversation_id), activity))

    async def delete(self, service_url: str, conversation_id: str, activity_id: str) -> None:
        url = _activity_url(service_url, conversation_id, activity_id)
        await self._run(_Call("delete", "DELETE", url, thread_of(conversation_id)))

    async def create_conversation(self, service_url: str, parameters: dict[str, Any]) -> str:
        """The id of the 1:1 chat with the member in `parameters`; Teams answers the same one every time."""
        body, member = json.dumps(parameters).encode(), str(parameters["members"][0]["id"])
        answer = await self._run(_Call("create", "POST", _url(service_url, "/v3/conversations"), member, body))
        if not answer.get("id"):
            raise MessengerUnavailable(say("Teams opened no chat: its answer names none."))
        return str(answer["id"])

    async def _run(self, call: _Call) -> dict[str, Any]:
        try:
            answer = await self._try(call)
        except MailroomError as error:
            self._count(call.name, type(error).__name__)
            raise
        self._count(call.name, "ok")
        return answer

    async def _try(self, call: _Call) -> dict[str, Any]:
        """All attempts. A POST whose outcome is unknown is never sent again: that would say everything twice."""
        attempt = 0
        while True:
            attempt += 1
            asked: float | None = None
            failure: MailroomError
            try:
                answer = await self._ask_in_turn(call)
            except aiohttp.ClientConnectorError as error:  # never sent, so safe to send again
                failure = _unreachable(error)
            except (aiohttp.ClientError, TimeoutError) as error:
                if not call.is_update:
                    raise _unreachable(error) from error
                failure = _unreachable(error)
            else:
                if answer.status < 300:
                    return answer.body
                # A 429 has closed the pacer, which holds the next attempt back by itself.
                failure, asked = _error_of(call, answer), 0.0 if answer.status == 429 else answer.retry_after
                if answer.status not in RETRIED:
                    raise failure
            wait = self._patience.wait_after(attempt, asked) if priority() is Priority.INTERACTIVE else None
            if wait is None:
                raise failure
            log.info("%s of a message tried again in %.1f s: %s", call.name, wait, failure.sentence)
            self._count(call.name, "retried")
            await asyncio.sleep(wait)

    async def _ask_in_turn(self, call: _Call) -> _Answer:
        cost = cost_of(call.thread)
        late = self._pacer.too_long(cost)
        if late is not None:
            raise MessengerUnavailable(
                say("Teams takes nothing more in this chat for {seconds} s.", seconds=f"{late:.0f}"), late
            )
        async with self._pacer.turn(cost):
            answer = await self._ask(call)
        if answer.status == 429:
            self._pacer.refuse(call.thread, answer.retry_after)
        elif answer.status < 500:
            self._pacer.accept(cost)
        return answer

    async def _ask(self, call: _Call) -> _Answer:
        """One attempt, or two where the token had been revoked before its time."""
        token = await self._bearer()
        answer = await self._send(call, token)
        if answer.status != 401 or not token:
            return answer
        self._token.forget(token)
        return await self._send(call, await self._bearer())

    async def _bearer(self) -> str:
        try:
            return await self._token.bearer()
        except TokenUnavailable as error:
            raise MessengerUnavailable(say("The bot cannot sign in to Teams: {reason}.", reason=error)) from error

    async def _send(self, call: _Call, token: str) -> _Answer:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = self._session.request(
            call.method, call.url, data=call.body or None, headers=headers, timeout=TIMEOUT, allow_redirects=False
        )
        async with request as response:
            return _Answer(response.status, _json_object(await response.read()), _seconds(response.headers))


def _url(service_url: str, path: str) -> URL:
    return URL(service_url.rstrip("/") + path, encoded=True)


def _activity_url(service_url: str, conversation_id: str, activity_id: str) -> URL:
    return _url(service_url, f"{_conversation(conversation_id)}/activities/{_part(activity_id)}")


def _conversation(conversation_id: str) -> str:
    return f"/v3/conversations/{_part(conversation_id)}"


def _part(text: str) -> str:
    return quote(text, safe="")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _seconds(headers: Any) -> float | None:
    """Retry-After: seconds, or a date (RFC 9110)."""
    value = str(headers.get("Retry-After", "")).strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _unreachable(error: Exception) -> MessengerUnavailable:
    return MessengerUnavailable(say("Teams did not answer: {kind}.", kind=type(error).__name__))


def _error_of(call: _Call, answer: _Answer) -> MailroomError:
    """403 and 404 as Teams means them; ActivityNotFoundInConversation comes with 400 as well as with 404."""
    if answer.code == "ActivityNotFoundInConversation":
        return MessageGone(say("The message is no longer there."))
    if answer.status == 404 and call.is_update and answer.code != "ConversationNotFound":
        return MessageGone(say("The message is no longer there."))
    if answer.status in (403, 404):
        return ConversationGone(GONE.get(answer.code, say("Teams does not let Mailroom write in this chat any more.")))
    if call.name == "create" and answer.status == 400:
        return ConversationGone(say("Teams knows no 1:1 chat with this person."))
    reason = f"{answer.status}, {answer.code}" if answer.code else str(answer.status)
    sentence = say("Teams did not take the message: {reason}.", reason=reason)
    if 400 <= answer.status < 500 and answer.status not in TRANSIENT:
        return MessageRefused(sentence)
    return MessengerUnavailable(sentence, answer.retry_after)
