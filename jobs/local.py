"""Repairs without the engine, for one process that waits for the end: the terminal. The same steps, in order."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from jobs.audit import AuditLog
from jobs.migrations import migrate
from jobs.repairing import RepairSteps
from jobs.repairs import RepairStore
from jobs.tables import open_engine
from provisioning.audit_records import repair_asked, repair_ended
from provisioning.case import NOWHERE
from provisioning.fixes.steps import Step
from provisioning.ports import Clock, Directory, Resync
from provisioning.repair import Repair


class LocalRepairs:
    """`folder` is empty and keeps the record of the repair while it runs; `audit` is what stays."""

    def __init__(
        self, folder: Path, directory: Directory, clock: Clock, resync: Resync | None, audit: AuditLog
    ) -> None:
        self._engine = open_engine(f"sqlite:///{folder / 'repair.db'}")
        self._store = RepairStore(self._engine)
        self._steps = RepairSteps(directory, self._store, lambda: None, clock, resync)
        self._audit = audit

    async def carry_out(self, repair: Repair, steps: Sequence[Step]) -> Repair:
        """The repair as it ended."""
        try:
            await asyncio.to_thread(migrate, self._engine)
            await asyncio.to_thread(self._audit.prepare)
            await self._audit.record(repair_asked(repair))
            await asyncio.to_thread(self._store.open, repair, steps, NOWHERE)
            for index in range(len(steps)):
                if not await self._steps.run(repair.id, index):
                    break
            await self._steps.judge(repair.id)
            ended = await asyncio.to_thread(self._store.get, repair.id) or repair
            record = repair_ended(repair, ended)
            if record is not None:
                await self._audit.record(record)
            return ended
        finally:
            self._engine.dispose()
