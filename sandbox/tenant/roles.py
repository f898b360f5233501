"""Directory roles: built-in ones by their template ids, and who holds them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.tenant.organization import fixed_id

GLOBAL_ADMINISTRATOR = "Global Administrator"

# The roleTemplateId of some built-in roles, from
# learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
TEMPLATES = {
    GLOBAL_ADMINISTRATOR: "62e90394-69f5-4237-9190-012177145e10",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
}


@dataclass
class DirectoryRole:
    """A role that is activated in the tenant: only these have an object of their own."""

    id: str
    name: str
    template_id: str
    members: set[str] = field(default_factory=set)


def hold(roles: dict[str, DirectoryRole], user_id: str, names: Iterable[str]) -> None:
    """The user holds these roles by name; a role that nobody held is activated."""
    for name in names:
        role_id = fixed_id(f"directory role {name}")
        template_id = TEMPLATES.get(name) or fixed_id(f"role template {name}")
        roles.setdefault(role_id, DirectoryRole(role_id, name, template_id)).members.add(user_id)


def held_by(roles: dict[str, DirectoryRole], user_id: str) -> list[DirectoryRole]:
    return [role for role in roles.values() if user_id in role.members]
