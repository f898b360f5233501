"""Groups, as far as rights and licenses ask for them: read, membership, checkMemberGroups."""

from sandbox.clock import timestamp
from sandbox.failures import GraphFailure, bad_request, denied, not_found
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.licenses import license_changes
from sandbox.graph.odata import context, filtered, page, selected
from sandbox.graph.roles import TYPE, role_views
from sandbox.graph.users import directory_object, referenced, wanted_user
from sandbox.tenant import group_licensing, schema
from sandbox.tenant.effects import Effect
from sandbox.tenant.organization import Group
from sandbox.tenant.views import view

PROPERTIES = (
    "id",
    "assignedLicenses",
    "createdDateTime",
    "description",
    "displayName",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "securityEnabled",
    "visibility",
)
# Returned only when they are selected.
_HIDDEN = ("assignedLicenses",)
DEFAULTS = tuple(name for name in PROPERTIES if name not in _HIDDEN)
_CANONICAL = {name.lower(): name for name in PROPERTIES}
CHECK_LIMIT = 20


@route("GET", "groups")
def list_groups(call: Call) -> Answer:
    names = selected(call, _CANONICAL, DEFAULTS, "group")
    condition = filtered(call, _CANONICAL, "group")
    groups = [
        group for group in call.tenant.groups.values() if condition is None or condition.test(group_view(group).get)
    ]
    return Answer(body=page(call, groups, lambda group: _chosen(group, names), "groups"))


@route("GET", "groups/{group}")
def getgroup_view(call: Call) -> Answer:
    names = selected(call, _CANONICAL, DEFAULTS, "group")
    return Answer(body={"@odata.context": context(call, "groups"), **_chosen(_wanted(call), names)})


@route("GET", "groups/{group}/members")
def list_members(call: Call) -> Answer:
    found = (call.tenant.users.get(member) for member in sorted(_wanted(call).members))
    users = [user for user in found if user is not None]
    return Answer(body=page(call, users, lambda user: directory_object(call, user), "directoryObjects"))


@route("GET", "groups/{group}/transitiveMembers/graph.user")
def list_user_members(call: Call) -> Answer:
    """The sandbox has no nested groups. An OData cast needs an advanced query, as the documentation says.

    learn.microsoft.com/graph/api/group-list-transitivemembers, learn.microsoft.com/graph/aad-advanced-queries
    """
    if not (call.is_advanced and call.option("count").lower() == "true"):
        message = "Request is missing the 'ConsistencyLevel:eventual' header or the '$count=true' query parameter."
        raise GraphFailure(400, "Request_UnsupportedQuery", message)
    group = _wanted(call)
    names = selected(call, schema.CANONICAL, schema.DEFAULT_PROPERTIES, "user")
    found = (call.tenant.users.get(member) for member in sorted(group.members))
    users = [user for user in found if user is not None]
    return Answer(body=page(call, users, lambda user: view(call.tenant, user, names), "users"))


@route("POST", "groups/{group}/members/$ref")
def add_member(call: Call) -> Answer:
    group = _wanted(call)
    reference = referenced(call)
    user = call.tenant.find_user(reference)
    if user is None:
        raise not_found(reference)
    _check_writable(call, group)
    if user.id in group.members:
        raise bad_request(
            "One or more added object references already exist for the following modified properties: 'members'."
        )
    group.members.add(user.id)
    call.tenant.effects.count(user.upn, Effect.GROUPS_JOINED)
    if group.licenses:
        group_licensing.evaluate(call.tenant, user, group)
    return Answer(204)


@route("DELETE", "groups/{group}/members/{user}/$ref")
def remove_member(call: Call) -> Answer:
    group = _wanted(call)
    if call.params["user"] not in group.members:
        raise not_found(call.params["user"])
    group.members.discard(call.params["user"])
    user = call.tenant.users.get(call.params["user"])
    if user is not None and group.licenses:
        group_licensing.evaluate(call.tenant, user, group)
    return Answer(204)


@route("POST", "groups/{group}/assignLicense")
def assign_license(call: Call) -> Answer:
    """For every member; learn.microsoft.com/graph/api/group-assignlicense answers 202 with the group."""
    group = _wanted(call)
    add, remove = license_changes(call)
    group_licensing.change(call.tenant, group, add, remove)
    body = {"@odata.context": context(call, "groups"), **_chosen(group, DEFAULTS)}
    return Answer(202, body)


@route("GET", "users/{user}/memberOf")
def member_of(call: Call) -> Answer:
    return _memberships(call)


@route("GET", "users/{user}/transitiveMemberOf")
def transitive_member_of(call: Call) -> Answer:
    """The sandbox has no nested groups, so this is memberOf."""
    return _memberships(call)


@route("POST", "users/{user}/checkMemberGroups")
def check_member_groups(call: Call) -> Answer:
    given = {key.lower(): value for key, value in call.json().items()}.get("groupids")
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise bad_request("The parameter 'groupIds' is missing from the request payload.")
    if len(given) > CHECK_LIMIT:
        raise bad_request(f"The maximum number of groups that can be checked is {CHECK_LIMIT}.")
    user = wanted_user(call)
    groups = call.tenant.groups
    hits = [item for item in given if item.lower() in groups and user.id in groups[item.lower()].members]
    return Answer(body={"@odata.context": f"{call.base_url}/$metadata#Collection(Edm.String)", "value": hits})


def _check_writable(call: Call, group: Group) -> None:
    """Refusals as people met them: microsoftgraph/microsoft-graph-docs issues 14827 and 4210, and, for dynamic groups,
    learn.microsoft.com/graph/api/group-post-members. Groups for roles need a permission that nobody has here.
    """
    if group.synced:
        raise bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
            "currently undergoing migration."
        )
    if group.mail and not group.unified:
        raise bad_request("Cannot Update a mail-enabled security groups and or distribution list.")
    if group.rule:
        raise bad_request("Insufficient privileges to complete the operation: the group has dynamic membership.")
    if group.for_roles:
        raise denied(call.path)


def _memberships(call: Call) -> Answer:
    user = wanted_user(call)
    names = selected(call, _CANONICAL, DEFAULTS, "directoryObject")
    groups = [_typed(group, names) for group in call.tenant.groups.values() if user.id in group.members]
    roles = [{"@odata.type": TYPE, **view} for view in role_views(call, user.id)]
    return Answer(body=page(call, [*groups, *roles], dict, "directoryObjects"))


def _wanted(call: Call) -> Group:
    group = call.tenant.groups.get(call.params["group"].lower())
    if group is None:
        raise not_found(call.params["group"])
    return group


def _typed(group: Group, names: tuple[str, ...]) -> Json:
    return {"@odata.type": "#microsoft.graph.group", **_chosen(group, names)}


def _chosen(group: Group, names: tuple[str, ...]) -> Json:
    values = group_view(group)
    return {name: values[name] for name in names}


def _kinds(group: Group) -> list[str]:
    return ["Unified"] * bool(group.mail and group.unified) + ["DynamicMembership"] * bool(group.rule)


def group_view(group: Group) -> Json:
    return {
        "id": group.id,
        "assignedLicenses": [{"skuId": sku, "disabledPlans": list(off)} for sku, off in group.licenses.items()],
        "createdDateTime": timestamp(group.created_at),
        "description": None,
        "displayName": group.name,
        "groupTypes": _kinds(group),
        "isAssignableToRole": group.for_roles or None,
        "mail": group.mail or None,
        "mailEnabled": bool(group.mail),
        "mailNickname": group.name.replace(" ", "").lower(),
        "onPremisesSyncEnabled": group.synced or None,
        "proxyAddresses": list(group.proxy_addresses),
        "membershipRule": group.rule or None,
        "securityEnabled": not group.mail,
        "visibility": None,
    }
