"""Temporary Access Passes: authentication/temporaryAccessPassMethods. A pass is shown once, at its creation."""

import secrets
import string
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import timestamp
from sandbox.failures import GraphFailure
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import page
from sandbox.graph.users import wanted_user
from sandbox.tenant.effects import Effect
from sandbox.tenant.users import AccessPass, User

METHODS = "users/{user}/authentication/temporaryAccessPassMethods"
# The bounds and the default of the tenant's policy, as a new tenant has them.
MINUTES = (10, 43_200)
DEFAULT_MINUTES = 60
_LETTERS = string.ascii_letters + string.digits + "!#$%&*+-=?@^"


@route("GET", METHODS)
def list_passes(call: Call) -> Answer:
    user = wanted_user(call)
    shown = f"users('{user.id}')/authentication/temporaryAccessPassMethods"
    return Answer(body=page(call, list(user.passes.values()), lambda item: _view(call, item), shown))


@route("POST", METHODS)
def create_pass(call: Call) -> Answer:
    user = wanted_user(call)
    if not call.tenant.organization.access_pass_enabled:
        message = "Temporary Access Pass cannot be added to a user because the method is not enabled by policy."
        raise GraphFailure(403, "accessDenied", message)
    body = call.json() if call.body else {}
    given = {key.lower(): value for key, value in body.items()}
    minutes = _minutes(given.get("lifetimeinminutes"))
    usable_once = given.get("isusableonce") or False
    if not isinstance(usable_once, bool):
        raise GraphFailure(400, "badRequest", "isUsableOnce must be true or false.")
    now = call.tenant.now()
    created = AccessPass(call.tenant.new_id(), now, _start(given.get("startdatetime"), now), minutes, usable_once)
    # A user has one pass at most: a new one takes the place of the old.
    user.passes = {created.id: created}
    call.tenant.effects.count(user.upn, Effect.ACCESS_PASSES)
    return Answer(201, _created(call, user, created))


@route("GET", METHODS + "/{pass}")
def get_pass(call: Call) -> Answer:
    return Answer(body=_view(call, _wanted(call, wanted_user(call))))


@route("DELETE", METHODS + "/{pass}")
def delete_pass(call: Call) -> Answer:
    user = wanted_user(call)
    del user.passes[_wanted(call, user).id]
    return Answer(204)


def _wanted(call: Call, user: User) -> AccessPass:
    found = user.passes.get(call.params["pass"])
    if found is None:
        raise GraphFailure(404, "resourceNotFound", "The requested user or authentication method was not found.")
    return found


def _minutes(value: Any) -> int:
    if value is None:
        return DEFAULT_MINUTES
    if isinstance(value, bool) or not isinstance(value, int) or not MINUTES[0] <= value <= MINUTES[1]:
        message = f"lifetimeInMinutes must be between {MINUTES[0]} and {MINUTES[1]}."
        raise GraphFailure(400, "badRequest", message)
    return value


def _start(value: Any, now: datetime) -> datetime:
    if value is None:
        return now
    try:
        start = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise GraphFailure(400, "badRequest", "startDateTime is not a valid time.") from error
    return max(now, start) if start.tzinfo else now


def _created(call: Call, user: User, created: AccessPass) -> Json:
    shown = f"{call.base_url}/$metadata#users('{user.id}')/authentication/temporaryAccessPassMethods/$entity"
    secret = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return {"@odata.context": shown, **_view(call, created), "temporaryAccessPass": secret}


def _view(call: Call, item: AccessPass) -> Json:
    """Without the pass: Graph shows it at creation only."""
    now = call.tenant.now()
    expired = now >= item.starts_at + timedelta(minutes=item.lifetime_minutes)
    reason = "Expired" if expired else "NotYetValid" if now < item.starts_at else "EnabledByPolicy"
    return {
        "id": item.id,
        "isUsable": reason == "EnabledByPolicy",
        "methodUsabilityReason": reason,
        "temporaryAccessPass": None,
        "createdDateTime": timestamp(item.created_at),
        "startDateTime": timestamp(item.starts_at),
        "lifetimeInMinutes": item.lifetime_minutes,
        "isUsableOnce": item.usable_once,
    }
