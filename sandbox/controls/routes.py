"""The controls' routes. Everything is JSON; a mistake is answered with {"error": "<one sentence>"}."""

from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox.controls import hybrid, stocks
from sandbox.controls.bodies import body_of, mistake, named_user, number
from sandbox.controls.views import clock_view, seats_view, user_view, users_view
from sandbox.faultplan import FAULT_PLAN, Terms, terms_from_json
from sandbox.faults import rule_from_json
from sandbox.keys import CLOCK, FAULTS, LIMITS, OPTIONS, PERMISSIONS, REQUESTS, TENANT
from sandbox.scenarios import SCENARIOS
from sandbox.situations import apply, begin, known, unknown
from sandbox.tenant.mailboxes import make_never, make_ready

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
    app.router.add_get("/sandbox/faults/plan", get_fault_plan)
    app.router.add_post("/sandbox/faults/plan", post_fault_plan)
    app.router.add_delete("/sandbox/faults/{id}", delete_faults)
    app.router.add_get("/sandbox/requests", get_requests)
    app.router.add_delete("/sandbox/requests", delete_requests)
    app.router.add_get("/sandbox/permissions", get_permissions)
    app.router.add_put("/sandbox/permissions", put_permissions)
    app.router.add_get("/sandbox/effects", get_effects)
    hybrid.add_routes(app)
    stocks.add_routes(app)


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
    name = _known_scenario((await body_of(request)).get("name"))
    apply(name, request.app[TENANT], request.app[FAULTS])
    request.app[CHANGED].append(name)
    return await get_scenarios(request)


async def post_reset(request: web.Request) -> web.Response:
    """The tenant as at the start, or with another scenario; clock speed, faults, permissions and counts start anew."""
    app = request.app
    chosen = (await body_of(request)).get("scenario")
    names = app[OPTIONS].scenarios if chosen is None else tuple(_known_scenario(n) for n in str(chosen).split(",") if n)
    app[TENANT].reset()
    app[FAULTS].clear()
    app[FAULT_PLAN].set(Terms())
    app[PERMISSIONS].withhold(())
    app[REQUESTS].clear()
    app[LIMITS].reset()
    app[CLOCK].set_speed(app[OPTIONS].speed)
    begin(app[TENANT], app[FAULTS], names)
    app[CHANGED][:] = names
    return await get_state(request)


async def get_clock(request: web.Request) -> web.Response:
    return web.json_response(clock_view(request.app[CLOCK]))


async def post_clock(request: web.Request) -> web.Response:
    body = await body_of(request)
    speed, advance = number(body, "speed"), number(body, "advance_seconds")
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
    body = await body_of(request)
    ready, after = body.get("ready", True), number(body, "after_seconds") or 0.0
    user = named_user(request)
    now = request.app[TENANT].now()
    if ready is True:
        make_ready(user.mailbox, now + timedelta(seconds=after))
    elif ready == "never":
        make_never(user.mailbox, now)
    elif ready is False:
        make_ready(user.mailbox, now + timedelta(seconds=after or 3600.0))
    else:
        raise mistake('“ready” must be true, false or "never"')
    return web.json_response(user_view(request.app[TENANT], user))


async def get_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": request.app[FAULTS].as_json()})


async def post_fault(request: web.Request) -> web.Response:
    """Add one rule; its fields are those of FaultRule."""
    try:
        rule = rule_from_json(await body_of(request))
    except ValueError as error:
        raise mistake(str(error)) from error
    request.app[FAULTS].add(rule)
    return await get_faults(request)


async def delete_faults(request: web.Request) -> web.Response:
    """All rules, or the one with the id in the path."""
    wanted = request.match_info.get("id")
    if wanted is None:
        request.app[FAULTS].clear()
    elif not wanted.isdigit() or not request.app[FAULTS].remove(int(wanted)):
        raise mistake(f"there is no fault {wanted}", web.HTTPNotFound)
    return await get_faults(request)


async def get_fault_plan(request: web.Request) -> web.Response:
    """The plan, and how often each kind struck."""
    return web.json_response(request.app[FAULT_PLAN].as_json())


async def post_fault_plan(request: web.Request) -> web.Response:
    """A plan in place of the last; its fields are those of Terms. {} ends it."""
    try:
        terms = terms_from_json(await body_of(request))
    except ValueError as error:
        raise mistake(str(error)) from error
    request.app[FAULT_PLAN].set(terms)
    return await get_fault_plan(request)


async def get_requests(request: web.Request) -> web.Response:
    limit = request.query.get("limit", "100")
    return web.json_response(request.app[REQUESTS].as_json(int(limit) if limit.isdigit() else 100))


async def delete_requests(request: web.Request) -> web.Response:
    request.app[REQUESTS].clear()
    return await get_requests(request)


async def get_permissions(request: web.Request) -> web.Response:
    """What is withheld, what the app holds, and the calls that are refused for it."""
    return web.json_response(request.app[PERMISSIONS].as_json())


async def put_permissions(request: web.Request) -> web.Response:
    """{"withheld": ["AuditLog.Read.All", …]}: these application permissions and no others are taken away."""
    names = (await body_of(request)).get("withheld")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise mistake("“withheld” must be a list of application permissions")
    try:
        request.app[PERMISSIONS].withhold(names)
    except ValueError as error:
        raise mistake(str(error)) from error
    return await get_permissions(request)


async def get_effects(request: web.Request) -> web.Response:
    return web.json_response(request.app[TENANT].effects.as_json())


def _known_scenario(name: Any) -> str:
    if not isinstance(name, str) or unknown([name]):
        raise mistake(f"there is no scenario “{name}”; known: {', '.join(known())}", web.HTTPNotFound)
    return name
