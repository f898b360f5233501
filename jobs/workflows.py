"""The durable workflows. Short ones only: the wait between them is a row (see jobs/watcher.py).

DBOS finds a workflow again by its name, in whatever process goes on with it, so workflows are module
functions, and what they work with is bound once a process. Arguments and results are plain ids: they are stored.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from dbos import DBOS, SetWorkflowID, StepOptions
from structlog.contextvars import bound_contextvars

from jobs.cases import Cases
from jobs.explaining import ExplainSteps
from jobs.finishing import FinishSteps
from jobs.following_up import FollowUpSteps
from jobs.repairing import RepairSteps
from jobs.retention import Retention
from jobs.steps import ProvisionSteps
from jobs.tracing import doing, is_tracing, working_on
from provisioning.case import Case, Problem, fail
from provisioning.errors import DatabaseUnavailable
from provisioning.repair import Repair
from provisioning.words import say

QUEUE = "cases"
RETENTION = "retention"
FAULT = say("Something went wrong in Mailroom itself. What was done stays done. Try again.")
BROKEN = ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]  # what is in these goes on no more
DATABASE_PAUSE = 5.0  # seconds between the tries of a step while the database is gone
DATABASE_TRIES = 20_000  # a day

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the workflows of this process work with."""

    cases: Cases
    provision_steps: ProvisionSteps
    finish_steps: FinishSteps
    explain_steps: ExplainSteps
    repair_steps: RepairSteps
    follow_up_steps: FollowUpSteps
    retention: Retention


_bound: list[Parts] = []


def bind(parts: Parts) -> None:
    """Before DBOS is launched: recovery starts workflows at once."""
    _bound[:] = [parts]


@DBOS.workflow(name="provision")
async def provision(case_id: str) -> None:
    """From the order to the waiting row."""
    parts = _bound[0]
    async with _done_for_case("provision", case_id):
        try:
            for step in parts.provision_steps.all:
                if not await _run(step.name, parts.provision_steps.run, step, case_id):
                    await _run("explain", parts.explain_steps.run, case_id)
                    return
        except Exception:
            await _fail(parts, case_id)
            raise


@DBOS.workflow(name="finish")
async def finish(case_id: str) -> None:
    """From the mailbox that answers to the notification that is owed."""
    parts = _bound[0]
    async with _done_for_case("finish", case_id):
        try:
            has_follow_ups = await _run("finish", parts.finish_steps.run, case_id)
        except Exception:
            await _fail(parts, case_id)
            raise
        if has_follow_ups:
            with SetWorkflowID(f"{case_id}:follow-up"):
                await DBOS.enqueue_workflow_async(QUEUE, follow_up, case_id)


@DBOS.workflow(name="follow_up")
async def follow_up(case_id: str) -> None:
    """What the profile wants done once the mailbox is ready; what has been done is left alone."""
    steps = _bound[0].follow_up_steps
    async with _done_for_case("follow_up", case_id):
        try:
            for index in range(await _run("count", steps.count, case_id)):
                await _run(f"follow_up_{index}", steps.run, case_id, index)
        except Exception:
            log.exception("case %s: the follow-ups failed", case_id)
            await steps.break_off(case_id, FAULT)
            raise


@DBOS.workflow(name="explain")
async def explain(case_id: str) -> None:
    """Why a case is late or has failed."""
    async with _done_for_case("explain", case_id):
        await _run("explain", _bound[0].explain_steps.run, case_id)


@DBOS.workflow(name="repair")
async def repair(repair_id: str) -> None:
    """From the confirmed fix to the new snapshot that says whether it helped."""
    steps = _bound[0].repair_steps
    async with _done_for("repair", "repair", repair_id, steps.get):
        try:
            for index in range(await _run("count", steps.count, repair_id)):
                if not await _run(f"write_{index}", steps.run, repair_id, index):
                    return
            await _run("judge", steps.judge, repair_id)
        except Exception:
            log.exception("repair %s: the workflow failed", repair_id)
            await steps.fail(repair_id, FAULT)
            raise


@DBOS.workflow(name=RETENTION)
async def retention(day: str) -> None:
    """What is too old on that day is deleted, some at a time."""
    steps = _bound[0].retention
    counts: Counter[str] = Counter()
    while found := await _run("sweep", steps.sweep, day):
        counts.update(found)
    await _run("cut", steps.cut, day)
    await _run("note", steps.note, day, dict(counts))


async def end_broken(workflow_ids: Sequence[str]) -> None:
    """Those of the workflows that broke off end their case or repair."""
    if not workflow_ids:
        return
    ids = list(workflow_ids)
    for broken in await DBOS.list_workflows_async(workflow_ids=ids, status=BROKEN, load_input=False, load_output=False):
        await break_off(broken.workflow_id)


async def break_off(workflow_id: str) -> None:
    """A fault of ours must not leave a card that says "running" for ever."""
    subject, _, rest = workflow_id.partition(":")
    ids = {"repair": rest} if subject == "repair" else {"case": subject}
    log.error("workflow %s broke off", workflow_id, extra=ids)
    if subject == "repair":
        await _bound[0].repair_steps.fail(rest, FAULT)
    elif rest.startswith("follow-up"):
        await _bound[0].follow_up_steps.break_off(subject, FAULT)
    elif subject != RETENTION and not rest.startswith("explain"):  # of those, the next time does what is left
        await _end(_bound[0], subject)


def _done_for_case(name: str, case_id: str) -> contextlib.AbstractAsyncContextManager[None]:
    return _done_for(name, "case", case_id, _bound[0].cases.get)


@asynccontextmanager
async def _done_for(
    name: str, kind: str, subject_id: str, find: Callable[[str], Awaitable[Case | Repair | None]]
) -> AsyncIterator[None]:
    """How a workflow is seen from outside. A trace that is not found stops no work: its steps wait for the database."""
    subject = None
    if is_tracing():
        with contextlib.suppress(DatabaseUnavailable, KeyError):
            subject = await find(subject_id)
    if subject is None:
        with bound_contextvars(**{kind: subject_id}):
            yield
        return
    with working_on(name, subject, _bound[0].cases.clock.now()):
        yield


async def _run(name: str, work: Callable[..., Awaitable[T]], *arguments: object) -> T:
    async def step() -> T:
        with doing(name):
            return await work(*arguments)

    return await DBOS.run_step_async(_step(name), step)


def _step(name: str) -> StepOptions:
    """Every step is safe to repeat, so a database that is gone is waited out."""
    return {
        "name": name,
        "retries_allowed": True,
        "interval_seconds": DATABASE_PAUSE,
        "backoff_rate": 1.0,
        "max_attempts": DATABASE_TRIES,
        "should_retry": lambda error: isinstance(error, DatabaseUnavailable),
    }


async def _fail(parts: Parts, case_id: str) -> None:
    log.exception("case %s: a workflow failed", case_id)
    await _end(parts, case_id)


async def _end(parts: Parts, case_id: str) -> None:
    now = parts.cases.clock.now()

    def transition(case: Case) -> Case:
        return fail(case, Problem(FAULT), now) if case.is_open else case

    await parts.cases.change(case_id, transition)
