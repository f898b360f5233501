"""Grants an identity the application permissions of the table in graph/permissions.py, and no others.

It looks first and assigns what is missing, one by one, so it may be run again at any time. What is granted beyond the
table is told, never taken away. infra/grant-graph-roles.sh is its command.
"""

import argparse
import asyncio
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient

from graph.answers import Json
from graph.client import GraphClient, open_client
from graph.credentials import Credential, StaticCredential, is_loopback
from graph.granted import features
from graph.queries import quoted
from graph.requests import JsonBody
from graph.values import ident, objects, text
from provisioning.errors import GraphError, MailroomError

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph's own, the same in every tenant
MOST = 999  # assignments of one identity
GRAPH = "https://graph.microsoft.com/v1.0"


class CannotGrant(MailroomError):
    """What stands in the way, and what to do."""


@dataclass(frozen=True)
class Plan:
    """The ids of the identity and of Graph in this tenant; permissions by name, with their ids where they are missing.

    `extra` is granted, but not in the table or left out by whoever asks.
    """

    identity_id: str
    graph_id: str
    held: tuple[str, ...]
    missing: dict[str, str]
    extra: tuple[str, ...]


async def plan(client: GraphClient, app_id: str, without: Collection[str] = ()) -> Plan:
    """`app_id` is the identity's client id. Raises CannotGrant and GraphError."""
    identity = await _principal(client, app_id, ["id"])
    graph = await _principal(client, GRAPH_APP_ID, ["id", "appRoles"])
    if not identity or not graph:
        raise CannotGrant(
            f"This tenant has no application with the client id {app_id}. Check it, and that `az login` signed in to "
            "this tenant; one that was made just now takes a minute to be known."
        )
    offered = {text(role.get("value")): ident(role.get("id")) for role in objects(graph.get("appRoles"))}
    names = {role_id: name for name, role_id in offered.items()}
    wanted = [name for name in features() if name not in without]
    if unknown := [name for name in (*wanted, *without) if name not in offered]:
        raise CannotGrant(f"Microsoft Graph offers no permission {', '.join(unknown)} here. Nothing was granted.")
    identity_id, graph_id = ident(identity.get("id")), ident(graph.get("id"))
    assigned = objects((await client.send(_assignments(client.api, identity_id)) or {}).get("value"))
    held = [names.get(ident(one.get("appRoleId")), ident(one.get("appRoleId"))) for one in assigned]
    return Plan(
        identity_id,
        graph_id,
        held=tuple(name for name in wanted if name in held),
        missing={name: offered[name] for name in wanted if name not in held},
        extra=tuple(sorted(set(held).difference(wanted))),
    )


async def grant(client: GraphClient, plan: Plan, name: str) -> None:
    """One of the missing. Raises GraphError."""
    body = {"principalId": plan.identity_id, "resourceId": plan.graph_id, "appRoleId": plan.missing[name]}
    assigned = client.api.service_principals.by_service_principal_id(plan.graph_id).app_role_assigned_to
    await client.send(assigned.to_post_request_information(JsonBody(body)))


async def run(client: GraphClient, app_id: str, without: Collection[str], *, is_dry: bool) -> None:
    found = await plan(client, app_id, without)
    for name in found.held:
        _say(f"granted already  {name}")
    for name in found.missing:
        if not is_dry:
            await grant(client, found, name)
        _say(f"{'would be granted' if is_dry else 'granted'.ljust(16)} {name}")
    for name in found.extra:
        _say(f"NOT IN THE TABLE {name}: take it away unless something else needs it")


async def _principal(client: GraphClient, app_id: str, properties: list[str]) -> Json | None:
    principals = client.api.service_principals
    parameters = type(principals).ServicePrincipalsRequestBuilderGetQueryParameters(
        filter=f"appId eq {quoted(app_id)}", select=properties
    )
    request = principals.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    return next(iter(objects((await client.send(request) or {}).get("value"))), None)


def _assignments(api: GraphServiceClient, identity_id: str) -> RequestInformation:
    assignments = api.service_principals.by_service_principal_id(identity_id).app_role_assignments
    parameters = type(assignments).AppRoleAssignmentsRequestBuilderGetQueryParameters(top=MOST)
    return assignments.to_get_request_information(RequestConfiguration(query_parameters=parameters))


def _administrator(base_url: str) -> Credential:
    """Whoever is signed in to the Azure CLI."""
    if is_loopback(base_url):
        return StaticCredential()
    from azure.identity.aio import AzureCliCredential

    return AzureCliCredential()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


async def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="grant-graph-roles", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("app_id", help="the client id of the managed identity, or the app id of the app registration")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--without", action="append", default=[], metavar="PERMISSION", help="leave this one out")
    parser.add_argument("--graph", default=GRAPH, metavar="URL", help="Microsoft Graph, with the version")
    options = parser.parse_args(arguments)
    try:
        async with open_client(options.graph, _administrator(options.graph)) as client:
            await run(client, options.app_id, options.without, is_dry=options.dry_run)
    except GraphError as error:
        hint = "It takes `az login` as a Privileged Role Administrator of this tenant."
        sys.stderr.write(f"grant-graph-roles: {error.trace.code or error.sentence}: {error.trace.message} {hint}\n")
        return 1
    except (MailroomError, ValueError) as error:
        sys.stderr.write(f"grant-graph-roles: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
