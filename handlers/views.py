"""Which buttons the answer to a person shows: those that this person may press, and none where everyone can see it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cards import views
from handlers.access import Role, has_roles, role_of
from handlers.requests import Reply, Request, Services
from provisioning.errors import GraphError

Needed = Callable[[str, Mapping[str, Any]], Role | None]
"""The role that a button needs, by its verb and data; None where everyone may press it."""


async def fitted(reply: Reply, request: Request, services: Services, needed: Needed) -> Reply:
    """`reply` with the buttons of the person who gets it. Those are checked again at the click: this is for the eye."""
    if reply.card is None or not has_roles(services):
        return reply
    try:
        role = await role_of(request.person, services)
    except GraphError:
        return reply
    mine = views.allowed(reply.card, lambda verb, data: (needed(verb, data) or 0) <= (role or 0))
    if request.conversation.is_personal or reply.own_view is None:
        return replace(reply, card=mine)
    return replace(reply, card=mine, public=views.shared(reply.card, *reply.own_view))
