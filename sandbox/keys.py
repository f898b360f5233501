"""The typed keys of the sandbox's application: what graph, controls, connector and chat share."""

from aiohttp import web

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.options import Address, Options
from sandbox.permissions import Permissions
from sandbox.requestlog import RequestLog
from sandbox.tenant.state import Tenant

OPTIONS = web.AppKey("options", Options)
ADDRESS = web.AppKey("address", Address)
CLOCK = web.AppKey("clock", Clock)
TENANT = web.AppKey("tenant", Tenant)
REQUESTS = web.AppKey("requests", RequestLog)
PERMISSIONS = web.AppKey("permissions", Permissions)
LIMITS = web.AppKey("limits", Limits)
FAULTS = web.AppKey("faults", Faults)
