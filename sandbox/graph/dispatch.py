"""From a call to an answer: limits, faults, token, route, Graph's error envelope, and a line in the request log."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sandbox.clock import timestamp
from sandbox.failures import HTML_GATEWAY, GraphFailure, denied
from sandbox.faults import FaultRule
from sandbox.graph.calls import Answer, Call, Json, find
from sandbox.graph.hiding import hidden
from sandbox.limits import Charge, cost_of
from sandbox.tenant.sync import catch_up

logger = logging.getLogger(__name__)

AsyncHandler = Callable[[Call], Awaitable[Answer]]

_CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Authorization_RequestDenied",
    404: "Request_ResourceNotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}
_MESSAGES = {
    403: "Insufficient privileges to complete the operation.",
    429: "Too many requests. Please retry after the time in the Retry-After header.",
    503: "The service is temporarily unavailable. Please try again later.",
}


class ConnectionDropped(Exception):
    """A fault closes the connection instead of answering."""


async def dispatch(call: Call, in_batch: bool = False, serve: AsyncHandler | None = None) -> Answer:
    """Never raises but ConnectionDropped. `serve` stands in for the route: that is how `$batch` is answered."""
    request_id = str(uuid.uuid4())
    charge = _charge(call) if serve is None else Charge()
    try:
        if charge.refusal is not None:
            raise charge.refusal
        answer = await _answer(call, in_batch, serve)
    except GraphFailure as failure:
        answer = _failed(call, failure, request_id)
    except ConnectionDropped:
        _log(call, 0, "connection dropped", request_id, in_batch, charge)
        raise
    except Exception:
        logger.exception("the sandbox failed on %s %s", call.method, call.path)
        defect = GraphFailure(500, "InternalServerError", "The sandbox has a defect; see its log.")
        answer = _failed(call, defect, request_id)
    finally:
        call.services.limits.release(charge)
    _log(call, answer.status, _code(answer), request_id, in_batch, charge)
    ids = {"request-id": request_id, "client-request-id": client_request_id(call, request_id)}
    return replace(answer, headers={**ids, **charge.headers, **answer.headers})


def client_request_id(call: Call, request_id: str) -> str:
    return call.header("client-request-id") or request_id


def error_body(call: Call, failure: GraphFailure, request_id: str) -> Json:
    """Graph's envelope; innerError.date has no zone, as Graph writes it."""
    error: Json = {"code": failure.code, "message": failure.message}
    if failure.details:
        error["details"] = failure.details
    error["innerError"] = {
        "date": timestamp(call.tenant.now()).removesuffix("Z"),
        "request-id": request_id,
        "client-request-id": client_request_id(call, request_id),
    }
    return {"error": error}


async def _answer(call: Call, in_batch: bool, serve: AsyncHandler | None) -> Answer:
    fault = call.services.faults.pick(call.method, call.path, in_batch)
    if fault is None:
        return await _served(call, in_batch, serve)
    if not fault.after:
        await asyncio.sleep(fault.delay_seconds)
        faulty = _faulty(fault)
        if faulty is not None:
            return faulty
    with hidden(call, fault.hidden_seconds):
        answer = await _served(call, in_batch, serve)
    if fault.truncate:
        return replace(answer, cut="broken off" if fault.reset else "half")
    if fault.after:
        await asyncio.sleep(fault.delay_seconds)
        return _faulty(fault) or answer
    return answer


async def _served(call: Call, in_batch: bool, serve: AsyncHandler | None) -> Answer:
    if not in_batch:
        check_token(call)
    return await serve(call) if serve else _routed(call)


def _routed(call: Call) -> Answer:
    catch_up(call.tenant)
    found, params = find(call.method, call.path)
    sets_password = call.method == "PATCH" and any(name.lower() == "passwordprofile" for name in call.json())
    if call.services.permissions.refuses(f"{found.method} {found.template}", sets_password):
        raise denied(found.template)
    return found.handler(replace(call, params=params))


def check_token(call: Call) -> None:
    """Any bearer token will do; none will not."""
    scheme, _, token = call.header("Authorization").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise GraphFailure(401, "InvalidAuthenticationToken", "Access token is empty.")


def _faulty(fault: FaultRule) -> Answer | None:
    """The fault's own answer; None where the real one is given."""
    if fault.truncate:
        return None
    if fault.reset:
        raise ConnectionDropped
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.html:
        return Answer(fault.status or 502, HTML_GATEWAY, {**headers, "Content-Type": "text/html"})
    if not fault.status:
        return None
    if isinstance(fault.body, (dict, str)):
        return Answer(fault.status, fault.body, headers)
    code = fault.code or _CODES.get(fault.status, "UnknownError")
    message = fault.message or _MESSAGES.get(fault.status, "The request could not be carried out.")
    raise GraphFailure(fault.status, code, message, retry_after=fault.retry_after)


def _failed(call: Call, failure: GraphFailure, request_id: str) -> Answer:
    headers = {}
    if failure.retry_after is not None:
        headers["Retry-After"] = str(failure.retry_after)
    if failure.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"'
    return Answer(failure.status, error_body(call, failure, request_id), headers)


def _template(call: Call) -> str:
    """The route's template for the log, also where the call never came to its handler."""
    if call.path.lower() == "/$batch":
        return "/$batch"
    try:
        return find(call.method, call.path)[0].template
    except GraphFailure:
        return "(unknown)"


def _code(answer: Answer) -> str:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _charge(call: Call) -> Charge:
    """What the request takes of Graph's limits. A `$batch` takes nothing, its members do."""
    try:
        found, params = find(call.method, call.path)
    except GraphFailure:
        return Charge()
    options = {name: call.option(name) for name in ("select", "expand", "top")}
    cost, mailbox = cost_of(call.method, found.template, options, params.get("user", ""))
    return call.services.limits.charge(cost, mailbox, len(call.tenant.users))


def _log(call: Call, status: int, code: str, request_id: str, in_batch: bool, charge: Charge) -> None:
    units, writes = charge.cost.get("units", 0.0), charge.cost.get("writes", 0.0)
    where = (call.method, call.path, _template(call))
    call.services.requests.add(call.tenant.now(), *where, status, code, request_id, in_batch, units, writes)
