"""The durable workflows. Short ones only: the wait between them is a row (see jobs/watcher.py).

Registered with DBOS under fixed names, so that a restarted process finds its way back into them.
Arguments and results are plain ids and flags: they are stored.
"""

import logging

from dbos import DBOS, DBOSConfiguredInstance

from jobs.cases import Cases
from jobs.finishing import FinishSteps
from jobs.steps import ProvisionSteps
from provisioning.case import Case, Problem, fail

QUEUE = "cases"

log = logging.getLogger(__name__)


@DBOS.dbos_class("Workflows")
class Workflows(DBOSConfiguredInstance):
    """`provision` and `finish`, over their steps."""

    def __init__(self, cases: Cases, provision_steps: ProvisionSteps, finish_steps: FinishSteps) -> None:
        super().__init__("mailroom")
        self._cases = cases
        self._provision_steps = provision_steps
        self._finish_steps = finish_steps

    @DBOS.workflow(name="provision")
    async def provision(self, case_id: str) -> None:
        """From the order to the waiting row."""
        try:
            for step in self._provision_steps.all:
                if not await DBOS.run_step_async({"name": step.name}, self._provision_steps.run, step, case_id):
                    return
        except Exception:
            await self._fail(case_id)
            raise

    @DBOS.workflow(name="finish")
    async def finish(self, case_id: str) -> None:
        """From the mailbox that answers to the notification that is owed."""
        try:
            await DBOS.run_step_async({"name": "finish"}, self._finish_steps.run, case_id)
        except Exception:
            await self._fail(case_id)
            raise

    async def _fail(self, case_id: str) -> None:
        """A fault of ours must not leave a card that says "running" for ever."""
        log.exception("case %s: a workflow failed", case_id)
        sentence = (
            "Something went wrong in Mailroom itself. What was done stays done; try again, and tell its operators."
        )
        now = self._cases.clock.now()

        def transition(case: Case) -> Case:
            return fail(case, Problem(sentence), now) if case.is_open else case

        await self._cases.change(case_id, transition)
