"""From what Graph answered, or from what broke on the way, to provisioning's errors with a sentence for the operator.

Bodies of requests never come near here: they may hold passwords.
"""

import email.utils
import math
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp
import httpx
from azure.core.exceptions import AzureError, ClientAuthenticationError

from graph.answers import Answer, Call, Json
from graph.permissions import permission_for
from provisioning.errors import (
    GraphDenied,
    GraphError,
    GraphNotFound,
    GraphRejected,
    GraphThrottled,
    GraphTrace,
    GraphUnavailable,
    ObjectConflict,
)
from provisioning.words import say

TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError)
CONFLICT_WORDS = {
    "userPrincipalName": say("sign-in name"),
    "proxyAddresses": say("mail address"),
    "mail": say("mail address"),
    "mailNickname": say("mail alias"),
}


def error_of(answer: Answer) -> GraphError:
    """The error for an answer that is not a success."""
    trace = trace_of(answer)
    if answer.status == 429:
        return _throttled(answer, trace)
    if answer.status >= 500 or answer.status < 400 or not answer.is_json:
        return _unusable(answer, trace)
    if answer.status in (401, 403):
        return _denied(answer, trace)
    if answer.status == 404:
        return _not_found(answer, trace)
    return _rejected(answer, trace)


def body_of(answer: Answer) -> Json:
    """What a success says; any other answer is raised as its error."""
    if not answer.ok:
        raise error_of(answer)
    return answer.body or {}


def trace_of(answer: Answer) -> GraphTrace:
    """Graph's own words. What is missing in the body is taken from the headers."""
    error = _object(answer.body, "error")
    inner = _object(error, "innerError") or _object(error, "innererror")
    return GraphTrace(
        status=answer.status,
        code=_text(error.get("code")),
        message=_text(error.get("message")),
        request_id=_text(inner.get("request-id")) or answer.headers.get("request-id", ""),
        date=_text(inner.get("date")) or answer.headers.get("date", ""),
    )


def answer_of(call: Call, error: GraphError) -> Answer:
    """As if Graph had given each request of a failed `$batch` this answer."""
    trace = error.trace
    inner = {"request-id": trace.request_id, "date": trace.date}
    return Answer(
        call, trace.status, {}, {"error": {"code": trace.code, "message": trace.message, "innerError": inner}}
    )


def held_back(seconds: float) -> GraphThrottled:
    """Not sent, so that Graph's limits are kept."""
    return GraphThrottled(
        _busy(math.ceil(seconds)), GraphTrace(message=f"held back for {seconds:.1f} s by Mailroom"), seconds
    )


def answer_held_back(call: Call, seconds: float) -> Answer:
    """The same as the answer to one request of a `$batch`."""
    error = {
        "code": "HeldBack",
        "message": f"Held back for {seconds:.1f} s by Mailroom, so that Graph's limits are kept.",
    }
    return Answer(call, 429, {"retry-after": f"{seconds:.1f}"}, {"error": error})


def retry_after_of(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait: Retry-After is a number of seconds or an HTTP date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    start = _http_date(headers.get("date", "")) or now or datetime.now(UTC)
    return max(0.0, (until - start).total_seconds())


def timed_out(call: Call, seconds: float) -> GraphUnavailable:
    sentence = say(
        "Microsoft Graph did not answer within {seconds} seconds. Try again in a minute.", seconds=f"{seconds:g}"
    )
    return GraphUnavailable(sentence, GraphTrace(message=f"{call}: no answer within {seconds:g} s"))


def broken(call: Call, error: Exception, seconds: float) -> GraphUnavailable:
    """A connection that could not be made, broke, or carried something that is not HTTP."""
    if _is_timeout(error):
        return timed_out(call, seconds)
    trace = GraphTrace(message=f"{call}: {type(error.__cause__ or error).__name__}")
    if isinstance(error, httpx.ConnectError) or isinstance(error.__cause__, aiohttp.ClientConnectorError):
        return GraphUnavailable(say("Microsoft Graph could not be reached. Check the network, then try again."), trace)
    return GraphUnavailable(say("The connection to Microsoft Graph broke off. Try again in a minute."), trace)


def no_token(call: Call, error: AzureError) -> GraphError:
    """Entra gave no token. Its message names the reason (AADSTS…) and never the secret."""
    lines = str(error.message).strip().splitlines()
    trace = GraphTrace(code=type(error).__name__, message=lines[0] if lines else str(call))
    if isinstance(error, ClientAuthenticationError):
        return GraphDenied(
            say(
                "Microsoft Entra did not accept Mailroom's own sign-in. Ask an administrator to check the tenant "
                "id, the app id and the secret or managed identity in Mailroom's settings."
            ),
            trace,
        )
    return GraphUnavailable(say("Microsoft Entra gave Mailroom no token. Try again in a minute."), trace)


def _throttled(answer: Answer, trace: GraphTrace) -> GraphThrottled:
    seconds = retry_after_of(answer.headers)
    if seconds is None:
        sentence = say("Microsoft Graph is busy with too many requests. Try again in a minute.")
        return GraphThrottled(sentence, trace, seconds)
    return GraphThrottled(_busy(max(1, round(seconds))), trace, seconds)


def _busy(seconds: int) -> str:
    return say("Microsoft Graph is busy with too many requests. Try again in {seconds} seconds.", seconds=seconds)


def _unusable(answer: Answer, trace: GraphTrace) -> GraphUnavailable:
    if not answer.is_json or answer.status < 400:
        sentence = say(
            "Microsoft Graph answered {status} with something that is not its JSON; a proxy or gateway may stand "
            "between. Try again in a minute.",
            status=answer.status,
        )
    else:
        sentence = say(
            "Microsoft Graph has a problem of its own (it answered {status}). Try again in a minute.",
            status=answer.status,
        )
    return GraphUnavailable(sentence, trace)


def _denied(answer: Answer, trace: GraphTrace) -> GraphDenied:
    if answer.status == 401:
        return GraphDenied(
            say(
                "Microsoft Graph did not accept Mailroom's token. Ask an administrator to check that the tenant id "
                "and the app id in Mailroom's settings belong together."
            ),
            trace,
        )
    permission = permission_for(answer.call)
    if not permission.name:
        return GraphDenied(say("Microsoft Graph does not let Mailroom do this. Ask an administrator."), trace)
    return GraphDenied(
        say(
            "Mailroom may not {action}. Ask an administrator to grant the application permission {permission} "
            "with admin consent, or to check the policy that limits it.",
            action=permission.action,
            permission=permission.name,
        ),
        trace,
    )


def _not_found(answer: Answer, trace: GraphTrace) -> GraphNotFound:
    action = permission_for(answer.call).action
    return GraphNotFound(
        say(
            "Microsoft Graph could not {action}: there is no such object. "
            "If it was made moments ago, try again in a minute.",
            action=action,
        ),
        trace,
    )


def _rejected(answer: Answer, trace: GraphTrace) -> GraphRejected:
    conflict = _conflict_target(answer.body)
    if conflict is not None:
        return ObjectConflict(_taken(conflict), trace, conflict)
    action = permission_for(answer.call).action
    said = trace.message or trace.code or say("it answered {status} without a reason", status=answer.status)
    sentence = say(
        "Microsoft Graph refused to {action}: {reason}. Correct this, then try again.",
        action=action,
        reason=said.rstrip("."),
    )
    return GraphRejected(sentence, trace)


def _taken(target: str) -> str:
    if not target:
        return say("Another object already has this name. Choose another, or use that one.")
    word = CONFLICT_WORDS.get(target, target)
    return say("Another object already has this {name}. Choose another, or use that one.", name=word)


def _conflict_target(body: Json | None) -> str | None:
    """The property that is taken, by `details[].code`; None when this is no conflict."""
    details = _object(body, "error").get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and detail.get("code") == "ObjectConflict":
            return _text(detail.get("target"))
    return None


def _object(parent: Json | None, key: str) -> Json:
    value = (parent or {}).get(key)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _http_date(value: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_timeout(error: Exception) -> bool:
    # httpx-aiohttp says ConnectTimeout for a refused connection and for a server that hung up: the cause knows.
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, aiohttp.ServerTimeoutError)
    return isinstance(error, (httpx.TimeoutException, TimeoutError))
