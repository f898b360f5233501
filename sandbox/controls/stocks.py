"""Controls that fill or change the tenant as a whole: people in trouble, a healthy fleet, subscriptions, limits."""

from aiohttp import web

from sandbox.causes import CAUSES, by_id, combine
from sandbox.controls.bodies import body_of, mistake, number, text
from sandbox.controls.views import seats_view
from sandbox.fleet import add_fleet
from sandbox.keys import FAULTS, LIMITS, TENANT
from sandbox.scenarios.registry import World
from sandbox.tenant.exchange import look_at_waiting
from sandbox.tenant.organization import Subscription
from sandbox.tenantfile.writing import export

MOST = 20_000
STATUSES = ("Enabled", "Warning", "Suspended", "LockedOut", "Deleted")


def add_routes(app: web.Application) -> None:
    app.router.add_get("/sandbox/causes", get_causes)
    app.router.add_post("/sandbox/causes", post_causes)
    app.router.add_post("/sandbox/fleet", post_fleet)
    app.router.add_post("/sandbox/subscriptions/{sku}", post_subscription)
    app.router.add_get("/sandbox/export", get_export)
    app.router.add_get("/sandbox/limits", get_limits)
    app.router.add_post("/sandbox/limits", post_limits)


async def get_causes(_: web.Request) -> web.Response:
    return web.json_response({"causes": [cause.as_json() for cause in by_id()]})


async def post_causes(request: web.Request) -> web.Response:
    """{"user": …, "scenarios": […], "name": …}: one new person with several troubles."""
    body, app = await body_of(request), request.app
    names = body.get("scenarios")
    if not isinstance(names, list) or not all(isinstance(name, str) and name in CAUSES for name in names):
        raise mistake(f"“scenarios” must be a list of these: {', '.join(CAUSES)}")
    upn = text(body, "user")
    if not app[TENANT].organization.owns(upn.partition("@")[2]):
        raise mistake(f"{upn} is in no domain of this tenant")
    try:
        made = combine(World(app[TENANT], app[FAULTS]), names, upn, str(body.get("name") or upn.partition("@")[0]))
    except (ValueError, KeyError) as error:
        raise mistake(f"{' and '.join(names)} do not go together: {error}") from error
    return web.json_response({"user": made.user, "causes": list(made.causes), "scenarios": names})


async def post_fleet(request: web.Request) -> web.Response:
    """{"count": 1000, "seed": 1}: that many healthy users, as varied as real ones."""
    body = await body_of(request)
    count, seed = number(body, "count"), number(body, "seed")
    wanted = 1000 if count is None else int(count)
    if wanted > MOST:
        raise mistake(f"“count” must not be more than {MOST}")
    users = add_fleet(request.app[TENANT], wanted, int(seed or 1))
    return web.json_response({"users": [{"id": user.id, "userPrincipalName": user.upn} for user in users]})


async def post_subscription(request: web.Request) -> web.Response:
    """{"enabled": seats, "capabilityStatus": …, "activate": true}; the path has the SKU id or part number."""
    body, tenant = await body_of(request), request.app[TENANT]
    subscription = _subscription(request)
    seats = number(body, "enabled")
    status = body.get("capabilityStatus", subscription.capability_status)
    if status not in STATUSES:
        raise mistake(f"“capabilityStatus” must be one of {', '.join(STATUSES)}")
    subscription.prepaid = {}
    subscription.enabled = subscription.enabled if seats is None else int(seats)
    subscription.capability_status = status
    if body.get("activate") is True:
        subscription.plan_status.clear()
    look_at_waiting(tenant)
    return web.json_response({"seats": seats_view(tenant)})


async def get_export(request: web.Request) -> web.Response:
    """The running tenant in the format of --tenant."""
    return web.json_response(export(request.app[TENANT]))


async def get_limits(request: web.Request) -> web.Response:
    """What Graph's limits are here, and what is used of them just now."""
    return web.json_response(request.app[LIMITS].as_json())


async def post_limits(request: web.Request) -> web.Response:
    """{"enabled": false} lets everything through; {"scale": 0.1} allows a tenth, and counts anew."""
    body, limits = await body_of(request), request.app[LIMITS]
    scale, enabled = number(body, "scale"), body.get("enabled", limits.enabled)
    if not isinstance(enabled, bool):
        raise mistake("“enabled” must be true or false")
    if scale == 0:
        raise mistake("“scale” must be more than 0")
    limits.enabled = enabled
    if scale is not None:
        limits.set_scale(scale)
    return await get_limits(request)


def _subscription(request: web.Request) -> Subscription:
    wanted = request.match_info["sku"].lower()
    for subscription in request.app[TENANT].subscriptions.values():
        if wanted in (subscription.product.sku_id, subscription.product.part_number.lower()):
            return subscription
    raise mistake(f"there is no subscription {wanted}", web.HTTPNotFound)
