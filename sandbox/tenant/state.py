"""The simulated tenant: everything that lives as long as the process."""

import random
import uuid
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.tenant import seed
from sandbox.tenant.effects import Effects
from sandbox.tenant.mailboxes import Preparation
from sandbox.tenant.organization import Group, Incident, Organization, Subscription
from sandbox.tenant.store import UserStore
from sandbox.tenant.users import User

REPLICATION_SECONDS = (2.0, 15.0)
RECYCLE_BIN_DAYS = 30


class Tenant:
    """Users, recycle bin, subscriptions, groups, health. What can be done to them is in the modules beside this one."""

    def __init__(self, clock: Clock, seed_number: int = 1) -> None:
        self.clock = clock
        self.rng = random.Random(seed_number)
        self.reset()

    def reset(self) -> None:
        """Back to the default tenant. The clock runs on, and no id is given again: bots remember them."""
        self.users = UserStore()
        self.deleted: dict[str, User] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.groups: dict[str, Group] = {}
        self.incidents: list[Incident] = []
        self.organization = Organization()
        self.effects = Effects()
        self.preparation = Preparation.NORMAL
        seed.fill(self.users, self.subscriptions, self.groups, self.clock.now())

    def now(self) -> datetime:
        return self.clock.now()

    def new_id(self) -> str:
        """From the seed, so that two runs with the same requests look the same."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def draw_replication(self) -> timedelta:
        return timedelta(seconds=self.rng.uniform(*REPLICATION_SECONDS))

    def find_user(self, name: str) -> User | None:
        """By object id or UPN, as far as directory replication has come for each of them."""
        by_id = self.users.get(name)
        if by_id is not None:
            return by_id if by_id.visible_by_id_at <= self.now() else None
        by_name = self.users.by_upn(name)
        return by_name if by_name is not None and by_name.visible_by_name_at <= self.now() else None

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
        """By a user or a group; case does not matter."""
        holder = self.users.by_address(address)
        if holder is not None and holder.id != by_other_than:
            return True
        wanted = address.lower()
        return any(
            wanted == proxy.partition(":")[2].lower() for g in self.groups.values() for proxy in g.proxy_addresses
        )
