"""POST /$batch: up to 20 requests in one, with dependsOn, as learn.microsoft.com/graph/json-batching has it."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, unquote

from sandbox.failures import GraphFailure
from sandbox.graph.calls import Answer, Call, Json
from sandbox.graph.dispatch import ConnectionDropped, dispatch

LIMIT = 20
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


async def answer_batch(call: Call) -> Answer:
    """Members that depend on nothing run beside each other; a failed one fails its dependents with 424."""
    members = _members(call.json())
    done: dict[str, Json] = {}
    settled = {member["id"]: asyncio.Event() for member in members}

    async def run(member: Json) -> None:
        for needed in member.get("dependsOn", ()):
            await settled[needed].wait()
        failed = next((n for n in member.get("dependsOn", ()) if done[n]["status"] >= 400), None)
        done[member["id"]] = _dependency_failed(member["id"], failed) if failed else await _run(call, member)
        settled[member["id"]].set()

    await asyncio.gather(*(run(member) for member in members))
    # Graph promises no order; the order of completion shows clients that rely on one.
    return Answer(200, {"responses": list(done.values())})


async def _run(call: Call, member: Json) -> Json:
    try:
        answer = await dispatch(_inner_call(call, member), in_batch=True)
    except ConnectionDropped:
        answer = Answer(504, {"error": {"code": "GatewayTimeout", "message": "The upstream closed the connection."}})
    response: Json = {"id": member["id"], "status": answer.status, "headers": dict(answer.headers)}
    if answer.body is not None:
        response["headers"].setdefault("Content-Type", "application/json")
        response["body"] = answer.body
    return response


def _inner_call(call: Call, member: Json) -> Call:
    # A raw # starts a fragment here as in any URL: guests must be asked for with %23EXT%23.
    path, _, query = str(member["url"]).partition("#")[0].partition("?")
    path = "/" + unquote(path).lstrip("/")
    if path.lower().startswith("/v1.0/"):
        path = path[len("/v1.0") :]
    return Call(
        method=member["method"].upper(),
        path=path,
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=member.get("headers") or {},
        body=member.get("body"),
        base_url=call.base_url,
        services=call.services,
    )


def _dependency_failed(member_id: str, failed: str) -> Json:
    message = f"The dependent request '{failed}' failed; this request was not carried out."
    body = {"error": {"code": "FailedDependency", "message": message}}
    return {"id": member_id, "status": 424, "headers": {"Content-Type": "application/json"}, "body": body}


def _members(envelope: Json) -> list[Json]:
    members = envelope.get("requests")
    if not isinstance(members, list) or not members:
        raise _malformed("The batch request must contain a non-empty 'requests' array.")
    if len(members) > LIMIT:
        raise _malformed(f"Number of batch request steps exceeds the maximum value of {LIMIT}.")
    seen: set[str] = set()
    for member in members:
        _check_member(member, seen)
        seen.add(member["id"])
    for member in members:
        _check_dependencies(member, seen)
    _check_cycles({member["id"]: tuple(member.get("dependsOn") or ()) for member in members})
    return members


def _check_member(member: Any, seen: set[str]) -> None:
    if not isinstance(member, dict):
        raise _malformed("Every batch request must be an object.")
    for name in ("id", "method", "url"):
        if not isinstance(member.get(name), str) or not member[name]:
            raise _malformed(f"Every batch request must have a non-empty '{name}'.")
    if member["id"] in seen:
        raise _malformed(f"The batch request id '{member['id']}' is not unique.")
    if member["method"].upper() not in METHODS:
        raise _malformed(f"The method '{member['method']}' is not supported in a batch.")
    if member["url"].startswith(("http://", "https://")) or "$batch" in member["url"]:
        raise _malformed(f"The url '{member['url']}' must be relative and no batch itself.")
    headers, body = member.get("headers"), member.get("body")
    if headers is not None and not isinstance(headers, dict):
        raise _malformed("The 'headers' of a batch request must be an object.")
    if isinstance(body, dict) and not any(name.lower() == "content-type" for name in headers or ()):
        raise _malformed(f"Write request id : {member['id']} does not contain Content-Type header or body.")
    if body is not None and not isinstance(body, dict):
        raise _malformed("The 'body' of a batch request must be a JSON object.")


def _check_dependencies(member: Json, ids: set[str]) -> None:
    needed = member.get("dependsOn", [])
    if not isinstance(needed, list) or not all(isinstance(item, str) and item in ids for item in needed):
        raise _malformed(f"The 'dependsOn' of batch request '{member['id']}' names an unknown request.")


def _check_cycles(needs: dict[str, tuple[str, ...]]) -> None:
    left = dict(needs)
    while left:
        free = [member for member, needed in left.items() if not any(item in left for item in needed)]
        if not free:
            raise _malformed("The batch requests depend on each other in a circle.")
        for member in free:
            del left[member]


def _malformed(message: str) -> GraphFailure:
    return GraphFailure(400, "BadRequest", f"Invalid batch payload format. {message}")
