"""Microsoft Graph: the token, whose it is, and each permission that it holds or lacks."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from bot.app import open_directory
from bot.checkup import Found, failed, ok, skipped, warning, within
from bot.settings import AppType, Settings
from graph.client import GraphClient
from graph.granted import ALSO_ENOUGH, claims_in, features, missing, roles_in

GRANT = "infra/grant-graph-roles.sh {app}; a token that is there already may lack it for a day: restart the bot then."
SIGN_IN = (
    "Check MAILROOM_TENANT_ID, MAILROOM_APP_ID and the secret or managed identity; docs/operate.md, Keys and secrets."
)


async def check_tenant(settings: Settings) -> list[Found]:
    async with AsyncExitStack() as stack:
        client, directory = await open_directory(settings, stack)

        async def ping() -> Found:
            await directory.ping()
            return ok("graph", f"{settings.graph_base_url} answers.")

        tokens: list[str] = []
        signed_in = await within("identity", _whose(client, settings, tokens), SIGN_IN)
        if not tokens:
            return [signed_in, *(skipped(name, "There is no token.") for name in ("graph", "permissions"))]
        answers = await within(
            "graph", ping(), "See that this machine reaches Microsoft Graph; docs/runbooks/graph-fails.md."
        )
        return [signed_in, answers, *check_permissions(tokens[0], settings)]


async def _whose(client: GraphClient, settings: Settings, tokens: list[str]) -> Found:
    tokens.append(await client.token())
    claims = claims_in(tokens[0])
    if claims is None:
        return ok("identity", "A token is there. It does not say whose it is: a simulated Graph.")
    app, tenant = _text(claims, "appid", "azp"), _text(claims, "tid")
    name = _text(claims, "app_displayname")
    kind = "managed identity" if settings.app_type is AppType.MANAGED_IDENTITY else "app registration"
    told = f"Token of the {kind} {name or 'without a name'}, app {app}, object {_text(claims, 'oid')}."
    if (app, tenant) != (settings.app_id, settings.tenant_id):
        return failed(
            "identity", f"{told} The settings name app {settings.app_id}, tenant {settings.tenant_id}.", SIGN_IN
        )
    return ok("identity", told)


def check_permissions(token: str, settings: Settings) -> list[Found]:
    """One for each permission of the table, and one for what is granted beyond it."""
    held = roles_in(token)
    if held is None:
        return [skipped("permissions", "The token does not say which are granted.")]
    lacking = {one.permission: one for one in missing(held)}
    grant = GRANT.format(app=settings.app_id)
    found = []
    for name in features():
        if name in lacking:
            found.append(warning(f"permission.{name}", f"Off without it: {'; '.join(lacking[name].features)}.", grant))
        elif name in held:
            found.append(ok(f"permission.{name}", "Granted."))
        else:
            other = next(one for one in ALSO_ENOUGH[name] if one in held)
            found.append(ok(f"permission.{name}", f"Comes with {other}."))
    return [*found, _beyond(sorted(held.difference(features())))]


def _beyond(extra: list[str]) -> Found:
    if not extra:
        return ok("permissions.beyond", "Nothing is granted beyond the table of docs/permissions.md.")
    remedy = "Take them away in Entra (Enterprise applications, Permissions) unless something else needs them."
    return warning("permissions.beyond", f"Granted, and not needed: {', '.join(extra)}.", remedy)


def _text(claims: Mapping[str, Any], *names: str) -> str:
    return next((str(claims[name]) for name in names if claims.get(name)), "")
