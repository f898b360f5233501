"""The durable workflows. Short ones only: the wait between them is a row (see jobs/watcher.py).

DBOS finds a workflow again by its name, in whatever process goes on with it, so workflows are module
functions, and what they work with is bound once a process. Arguments and results are plain ids: they are stored.
"""

import logging
from dataclasses import dataclass

from dbos import DBOS

from jobs.cases import Cases
from jobs.explaining import ExplainSteps
from jobs.finishing import FinishSteps
from jobs.repairing import RepairSteps
from jobs.steps import ProvisionSteps
from provisioning.case import Case, Problem, fail

QUEUE = "cases"
FAULT = "Something went wrong in Mailroom itself. What was done stays done. Try again."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the workflows of this process work with."""

    cases: Cases
    provision_steps: ProvisionSteps
    finish_steps: FinishSteps
    explain_steps: ExplainSteps
    repair_steps: RepairSteps


_bound: list[Parts] = []


def bind(parts: Parts) -> None:
    """Before DBOS is launched: recovery starts workflows at once."""
    _bound[:] = [parts]


@DBOS.workflow(name="provision")
async def provision(case_id: str) -> None:
    """From the order to the waiting row."""
    parts = _bound[0]
    try:
        for step in parts.provision_steps.all:
            if not await DBOS.run_step_async({"name": step.name}, parts.provision_steps.run, step, case_id):
                await DBOS.run_step_async({"name": "explain"}, parts.explain_steps.run, case_id)
                return
    except Exception:
        await _fail(parts, case_id)
        raise


@DBOS.workflow(name="finish")
async def finish(case_id: str) -> None:
    """From the mailbox that answers to the notification that is owed."""
    parts = _bound[0]
    try:
        await DBOS.run_step_async({"name": "finish"}, parts.finish_steps.run, case_id)
    except Exception:
        await _fail(parts, case_id)
        raise


@DBOS.workflow(name="explain")
async def explain(case_id: str) -> None:
    """Why a case is late or has failed."""
    await DBOS.run_step_async({"name": "explain"}, _bound[0].explain_steps.run, case_id)


@DBOS.workflow(name="repair")
async def repair(repair_id: str) -> None:
    """From the confirmed fix to the new snapshot that says whether it helped."""
    steps = _bound[0].repair_steps
    try:
        for index in range(await DBOS.run_step_async({"name": "count"}, steps.count, repair_id)):
            if not await DBOS.run_step_async({"name": f"write_{index}"}, steps.run, repair_id, index):
                return
        await DBOS.run_step_async({"name": "judge"}, steps.judge, repair_id)
    except Exception:
        log.exception("repair %s: the workflow failed", repair_id)
        await steps.fail(repair_id, FAULT)
        raise


async def _fail(parts: Parts, case_id: str) -> None:
    """A fault of ours must not leave a card that says "running" for ever."""
    log.exception("case %s: a workflow failed", case_id)
    now = parts.cases.clock.now()

    def transition(case: Case) -> Case:
        return fail(case, Problem(FAULT), now) if case.is_open else case

    await parts.cases.change(case_id, transition)
