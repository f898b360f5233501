"""Who may do what: viewer < operator < admin, from the settings; ids are people's or groups' object ids.

Without any role in the settings every member of the allowed tenants is an operator. Guests and disabled accounts are
refused whatever the settings say. What Graph says of a person is remembered for a minute; when it cannot be read,
the answer is no, with Graph's reason. Only looking goes on while Graph does not answer, for people whose role needs
no group.
"""

from datetime import timedelta
from enum import IntEnum

from handlers.requests import Services
from provisioning.case import Person
from provisioning.directory import Standing
from provisioning.errors import GraphError, GraphUnavailable, NotAllowed
from provisioning.words import say

REMEMBERED = timedelta(seconds=60)
MOST_REMEMBERED = 10_000

ELSEWHERE = say("Mailroom works only for members of the organization that runs it, and you are of another one.")
NAMELESS = say("Teams does not say which Microsoft Entra account you are, so I can do nothing for you here.")
GUEST = say("Guests may not use Mailroom. Ask a member of the organization that runs it.")
DISABLED = say("Your account is disabled in Microsoft Entra ID, so I can do nothing for you.")


class Role(IntEnum):
    """A higher role may do everything that a lower one may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


NEEDED = {
    Role.VIEWER: say("You need to be a viewer to do this. Ask whoever runs Mailroom in your organization."),
    Role.OPERATOR: say("You need to be an operator to do this. Ask whoever runs Mailroom in your organization."),
    Role.ADMIN: say("You need to be an admin to do this. Ask whoever runs Mailroom in your organization."),
}


def has_roles(services: Services) -> bool:
    """Whether the settings name anybody; otherwise everyone of the organization may do the same."""
    return bool(services.viewers or services.operators or services.admins)


def admit(person: Person, services: Services) -> None:
    """Raises NotAllowed for people without an Entra account and for those of other organizations."""
    if not person.id:
        raise NotAllowed(NAMELESS)
    tenants = {tenant.lower() for tenant in services.allowed_tenants}
    if tenants and person.tenant_id.lower() not in tenants:
        raise NotAllowed(ELSEWHERE)


async def require(role: Role | None, person: Person, services: Services) -> None:
    """Raises NotAllowed when the person, who was admitted, has a lower role; GraphError when that cannot be read.

    None is for everyone of the organization but guests, whether or not Graph answers.
    """
    try:
        held = await role_of(person, services)
    except GraphError as error:
        may_look = isinstance(error, GraphUnavailable) and role is Role.VIEWER and _named(person, services)
        if role is None or may_look:
            return
        raise
    if role is None:
        return
    if held is None or held < role:
        raise NotAllowed(NEEDED[role])


async def may_order(person: Person, services: Services) -> None:
    """Of a scheduled order whose time has come: may the person still? Raises as `admit` and `require`."""
    admit(person, services)
    await require(Role.OPERATOR, person, services)


async def may_act(person: Person, services: Services) -> bool:
    """Whether the person is more than a viewer; yes where roles are not set, or cannot be read."""
    try:
        return (await role_of(person, services) or 0) >= Role.OPERATOR
    except GraphError:
        return True


async def role_of(person: Person, services: Services) -> Role | None:
    """The highest role that the person holds. Raises NotAllowed for guests and disabled accounts, and GraphError."""
    standing = await standing_of(person, services)
    if standing.is_guest:
        raise NotAllowed(GUEST)
    if not standing.is_enabled:
        raise NotAllowed(DISABLED)
    groups = {group.lower() for group in standing.groups}
    held = [role for role, ids in _holders(services).items() if ids & groups]
    return max(filter(None, [*held, _named(person, services)]), default=None)


async def standing_of(person: Person, services: Services) -> Standing:
    """What Graph says of the person and of the groups that the settings may mean; remembered for a minute."""
    now = services.clock.now()
    known = services.standings.get(person.id)
    if known and now - known[0] < REMEMBERED:
        return known[1]
    ids = sorted(set().union(*_holders(services).values()))
    standing = await services.directory.standing(person.id, ids)
    if len(services.standings) >= MOST_REMEMBERED:
        services.standings.clear()
    services.standings[person.id] = (now, standing)
    return standing


def _named(person: Person, services: Services) -> Role | None:
    """The role that the settings give without a group."""
    if not has_roles(services):
        return Role.OPERATOR
    return max((role for role, ids in _holders(services).items() if person.id.lower() in ids), default=None)


def _holders(services: Services) -> dict[Role, frozenset[str]]:
    return {
        Role.VIEWER: _lower(services.viewers),
        Role.OPERATOR: _lower(services.operators),
        Role.ADMIN: _lower(services.admins),
    }


def _lower(ids: tuple[str, ...]) -> frozenset[str]:
    return frozenset(one.lower() for one in ids)
