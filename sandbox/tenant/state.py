"""The simulated tenant: everything that lives as long as the process."""

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sandbox import people
from sandbox.clock import Clock
from sandbox.permissions import every_permission
from sandbox.tenant import principals, seed
from sandbox.tenant.active_directory import ActiveDirectory
from sandbox.tenant.effects import Effects
from sandbox.tenant.mailboxes import Preparation
from sandbox.tenant.organization import Contact, Group, Incident, Organization, Recipient, Subscription
from sandbox.tenant.outlook import SentMail
from sandbox.tenant.roles import GLOBAL_ADMINISTRATOR, DirectoryRole, hold
from sandbox.tenant.store import UserStore
from sandbox.tenant.users import User

REPLICATION_SECONDS = (2.0, 15.0)
RECYCLE_BIN_DAYS = 30


class Tenant:
    """Users, recycle bin, subscriptions, groups, health. What can be done to them is in the modules beside this one."""

    def __init__(self, clock: Clock, seed_number: int = 1, fill: "Callable[[Tenant], None] | None" = None) -> None:
        self.clock = clock
        self._fill = fill
        self._acting_at: datetime | None = None
        self.rng = random.Random(seed_number)
        self.reset()

    def reset(self) -> None:
        """Back to the default tenant. The clock runs on, and no id is given again: bots remember them."""
        self.users = UserStore()
        self.deleted: dict[str, User] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.groups: dict[str, Group] = {}
        self.roles: dict[str, DirectoryRole] = {}
        self.contacts: dict[str, Contact] = {}
        self.recipients: dict[str, Recipient] = {}
        self.incidents: list[Incident] = []
        self.health: dict[str, str] = {}  # a service's status, where no incident tells it
        self.principals: dict[str, principals.ServicePrincipal] = {}
        self.grants: list[principals.Grant] = []
        principals.fill(self.principals, every_permission())
        self.audits: list[dict[str, Any]] = []
        self.mails: list[SentMail] = []
        self.directory = ActiveDirectory()
        self.organization = Organization()
        self.effects = Effects()
        self.preparation = Preparation.NORMAL
        if self._fill is not None:
            self._fill(self)
        else:
            seed.fill(self.users, self.subscriptions, self.groups, self.clock.now())
            hold(self.roles, people.ADAM.object_id, [GLOBAL_ADMINISTRATOR])

    @property
    def is_from_file(self) -> bool:
        return self._fill is not None

    def now(self) -> datetime:
        return self._acting_at or self.clock.now()

    @contextmanager
    def acting_at(self, moment: datetime) -> Iterator[None]:
        """What was due a while ago is carried out as if it were then."""
        self._acting_at = moment
        try:
            yield
        finally:
            self._acting_at = None

    def later(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)

    def new_id(self) -> str:
        """From the seed, so that two runs with the same requests look the same."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def draw_replication(self) -> timedelta:
        return timedelta(seconds=self.rng.uniform(*REPLICATION_SECONDS))

    def find_user(self, name: str) -> User | None:
        """By object id or UPN, as far as directory replication has come for each of them."""
        by_id = self.users.get(name)
        found = by_id or self.users.by_upn(name)
        if found is None:
            return None
        self._begin(found)
        visible_at = found.visible_by_id_at if by_id else found.visible_by_name_at
        return found if visible_at <= self.now() else None

    def is_replicated(self, user: User) -> bool:
        """Is what hangs on the user found everywhere in the directory?"""
        return user.replicated_at is None or user.replicated_at <= self.now()

    def _begin(self, user: User) -> None:
        """Somebody looks for the first time: from now on the user's times stand still."""
        age = user.begins_at_first_look
        if age is not None:
            user.begins_at_first_look = None
            user.move_times(self.now() - age - user.props["createdDateTime"])

    def find_deleted(self, object_id: str) -> User | None:
        self.empty_recycle_bin()
        return self.deleted.get(object_id.lower())

    def empty_recycle_bin(self) -> None:
        """Deleted users can be restored for 30 days."""
        oldest = self.now() - timedelta(days=RECYCLE_BIN_DAYS)
        for user in list(self.deleted.values()):
            if user.props["deletedDateTime"] < oldest:
                del self.deleted[user.id]

    def address_is_taken(self, address: str, by_other_than: str = "") -> bool:
        """By a user, group or contact; case does not matter."""
        wanted = address.lower()
        return self.users.holds(wanted, by_other_than) or any(
            wanted in addresses for _, addresses in self._others(by_other_than)
        )

    def address_holder(self, address: str, by_other_than: str) -> str:
        """The name of the recipient that has the address in Exchange, hidden ones included; "" if it is free."""
        wanted = address.lower()
        user = self.users.holder(wanted, by_other_than)
        if user is not None:
            return user.name
        for name, addresses in (*self._others(by_other_than), *self._hidden(by_other_than)):
            if wanted in addresses:
                return name
        return ""

    def _others(self, own_id: str) -> Iterator[tuple[str, set[str]]]:
        listed: tuple[Group | Contact, ...] = (*self.groups.values(), *self.contacts.values())
        for one in listed:
            if one.id != own_id:
                yield one.name, {proxy.partition(":")[2].lower() for proxy in one.proxy_addresses}

    def _hidden(self, own_id: str) -> Iterator[tuple[str, set[str]]]:
        for recipient in self.recipients.values():
            yield recipient.name, {address.lower() for address in recipient.addresses}
        for user in self.deleted.values():
            if user.exchange.keeps_addresses and user.id != own_id:
                yield user.name, user.addresses()
