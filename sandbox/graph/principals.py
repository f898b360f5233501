"""/servicePrincipals and their app roles: read, and assigned as an administrator assigns them.

learn.microsoft.com/graph/api/serviceprincipal-list, …/serviceprincipal-list-approleassignments,
…/serviceprincipal-post-approleassignedto
"""

from sandbox.clock import timestamp
from sandbox.failures import bad_request, not_found
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import context, filtered, page, selected
from sandbox.tenant.principals import Grant, ServicePrincipal

PROPERTIES = ("id", "appId", "appRoles", "displayName", "servicePrincipalType")
_CANONICAL = {name.lower(): name for name in PROPERTIES}


@route("GET", "servicePrincipals")
def list_principals(call: Call) -> Answer:
    names = selected(call, _CANONICAL, PROPERTIES, "servicePrincipal")
    condition = filtered(call, _CANONICAL, "servicePrincipal")
    found = [one for one in call.tenant.principals.values() if condition is None or condition.test(_view(one).get)]
    return Answer(body=page(call, found, lambda one: {name: _view(one)[name] for name in names}, "servicePrincipals"))


@route("GET", "servicePrincipals/{principal}/appRoleAssignments")
def list_assignments(call: Call) -> Answer:
    principal = _wanted(call, call.params["principal"])
    held = [grant for grant in call.tenant.grants if grant.principal_id == principal.id]
    return Answer(body=page(call, held, lambda grant: _grant_view(call, grant), "appRoleAssignments"))


@route("POST", "servicePrincipals/{principal}/appRoleAssignedTo")
def assign(call: Call) -> Answer:
    """The words for a second assignment and for another resource are those that people report of Graph."""
    resource = _wanted(call, call.params["principal"])
    body = call.json()
    principal = _wanted(call, str(body.get("principalId", "")))
    if body.get("resourceId") != resource.id:
        raise bad_request("Not a valid reference update.")
    role_id = str(body.get("appRoleId", ""))
    if role_id not in resource.app_roles.values():
        raise bad_request("One or more properties are invalid.")
    if any((one.principal_id, one.app_role_id) == (principal.id, role_id) for one in call.tenant.grants):
        raise bad_request("Permission being assigned already exists on the object")
    grant = Grant(call.tenant.new_id(), principal.id, resource.id, role_id, call.tenant.now())
    call.tenant.grants.append(grant)
    return Answer(201, {"@odata.context": context(call, "appRoleAssignments"), **_grant_view(call, grant)})


def _wanted(call: Call, name: str) -> ServicePrincipal:
    found = call.tenant.principals.get(name.lower())
    if found is None:
        raise not_found(name)
    return found


def _view(principal: ServicePrincipal) -> Json:
    roles = [_role(value, role_id) for value, role_id in principal.app_roles.items()]
    values = (principal.id, principal.app_id, roles, principal.name, principal.kind)
    return dict(zip(PROPERTIES, values, strict=True))


def _role(value: str, role_id: str) -> Json:
    return {
        "allowedMemberTypes": ["Application"],
        "description": value,
        "displayName": value,
        "id": role_id,
        "isEnabled": True,
        "origin": "Application",
        "value": value,
    }


def _grant_view(call: Call, grant: Grant) -> Json:
    principal, resource = (call.tenant.principals[one] for one in (grant.principal_id, grant.resource_id))
    return {
        "id": grant.id,
        "deletedDateTime": None,
        "appRoleId": grant.app_role_id,
        "createdDateTime": timestamp(grant.created_at),
        "principalDisplayName": principal.name,
        "principalId": principal.id,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": resource.name,
        "resourceId": resource.id,
    }
