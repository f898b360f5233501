"""Eventual consistency: a write that succeeded, and that reads do not show yet.

Microsoft Entra accepts a write first and replicates it afterwards: meanwhile a new object may be "not found" and a
changed property may show its old value (devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-
microsoft-entra). What Exchange knows, such as whether the mailbox answers, is not part of that.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sandbox.failures import GraphFailure
from sandbox.graph.calls import Call, find
from sandbox.tenant.users import User


@contextmanager
def hidden(call: Call, seconds: float) -> Iterator[None]:
    """Reads show what is changed inside the block only so many simulated seconds later."""
    if seconds <= 0 or call.method == "GET" or call.path.lower() == "/$batch":
        yield
        return
    tenant = call.tenant
    user = _user_of(call)
    before = seen(call, user) if user else None
    known = {one.id for one in tenant.users} if user is None else set()
    copied = _copy(before) if before else None
    yield
    until = tenant.later(seconds)
    if user is not None:
        user.shown_instead, user.shown_instead_until = copied, until
        return
    for made in tenant.users:
        if made.id not in known:
            made.visible_by_id_at = max(made.visible_by_id_at, until)
            made.visible_by_name_at = max(made.visible_by_name_at, until)


def seen(call: Call, user: User) -> User:
    """The user as reads show them just now."""
    is_late = user.shown_instead is not None and user.shown_instead_until > call.tenant.now()
    return user.shown_instead if is_late and user.shown_instead is not None else user


def _user_of(call: Call) -> User | None:
    try:
        _, params = find(call.method, call.path)
    except GraphFailure:
        return None
    return call.tenant.find_user(params["user"]) if "user" in params else None


def _copy(user: User) -> User:
    """What the directory holds as it is now; what Exchange holds stays the living thing."""
    return replace(
        user,
        props=copy.deepcopy(user.props),
        licenses=copy.deepcopy(user.licenses),
        group_licenses=copy.deepcopy(user.group_licenses),
        plans=copy.deepcopy(user.plans),
        raw=copy.deepcopy(user.raw),
        shown_instead=None,
    )
