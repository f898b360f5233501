"""The second person: who is asked, who may decide, and which fixes need one. The ids are people's or groups'."""

import logging
from datetime import timedelta

from handlers.requests import Services
from provisioning.case import Person
from provisioning.errors import BadOrder, GraphNotFound, NotAllowed
from provisioning.findings import Risk
from provisioning.repair import Approval
from provisioning.words import say

MOST_ASKED = 20

log = logging.getLogger(__name__)


def approvers(services: Services) -> tuple[str, ...]:
    return services.approvers or services.admins


def needs_second_person(risk: Risk, services: Services) -> bool:
    """Where nobody is named there is nobody to ask."""
    return services.approval_risk is not None and risk >= services.approval_risk and bool(approvers(services))


async def require_approver(person: Person, services: Services) -> None:
    """Raises NotAllowed for whoever is no approver, guests and disabled accounts among them, and GraphError.

    Asked of Graph each time: a decision is rare, and weighs. Without an answer nobody decides.
    """
    ids = {one.lower() for one in approvers(services)}
    standing = await services.directory.standing(person.id, sorted(ids))
    if standing.is_guest or not standing.is_enabled:
        raise NotAllowed(say("Guests and disabled accounts decide nothing here."))
    if ids & {person.id.lower(), *(group.lower() for group in standing.groups)}:
        return
    raise NotAllowed(say("Only an approver may decide this. Ask whoever runs Mailroom in your organization."))


async def approval_for(requester: Person, risk: Risk, why: str, changes: str, services: Services) -> Approval | None:
    """The request as it would be made now; None where the risk needs no second person.

    Raises BadOrder when there is nobody but the requester, and GraphError.
    """
    if not needs_second_person(risk, services):
        return None
    asked = await _second_persons(requester, services)
    if not asked:
        raise BadOrder(
            say(
                "This needs a second person, and nobody but you is an approver. Whoever runs Mailroom has to name "
                "another one (MAILROOM_APPROVERS)."
            )
        )
    expires_at = services.clock.now() + timedelta(hours=services.approval_hours)
    place = await services.jobs.approval_place()
    return Approval(asked, expires_at, risk, why, changes, place)


async def _second_persons(requester: Person, services: Services) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for one in approvers(services):
        for person in await _people(one.lower(), services):
            found.setdefault(person.id.lower(), person)
    found.pop(requester.id.lower(), None)
    return tuple(found.values())[:MOST_ASKED]


async def _people(one: str, services: Services) -> tuple[Person, ...]:
    """A person, or a group's members as they are now. Which of both an id is, is asked once."""
    known = services.known_people
    if one not in known:
        account = await services.directory.get_account(one)
        known[one] = Person(account.id, account.display_name or account.upn) if account else None
    person = known[one]
    if person:
        return (person,)
    try:
        return await services.directory.members_of(one, MOST_ASKED + 1)  # the requester may be one of them
    except GraphNotFound:
        log.warning("%s, named among the approvers, is neither a user nor a group of the tenant", one)
        return ()
