"""The sandbox as one aiohttp application: Graph, controls, and the connector and chat page where they are there."""

import importlib

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.clock import Clock
from sandbox.controls.routes import add_routes as add_controls
from sandbox.faultplan import plan_of
from sandbox.faults import Faults
from sandbox.graph.server import add_routes as add_graph
from sandbox.keys import ADDRESS, CLOCK, FAULTS, LIMITS, OPTIONS, PERMISSIONS, REQUESTS, TENANT
from sandbox.limits import Limits
from sandbox.options import Address, Options
from sandbox.permissions import Permissions
from sandbox.requestlog import RequestLog
from sandbox.situations import begin
from sandbox.tenant.state import Tenant
from sandbox.tenantfile.reading import filler, start_of

PARTS = ("sandbox.connector.routes", "sandbox.chat.routes")


def make_app(options: Options) -> web.Application:
    """Raises KeyError for an unknown scenario."""
    app = web.Application(middlewares=[_learn_address], client_max_size=8 * 1024 * 1024)
    clock = Clock(options.speed, start_of(options.tenant))
    app[OPTIONS] = options
    app[ADDRESS] = Address()
    app[CLOCK] = clock
    app[TENANT] = Tenant(clock, options.seed, filler(options.tenant))
    app[FAULTS] = Faults(options.seed, plan_of(app))
    app[REQUESTS] = RequestLog()
    app[PERMISSIONS] = Permissions()
    app[LIMITS] = Limits(options.limits)
    begin(app[TENANT], app[FAULTS], options.scenarios)
    add_graph(app)
    add_controls(app)
    for part in PARTS:
        importlib.import_module(part).add_routes(app)
    return app


@web.middleware
async def _learn_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Where nobody told us our own address (a test server), the first request does."""
    address = request.app[ADDRESS]
    address.url = address.url or str(request.url.origin())
    return await handler(request)
