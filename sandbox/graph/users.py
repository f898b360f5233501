"""/users: list, read, create, change, delete, manager."""

from collections.abc import Iterable
from typing import Any

from sandbox.failures import GraphFailure, bad_request, not_found
from sandbox.graph.calls import Answer, Call, Json, route, split
from sandbox.graph.filters import Filter
from sandbox.graph.hiding import seen
from sandbox.graph.odata import context, filtered, ordered, page, selected
from sandbox.graph.searching import searched
from sandbox.tenant import accounts, schema
from sandbox.tenant.effects import Effect
from sandbox.tenant.users import User
from sandbox.tenant.views import read, view

ORDERABLE = {name.lower(): name for name in ("displayName", "userPrincipalName", "createdDateTime")}


def wanted_user(call: Call) -> User:
    """The user that the path names, or the directory's 404."""
    name = call.params["user"]
    user = call.tenant.find_user(name)
    if user is None or (_is_below(call) and not call.tenant.is_replicated(user)):
        raise not_found(name)
    return seen(call, user) if call.method == "GET" else user


def _is_below(call: Call) -> bool:
    """Something of the user's, such as mailboxSettings, rather than the user."""
    return len(split(call.path)) > 2


@route("GET", "me")
def get_me(_: Call) -> Answer:
    raise GraphFailure(400, "BadRequest", "/me request is only valid with delegated authentication flow.")


@route("GET", "users")
def list_users(call: Call) -> Answer:
    names = selected(call, schema.CANONICAL, schema.DEFAULT_PROPERTIES, "user")
    users = found_users(call)
    shown = f"users({','.join(names)})" if call.option("select") else "users"
    return Answer(body=page(call, users, lambda user: view(call.tenant, user, names), shown))


@route("GET", "users/$count")
def count_users(call: Call) -> Answer:
    if not call.is_advanced:
        message = "$count is not currently supported without the 'ConsistencyLevel:eventual' header."
        raise GraphFailure(400, "Request_UnsupportedQuery", message)
    return Answer(body=str(len(found_users(call))))


@route("POST", "users")
def create_user(call: Call) -> Answer:
    user = accounts.create(call.tenant, call.json())
    body = {"@odata.context": context(call, "users"), **view(call.tenant, user)}
    return Answer(201, body, {"Location": f"{call.base_url}/users/{user.id}"})


@route("GET", "users/{user}")
def get_user(call: Call) -> Answer:
    names = selected(call, schema.CANONICAL, schema.DEFAULT_PROPERTIES, "user")
    user = wanted_user(call)
    chosen = names if call.option("select") else None
    body = {"@odata.context": context(call, "users", chosen), **view(call.tenant, user, names)}
    if call.option("expand").lower().startswith("manager"):
        manager = call.tenant.users.get(user.manager_id)
        body["manager"] = directory_object(call, manager) if manager else None
    return Answer(body=body)


@route("PATCH", "users/{user}")
def update_user(call: Call) -> Answer:
    user = wanted_user(call)
    accounts.update(call.tenant, user, call.json())
    return Answer(204)


@route("DELETE", "users/{user}")
def delete_user(call: Call) -> Answer:
    accounts.delete(call.tenant, wanted_user(call))
    return Answer(204)


@route("GET", "users/{user}/onPremisesSyncBehavior")
def get_sync_behavior(call: Call) -> Answer:
    """learn.microsoft.com/graph/api/resources/onpremisessyncbehavior: for synced users only."""
    user = wanted_user(call)
    if not user.is_synced:
        raise not_found("onPremisesSyncBehavior")
    shown = f"{call.base_url}/$metadata#users('{user.id}')/onPremisesSyncBehavior/$entity"
    return Answer(body={"@odata.context": shown, "id": user.id, "isCloudManaged": user.cloud_mastered})


@route("PATCH", "users/{user}/onPremisesSyncBehavior")
def set_sync_behavior(call: Call) -> Answer:
    user = wanted_user(call)
    wanted = {key.lower(): value for key, value in call.json().items()}.get("iscloudmanaged")
    if not user.is_synced or not isinstance(wanted, bool):
        raise bad_request("Invalid value specified for property 'isCloudManaged'.")
    user.cloud_mastered = wanted
    return Answer(204)


@route("GET", "users/{user}/manager")
def get_manager(call: Call) -> Answer:
    manager = call.tenant.users.get(wanted_user(call).manager_id)
    if manager is None:
        raise not_found("manager")
    names = selected(call, schema.CANONICAL, schema.DEFAULT_PROPERTIES, "directoryObject")
    body = {"@odata.context": context(call, "directoryObjects"), "@odata.type": "#microsoft.graph.user"}
    return Answer(body={**body, **view(call.tenant, manager, names)})


@route("PUT", "users/{user}/manager/$ref")
def set_manager(call: Call) -> Answer:
    user = wanted_user(call)
    reference = referenced(call)
    manager = call.tenant.find_user(reference)
    if manager is None:
        raise not_found(reference)
    if manager.id == user.id:
        raise bad_request("A user cannot be their own manager.")
    if user.manager_id != manager.id:
        user.manager_id = manager.id
        call.tenant.effects.count(user.upn, Effect.MANAGERS_SET)
    return Answer(204)


@route("DELETE", "users/{user}/manager/$ref")
def remove_manager(call: Call) -> Answer:
    wanted_user(call).manager_id = ""
    return Answer(204)


def referenced(call: Call) -> str:
    """The object id in a {"@odata.id": "https://…/users/{id}"} body."""
    link = call.json().get("@odata.id")
    segments = split(str(link or "").partition("/v1.0")[2])
    if len(segments) != 2 or segments[0].lower() not in ("users", "directoryobjects"):
        raise bad_request("Invalid URL format specified in payload: @odata.id must name a user or directoryObject.")
    return segments[1]


def directory_object(call: Call, user: User) -> Json:
    return {"@odata.type": "#microsoft.graph.user", **view(call.tenant, user)}


def found_users(call: Call) -> list[User]:
    """The users that have replicated and pass the $filter, in the wanted order."""
    tenant = call.tenant
    condition = filtered(call, schema.CANONICAL, "user")
    meant = searched(call)
    now = tenant.now()
    hits = [
        seen(call, user)
        for user in _candidates(call, condition)
        if user.visible_by_name_at <= now
        and (condition is None or condition.test(reader(call, user)))
        and meant(reader(call, user))
    ]
    return ordered(call, hits, lambda user, name: read(tenant, user, name), ORDERABLE)


def reader(call: Call, user: User) -> Any:
    """Property access for a filter, whatever the case of the name."""

    def read_property(path: str) -> Any:
        return read(call.tenant, user, schema.CANONICAL[path.partition("/")[0].lower()])

    return read_property


def _candidates(call: Call, condition: Filter | None) -> Iterable[User]:
    """The few users that an index finds, or all of them."""
    store = call.tenant.users
    finders = {"userprincipalname": store.by_upn, "id": store.get}
    for name, value in condition.equals if condition else ():
        if name.lower() == "proxyaddresses" and value[:5].lower() == "smtp:":
            return store.holders(value[5:])
        if name.lower() in finders:
            found = finders[name.lower()](value)
            return [found] if found else []
        if name.lower() == "mail":
            return store.holders(value)
    return store
