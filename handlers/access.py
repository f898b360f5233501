"""Who may do what: viewer < operator < admin, from the settings; ids are people's or groups' object ids.

Without any role in the settings every member of the allowed tenants is an operator. When a membership cannot
be read, the answer is no, with Graph's reason.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import IntEnum

from handlers.requests import Services
from provisioning.case import Person
from provisioning.errors import NotAllowed
from provisioning.ports import Directory

REMEMBERED = timedelta(seconds=60)
MOST_REMEMBERED = 10_000


class Role(IntEnum):
    """A higher role may do everything that a lower one may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


def admit(person: Person, services: Services) -> None:
    """Raises NotAllowed for people without an Entra account and for those of other organizations."""
    if not person.id:
        raise NotAllowed("Teams does not say which Microsoft Entra account you are, so I can do nothing for you here.")
    tenants = {tenant.lower() for tenant in services.allowed_tenants}
    if tenants and person.tenant_id.lower() not in tenants:
        raise NotAllowed(
            "Mailroom works only for members of the organization that runs it, and you are of another one."
        )


async def require(role: Role, person: Person, services: Services) -> None:
    """Raises NotAllowed when the person, who was admitted, has a lower role."""
    if not await _has(role, person, services):
        need = "an " + role.name.lower() if role is not Role.VIEWER else "a viewer"
        raise NotAllowed(f"You need to be {need} to do this. Ask whoever runs Mailroom in your organization.")


async def _has(role: Role, person: Person, services: Services) -> bool:
    holders = {Role.VIEWER: services.viewers, Role.OPERATOR: services.operators, Role.ADMIN: services.admins}
    if not any(holders.values()):
        return role <= Role.OPERATOR
    enough = [name.lower() for held, names in holders.items() if held >= role for name in names]
    if person.id.lower() in enough:
        return True
    return bool(enough) and await _is_member(role, person, enough, services)


async def _is_member(role: Role, person: Person, groups: Sequence[str], services: Services) -> bool:
    answers = services.memberships
    now = services.clock.now()
    known = answers.get((person.id, role))
    if known and now - known[0] < REMEMBERED:
        return known[1]
    is_member = await _ask(person.id, groups, services.directory)
    if len(answers) >= MOST_REMEMBERED:
        answers.clear()
    answers[person.id, role] = (now, is_member)
    return is_member


async def _ask(person_id: str, groups: Sequence[str], directory: Directory) -> bool:
    return bool((await directory.standing(person_id, groups)).groups)
