"""directory/deletedItems: the users of the last 30 days, to look at, restore or purge."""

from sandbox.failures import not_found
from sandbox.graph.calls import Answer, Call, route
from sandbox.graph.odata import context, filtered, page, selected
from sandbox.graph.users import reader
from sandbox.tenant import accounts, schema
from sandbox.tenant.users import User
from sandbox.tenant.views import view

DEFAULTS = (*schema.DEFAULT_PROPERTIES, "deletedDateTime")


@route("GET", "directory/deletedItems/graph.user")
def list_deleted(call: Call) -> Answer:
    names = selected(call, schema.CANONICAL, DEFAULTS, "user")
    condition = filtered(call, schema.CANONICAL, "user")
    call.tenant.empty_recycle_bin()
    users = list(call.tenant.deleted.values())
    hits = [user for user in users if condition is None or condition.test(reader(call, user))]
    return Answer(body=page(call, hits, lambda user: view(call.tenant, user, names), "users"))


@route("GET", "directory/deletedItems/{id}")
def get_deleted(call: Call) -> Answer:
    user = _wanted(call)
    names = selected(call, schema.CANONICAL, DEFAULTS, "user")
    body = {"@odata.context": context(call, "directoryObjects"), "@odata.type": "#microsoft.graph.user"}
    return Answer(body={**body, **view(call.tenant, user, names)})


@route("POST", "directory/deletedItems/{id}/restore")
def restore_deleted(call: Call) -> Answer:
    user = _wanted(call)
    accounts.restore(call.tenant, user)
    body = {"@odata.context": context(call, "directoryObjects"), "@odata.type": "#microsoft.graph.user"}
    return Answer(body={**body, **view(call.tenant, user)})


@route("DELETE", "directory/deletedItems/{id}")
def purge_deleted(call: Call) -> Answer:
    del call.tenant.deleted[_wanted(call).id]
    return Answer(204)


def _wanted(call: Call) -> User:
    user = call.tenant.find_deleted(call.params["id"])
    if user is None:
        raise not_found(call.params["id"])
    return user
