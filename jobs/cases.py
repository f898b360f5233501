"""The cases for asynchronous code: the store in a thread, and the courier woken after each change."""

import asyncio
from collections.abc import Sequence

from jobs.courier import Courier
from jobs.store import CaseStore, Change, IsShown, Transition
from provisioning.case import Case
from provisioning.ports import Clock


class Cases:
    """What the steps and the watcher work on. Raises KeyError for an unknown case."""

    def __init__(self, store: CaseStore, courier: Courier, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._courier = courier

    async def get(self, case_id: str) -> Case:
        case = await asyncio.to_thread(self.store.get, case_id)
        if case is None:
            raise KeyError(case_id)
        return case

    async def change(self, case_id: str, transition: Transition, *, is_shown: IsShown = True) -> Case:
        case = await asyncio.to_thread(self.store.change, case_id, transition, is_shown=is_shown)
        self._courier.wake()
        return case

    async def change_all(
        self, case_ids: Sequence[str], transition: Transition, *, is_shown: IsShown = True
    ) -> list[Change]:
        """Those that are known, in one transaction."""
        changes = await asyncio.to_thread(self.store.change_all, case_ids, transition, is_shown=is_shown)
        if any(change.is_shown for change in changes):
            self._courier.wake()
        return changes
