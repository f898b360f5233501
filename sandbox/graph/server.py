"""Graph over HTTP: one catch-all for /v1.0, headers as Graph sends them."""

import json
from email.utils import format_datetime

from aiohttp import web

from sandbox.failures import GraphFailure
from sandbox.graph import (
    accesspass,
    audits,
    contacts,
    directory,
    groups,
    health,
    licenses,
    mailboxes,
    messages,
    principals,
    recyclebin,
    roles,
    users,
)
from sandbox.graph.batch import answer_batch
from sandbox.graph.calls import Answer, Call, Services
from sandbox.graph.dispatch import ConnectionDropped, dispatch
from sandbox.keys import ADDRESS, FAULTS, LIMITS, PERMISSIONS, REQUESTS, TENANT

# Importing a module registers its routes; named here so that nobody takes the imports for unused.
ROUTE_MODULES = (
    accesspass,
    audits,
    contacts,
    directory,
    groups,
    health,
    licenses,
    mailboxes,
    messages,
    principals,
    recyclebin,
    roles,
    users,
)

CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


def add_routes(app: web.Application) -> None:
    app.router.add_route("*", "/v1.0{path:/.*}", _serve)
    app.router.add_route("*", "/beta{path:/.*}", _serve_unknown_version)


async def _serve(request: web.Request) -> web.StreamResponse:
    call = await _call(request)
    is_batch = call.path.lower() == "/$batch" and call.method == "POST"
    try:
        answer = await dispatch(call, serve=answer_batch if is_batch else None)
    except ConnectionDropped:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)
    response = _response(call, answer)
    return await _break_off(request, response) if answer.cut == "broken off" and response.body else response


async def _break_off(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """The head promises the whole body, half of it comes, and the connection is gone."""
    body = bytes(whole.body) if isinstance(whole.body, bytes) else b""
    stream = web.StreamResponse(status=whole.status, headers=whole.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return stream


async def _serve_unknown_version(request: web.Request) -> web.StreamResponse:
    async def refuse(_: Call) -> Answer:
        raise GraphFailure(400, "BadRequest", "The sandbox speaks v1.0 only.")

    call = await _call(request)
    return _response(call, await dispatch(call, serve=refuse))


async def _call(request: web.Request) -> Call:
    app = request.app
    return Call(
        method=request.method,
        path="/" + request.match_info["path"].strip("/"),
        query=request.query,
        headers=request.headers,
        body=await request.read() if request.can_read_body else None,
        base_url=f"{app[ADDRESS].url or request.url.origin()}/v1.0",
        services=Services(app[TENANT], app[FAULTS], app[REQUESTS], app[PERMISSIONS], app[LIMITS]),
    )


def _response(call: Call, answer: Answer) -> web.Response:
    headers = {"Date": format_datetime(call.tenant.now(), usegmt=True), "OData-Version": "4.0", **answer.headers}
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    if isinstance(answer.body, str):
        headers.setdefault("Content-Type", "text/plain")
        return web.Response(status=answer.status, headers=headers, text=answer.body)
    headers.setdefault("Content-Type", CONTENT_TYPE)
    body = json.dumps(answer.body).encode()
    body = body[: len(body) // 2] if answer.cut == "half" else body
    return web.Response(status=answer.status, headers=headers, body=body)
