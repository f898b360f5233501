"""The controls' routes. Everything is JSON; a mistake is answered with {"error": "<one sentence>"}."""

import json
from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox.controls.views import clock_view, seats_view, user_view, users_view
from sandbox.faults import rule_from_json
from sandbox.keys import CLOCK, FAULTS, OPTIONS, REQUESTS, TENANT
from sandbox.scenarios import SCENARIOS, apply_scenario
from sandbox.tenant.mailboxes import make_never, make_ready
from sandbox.tenant.users import User

Json = dict[str, Any]
CHANGED: web.AppKey[list[str]] = web.AppKey("scenarios-applied", list)


def add_routes(app: web.Application) -> None:
    app[CHANGED] = list(app[OPTIONS].scenarios)
    app.router.add_get("/sandbox/state", get_state)
    app.router.add_get("/sandbox/scenarios", get_scenarios)
    app.router.add_post("/sandbox/scenarios", post_scenario)
    app.router.add_post("/sandbox/reset", post_reset)
    app.router.add_get("/sandbox/clock", get_clock)
    app.router.add_post("/sandbox/clock", post_clock)
    app.router.add_get("/sandbox/users", get_users)
    app.router.add_post("/sandbox/users/{name}/mailbox", post_mailbox)
    app.router.add_get("/sandbox/faults", get_faults)
    app.router.add_post("/sandbox/faults", post_fault)
    app.router.add_delete("/sandbox/faults", delete_faults)
    app.router.add_delete("/sandbox/faults/{id}", delete_faults)
    app.router.add_get("/sandbox/requests", get_requests)
    app.router.add_delete("/sandbox/requests", delete_requests)
    app.router.add_get("/sandbox/effects", get_effects)


async def get_state(request: web.Request) -> web.Response:
    tenant, log = request.app[TENANT], request.app[REQUESTS]
    body = {
        "clock": clock_view(request.app[CLOCK]),
        "scenarios": request.app[CHANGED],
        "seats": seats_view(tenant),
        "counts": {"users": len(tenant.users), "deleted": len(tenant.deleted), "requests": log.total},
        "preparation": tenant.preparation.value,
        "faults": request.app[FAULTS].as_json(),
        "users": users_view(tenant, everyone=False),
    }
    return web.json_response(body)


async def get_scenarios(request: web.Request) -> web.Response:
    scenarios = [{"name": item.name, "description": item.description} for item in SCENARIOS.values()]
    return web.json_response({"scenarios": scenarios, "applied": request.app[CHANGED]})


async def post_scenario(request: web.Request) -> web.Response:
    """Put a scenario on top of what is there."""
    name = _known_scenario((await _body(request)).get("name"))
    apply_scenario(name, request.app[TENANT], request.app[FAULTS])
    request.app[CHANGED].append(name)
    return await get_scenarios(request)


async def post_reset(request: web.Request) -> web.Response:
    """The tenant as at the start, or with another scenario; clock speed, faults and counts start anew."""
    app = request.app
    chosen = (await _body(request)).get("scenario")
    names = app[OPTIONS].scenarios if chosen is None else tuple(_known_scenario(n) for n in str(chosen).split(",") if n)
    app[TENANT].reset()
    app[FAULTS].clear()
    app[REQUESTS].clear()
    app[CLOCK].set_speed(app[OPTIONS].speed)
    for name in names:
        apply_scenario(name, app[TENANT], app[FAULTS])
    app[CHANGED][:] = names
    return await get_state(request)


async def get_clock(request: web.Request) -> web.Response:
    return web.json_response(clock_view(request.app[CLOCK]))


async def post_clock(request: web.Request) -> web.Response:
    body = await _body(request)
    speed, advance = _number(body, "speed"), _number(body, "advance_seconds")
    if speed is not None:
        request.app[CLOCK].set_speed(speed)
    if advance is not None:
        request.app[CLOCK].advance(advance)
    return await get_clock(request)


async def get_users(request: web.Request) -> web.Response:
    everyone = request.query.get("all", "") not in ("", "0", "false")
    return web.json_response({"users": users_view(request.app[TENANT], everyone)})


async def post_mailbox(request: web.Request) -> web.Response:
    """Drive a mailbox by hand: {"ready": true | false | "never", "after_seconds": simulated seconds}."""
    body = await _body(request)
    ready, after = body.get("ready", True), _number(body, "after_seconds") or 0.0
    user = _named_user(request)
    now = request.app[TENANT].now()
    if ready is True:
        make_ready(user.mailbox, now + timedelta(seconds=after))
    elif ready == "never":
        make_never(user.mailbox, now)
    elif ready is False:
        make_ready(user.mailbox, now + timedelta(seconds=after or 3600.0))
    else:
        raise _mistake('“ready” must be true, false or "never"')
    return web.json_response(user_view(request.app[TENANT], user))


async def get_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": request.app[FAULTS].as_json()})


async def post_fault(request: web.Request) -> web.Response:
    """Add one rule; its fields are those of FaultRule."""
    try:
        rule = rule_from_json(await _body(request))
    except ValueError as error:
        raise _mistake(str(error)) from error
    request.app[FAULTS].add(rule)
    return await get_faults(request)


async def delete_faults(request: web.Request) -> web.Response:
    """All rules, or the one with the id in the path."""
    wanted = request.match_info.get("id")
    if wanted is None:
        request.app[FAULTS].clear()
    elif not wanted.isdigit() or not request.app[FAULTS].remove(int(wanted)):
        raise _mistake(f"there is no fault {wanted}", web.HTTPNotFound)
    return await get_faults(request)


async def get_requests(request: web.Request) -> web.Response:
    limit = request.query.get("limit", "100")
    return web.json_response(request.app[REQUESTS].as_json(int(limit) if limit.isdigit() else 100))


async def delete_requests(request: web.Request) -> web.Response:
    request.app[REQUESTS].clear()
    return await get_requests(request)


async def get_effects(request: web.Request) -> web.Response:
    return web.json_response(request.app[TENANT].effects.as_json())


async def _body(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError as error:
        raise _mistake("the body is not JSON") from error
    if not isinstance(body, dict):
        raise _mistake("the body must be a JSON object")
    return body


def _number(body: Json, name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise _mistake(f"“{name}” must be a number, 0 or more")
    return float(value)


def _known_scenario(name: Any) -> str:
    if not isinstance(name, str) or name not in SCENARIOS:
        raise _mistake(f"there is no scenario “{name}”; known: {', '.join(SCENARIOS)}", web.HTTPNotFound)
    return name


def _named_user(request: web.Request) -> User:
    name = request.match_info["name"]
    users = request.app[TENANT].users
    user = users.get(name) or users.by_upn(name)
    if user is None:
        raise _mistake(f"there is no user {name}", web.HTTPNotFound)
    return user


def _mistake(sentence: str, kind: type[web.HTTPError] = web.HTTPBadRequest) -> web.HTTPError:
    return kind(text=json.dumps({"error": sentence}), content_type="application/json")
