"""Directory roles and who holds them: directoryRoles, memberOf and transitiveMemberOf cast to them."""

from sandbox.failures import GraphFailure, not_found
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import context, filtered, page, selected
from sandbox.graph.users import directory_object, wanted_user
from sandbox.permissions import NAMES_OF_ROLES
from sandbox.tenant.roles import DirectoryRole, held_by

PROPERTIES = ("id", "deletedDateTime", "description", "displayName", "roleTemplateId")
_CANONICAL = {name.lower(): name for name in PROPERTIES}
TYPE = "#microsoft.graph.directoryRole"


@route("GET", "directoryRoles")
def list_roles(call: Call) -> Answer:
    names = selected(call, _CANONICAL, PROPERTIES, "directoryRole")
    condition = filtered(call, _CANONICAL, "directoryRole")
    roles = [role for role in call.tenant.roles.values() if condition is None or condition.test(_view(role).get)]
    return Answer(body=page(call, roles, lambda role: _chosen(role, names), "directoryRoles"))


@route("GET", "directoryRoles/{role}")
def get_role(call: Call) -> Answer:
    names = selected(call, _CANONICAL, PROPERTIES, "directoryRole")
    return Answer(body={"@odata.context": context(call, "directoryRoles"), **_chosen(_wanted(call), names)})


@route("GET", "directoryRoles/{role}/members")
def list_members(call: Call) -> Answer:
    found = (call.tenant.users.get(member) for member in sorted(_wanted(call).members))
    users = [user for user in found if user is not None]
    return Answer(body=page(call, users, lambda user: directory_object(call, user), "directoryObjects"))


@route("GET", "users/{user}/memberOf/graph.directoryRole")
def roles_of(call: Call) -> Answer:
    return _roles(call)


@route("GET", "users/{user}/transitiveMemberOf/graph.directoryRole")
def all_roles_of(call: Call) -> Answer:
    """The sandbox has no groups that hold roles, so this is memberOf."""
    return _roles(call)


def role_views(call: Call, user_id: str, names: tuple[str, ...] = PROPERTIES) -> list[Json]:
    """The roles of a user as members of a collection of directory objects.

    Whoever may not read roles gets ids and types, and null for the rest
    (learn.microsoft.com/graph/permissions-overview, limited information for inaccessible member objects).
    """
    is_open = call.services.permissions.allows(NAMES_OF_ROLES)
    views = (_chosen(role, names) for role in held_by(call.tenant.roles, user_id))
    return [view if is_open else {name: view[name] if name == "id" else None for name in view} for view in views]


def _roles(call: Call) -> Answer:
    if not (call.is_advanced and call.option("count").lower() == "true"):
        message = (
            "The OData cast is not supported because the 'ConsistencyLevel:eventual' header or $count=true is missing. "
            "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
        )
        raise GraphFailure(400, "Request_UnsupportedQuery", message)
    names = selected(call, _CANONICAL, PROPERTIES, "directoryRole")
    views = role_views(call, wanted_user(call).id, names)
    return Answer(body=page(call, views, dict, "directoryRoles"))


def _wanted(call: Call) -> DirectoryRole:
    name = call.params["role"].lower()
    found = call.tenant.roles.get(name)
    if found is None:
        raise not_found(call.params["role"])
    return found


def _chosen(role: DirectoryRole, names: tuple[str, ...]) -> Json:
    values = _view(role)
    return {name: values[name] for name in names}


def _view(role: DirectoryRole) -> Json:
    return {
        "id": role.id,
        "deletedDateTime": None,
        "description": None,
        "displayName": role.name,
        "roleTemplateId": role.template_id,
    }
