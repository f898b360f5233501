"""The users with their indexes: by object id, by UPN, by mail address. Ten thousand of them are no burden."""

from collections.abc import Iterator

from sandbox.tenant.users import User


class UserStore:
    """Call `reindex` after changing a user's UPN, mail or proxy addresses.

    Two users can have one address where Entra does not forbid it: each address lists all of its holders.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, User] = {}
        self._by_upn: dict[str, str] = {}
        self._by_address: dict[str, list[str]] = {}
        self._names: dict[str, tuple[str, set[str]]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._by_id.values()))

    def get(self, object_id: str) -> User | None:
        return self._by_id.get(object_id.lower())

    def by_upn(self, upn: str) -> User | None:
        return self._by_id.get(self._by_upn.get(upn.lower(), ""))

    def by_address(self, address: str) -> User | None:
        """The first who holds this address as mail or proxy address."""
        return self.holder(address, "")

    def holder(self, address: str, but: str) -> User | None:
        """Who holds this address, other than the user with the id `but`."""
        holders = self._by_address.get(address.lower(), ())
        return next((self._by_id[user_id] for user_id in holders if user_id != but), None)

    def holders(self, address: str) -> list[User]:
        return [self._by_id[user_id] for user_id in self._by_address.get(address.lower(), ())]

    def holds(self, address: str, but: str) -> bool:
        return self.holder(address, but) is not None

    def add(self, user: User) -> None:
        self._by_id[user.id] = user
        self._index(user)

    def remove(self, user: User) -> None:
        self._unindex(user)
        self._by_id.pop(user.id, None)

    def reindex(self, user: User) -> None:
        self._unindex(user)
        self._index(user)

    def _index(self, user: User) -> None:
        upn, addresses = user.upn.lower(), user.addresses()
        self._by_upn[upn] = user.id
        for address in addresses:
            self._by_address.setdefault(address, []).append(user.id)
        self._names[user.id] = (upn, addresses)

    def _unindex(self, user: User) -> None:
        upn, addresses = self._names.pop(user.id, ("", set()))
        self._by_upn.pop(upn, None)
        for address in addresses:
            holders = self._by_address[address]
            holders.remove(user.id)
            if not holders:
                del self._by_address[address]
