"""The register of people in trouble: a small function each, over a person made ready for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sandbox.causes.people import make_person
from sandbox.scenarios.registry import World
from sandbox.tenant.catalogue import OFFICE_365_E3, Product
from sandbox.tenant.effects import Effects
from sandbox.tenant.exchange import look
from sandbox.tenant.users import User

Change = Callable[[World, User], None]


@dataclass(frozen=True)
class Cause:
    """`causes` are ids of the catalogue of causes; `cured_by` are fix ids, to be done in this order.

    alternatives   other ways that cure as well, each in order
    looks_like     causes that nothing in Graph tells from this one
    shows_after    what has to be tried before Graph shows anything, e.g. "POST /users"
    is_tenant_wide others are concerned too, so that it is not live in the default tenant
    aspects        what of a person it is about: troubles with different aspects can be combined, those without never
    license        assigned `age` ago; None for nobody's
    """

    name: str
    user: str
    display_name: str
    causes: tuple[str, ...]
    cured_by: tuple[str, ...]
    description: str
    change: Change
    aspects: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    looks_like: tuple[str, ...] = ()
    shows_after: str = ""
    is_tenant_wide: bool = False
    is_hidden: bool = False  # Graph never shows anything of it
    license: Product | None = OFFICE_365_E3
    age: timedelta = timedelta(hours=3)
    synced: bool = False
    stamped: bool = True  # licensing gave the user mail and proxyAddresses
    exists: bool = True

    @property
    def is_live(self) -> bool:
        """Is there something to be seen of it in the default tenant, and of nobody else's making?"""
        return not (self.is_tenant_wide or self.shows_after or self.is_hidden)

    def as_json(self) -> dict[str, Any]:
        return {
            "scenario": self.name,
            "user": self.user,
            "causes": list(self.causes),
            "cured_by": list(self.cured_by),
            "live": self.is_live,
            "aspects": list(self.aspects),
            "alternatives": [list(way) for way in self.alternatives],
            "looks_like": list(self.looks_like),
            "shows_after": self.shows_after,
            "tenant_wide": self.is_tenant_wide,
            "description": self.description,
        }


CAUSES: dict[str, Cause] = {}


def cause(
    name: str, user: str, display_name: str, causes: Sequence[str], cured_by: Sequence[str], **traits: Any
) -> Callable[[Change], Change]:
    """Register a person in trouble; the docstring's first line is the description."""

    def register(change: Change) -> Change:
        description = (change.__doc__ or "").strip().splitlines()[0]
        CAUSES[name] = Cause(name, user, display_name, tuple(causes), tuple(cured_by), description, change, **traits)
        return change

    return register


def by_id() -> list[Cause]:
    """In the order of the catalogue of causes."""
    return sorted(CAUSES.values(), key=lambda one: one.causes)


def apply_cause(world: World, name: str) -> None:
    """Raises KeyError for an unknown name. What happens to the person is history, not something that a bot did."""
    found = CAUSES[name]
    counted, world.tenant.effects = world.tenant.effects, Effects()
    try:
        _bring_about(world, found, (found.change,))
    finally:
        world.tenant.effects = counted


def combine(world: World, names: Sequence[str], upn: str, display_name: str) -> Cause:
    """One person with several troubles. Raises KeyError, or ValueError where they cannot go together."""
    parts = [CAUSES[name] for name in names]
    aspects = [aspect for part in parts for aspect in part.aspects]
    if not parts or not all(part.aspects for part in parts) or len(set(aspects)) < len(aspects):
        raise ValueError("troubles can be combined where their aspects differ")
    licenses = [part.license for part in parts]
    merged = replace(
        parts[0],
        user=upn,
        display_name=display_name,
        causes=tuple(dict.fromkeys(cause_id for part in parts for cause_id in part.causes)),
        license=None if None in licenses else next((one for one in licenses if one != OFFICE_365_E3), OFFICE_365_E3),
        age=max(part.age for part in parts),
        synced=any(part.synced for part in parts),
        stamped=all(part.stamped for part in parts),
    )
    counted, world.tenant.effects = world.tenant.effects, Effects()
    try:
        _bring_about(world, merged, tuple(part.change for part in parts))
    finally:
        world.tenant.effects = counted
    return merged


def _bring_about(world: World, found: Cause, changes: Sequence[Change]) -> None:
    user = make_person(
        world.tenant,
        found.user,
        found.display_name,
        license=found.license,
        age=found.age,
        synced=found.synced,
        stamped=found.stamped,
        exists=found.exists,
    )
    for change in changes:
        change(world, user)
    if world.tenant.users.get(user.id) is user:
        world.tenant.users.reindex(user)
        look(world.tenant, user)
