"""Controls of what Graph cannot reach: Active Directory, its sync and webhook, PowerShell, and fixes done by hand."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.clock import timestamp
from sandbox.cmdlets import CMDLETS, CmdletRefused, run
from sandbox.controls.bodies import Json, body_of, mistake, text
from sandbox.keys import TENANT
from sandbox.remedies import BY_HAND
from sandbox.tenant import sync
from sandbox.tenant.active_directory import AdUser
from sandbox.tenant.organization import fixed_id
from sandbox.tenant.state import Tenant


def add_routes(app: web.Application) -> None:
    app.router.add_get("/sandbox/onprem", get_directory)
    app.router.add_post("/sandbox/onprem", post_directory)
    app.router.add_get("/sandbox/onprem/users/{sam}", get_ad_user)
    app.router.add_put("/sandbox/onprem/users/{sam}", put_ad_user)
    app.router.add_patch("/sandbox/onprem/users/{sam}", patch_ad_user)
    app.router.add_post("/sandbox/onprem/users/{sam}", patch_ad_user)
    app.router.add_post("/sandbox/onprem/sync-webhook", post_webhook)
    app.router.add_get("/sandbox/exchange/cmdlets", get_cmdlets)
    app.router.add_post("/sandbox/exchange/cmdlets", post_cmdlet)
    app.router.add_get("/sandbox/fixes", get_fixes)
    app.router.add_post("/sandbox/fixes", post_fix)


async def get_directory(request: web.Request) -> web.Response:
    tenant = _caught_up(request)
    organization, ad = tenant.organization, tenant.directory
    body = {
        "synced": organization.synced,
        "lastSync": timestamp(organization.last_sync) if organization.last_sync else None,
        "stopped": ad.stopped,
        "export_blocked": ad.export_blocked,
        "due": timestamp(ad.due_at) if ad.due_at else None,
        "waiting": sorted(ad.changed),
        "users": [asdict(user) for user in ad.users.values()],
    }
    return web.json_response(body)


async def post_directory(request: web.Request) -> web.Response:
    """{"synced": …, "stopped": …, "export_blocked": …}: switches of the sync."""
    body, tenant = await body_of(request), _caught_up(request)
    for name, value in body.items():
        if name not in ("synced", "stopped", "export_blocked") or not isinstance(value, bool):
            raise mistake(f"“{name}” is no switch of the sync: synced, stopped and export_blocked are true or false")
    if "synced" in body:
        tenant.organization.synced = body["synced"]
        tenant.organization.last_sync = tenant.organization.last_sync or tenant.now()
    tenant.directory.stopped = body.get("stopped", tenant.directory.stopped)
    tenant.directory.export_blocked = body.get("export_blocked", tenant.directory.export_blocked)
    return await get_directory(request)


async def get_ad_user(request: web.Request) -> web.Response:
    return web.json_response(asdict(_wanted(request)))


async def put_ad_user(request: web.Request) -> web.Response:
    """A new user of Active Directory; the next sync brings it to the cloud."""
    tenant, sam, body = _caught_up(request), request.match_info["sam"], await body_of(request)
    if tenant.directory.find(sam) is not None:
        raise mistake(f"there is a user {sam} already", web.HTTPConflict)
    made = AdUser(sam.lower(), text(body, "upn"), text(body, "name"), fixed_id(f"AD {sam} {tenant.new_id()}"))
    return _edited(tenant, made, body)


async def patch_ad_user(request: web.Request) -> web.Response:
    body = await body_of(request)
    return _edited(_caught_up(request), _wanted(request), body)


async def post_webhook(request: web.Request) -> web.Response:
    """As an Azure Automation webhook answers: 202 and the ids of the jobs, whatever becomes of them."""
    if not request.query.get("token", "").strip():
        raise mistake("The webhook has expired or is disabled.")
    tenant = _caught_up(request)
    sync.request(tenant)
    return web.json_response({"JobIds": [tenant.new_id()]}, status=202)


async def get_cmdlets(_: web.Request) -> web.Response:
    return web.json_response({"cmdlets": sorted(CMDLETS)})


async def post_cmdlet(request: web.Request) -> web.Response:
    """{"cmdlet": "Set-User", "Identity": "…", …}: the parameters beside the name, or under "parameters"."""
    body = await body_of(request)
    name = text(body, "cmdlet")
    given = body.get("parameters", {key: value for key, value in body.items() if key != "cmdlet"})
    if not isinstance(given, dict):
        raise mistake("“parameters” must be a JSON object")
    return web.json_response({"cmdlet": name, "output": _attempt(_caught_up(request), name, given)})


async def get_fixes(_: web.Request) -> web.Response:
    return web.json_response({"fixes": sorted(BY_HAND)})


async def post_fix(request: web.Request) -> web.Response:
    """{"fix": "release-address", "user": "…"}: what a person does by hand for a fix that Graph cannot do."""
    body, tenant = await body_of(request), _caught_up(request)
    fix_id = text(body, "fix")
    if fix_id not in BY_HAND:
        raise mistake(f"“{fix_id}” is no fix that is done by hand; known: {', '.join(BY_HAND)}", web.HTTPNotFound)
    try:
        BY_HAND[fix_id](tenant, text(body, "user"))
    except CmdletRefused as error:
        raise mistake(str(error), web.HTTPConflict) from error
    return web.json_response({"fix": fix_id, "user": body["user"]})


def _attempt(tenant: Tenant, name: str, given: Json) -> list[Any]:
    try:
        return run(tenant, name, given)
    except CmdletRefused as error:
        raise mistake(str(error)) from error


def _edited(tenant: Tenant, user: AdUser, changes: Json) -> web.Response:
    try:
        return web.json_response(asdict(tenant.directory.edit(user, **changes)))
    except ValueError as error:
        raise mistake(str(error)) from error


def _wanted(request: web.Request) -> AdUser:
    found = request.app[TENANT].directory.find(request.match_info["sam"])
    if found is None:
        raise mistake(f"Active Directory has no user {request.match_info['sam']}", web.HTTPNotFound)
    return found


def _caught_up(request: web.Request) -> Tenant:
    """What was due by now happens before anything else."""
    tenant = request.app[TENANT]
    sync.catch_up(tenant)
    return tenant
