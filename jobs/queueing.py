"""The engine as this process runs it: DBOS launched and stopped, and the workflows that it is handed.

Each workflow has an id that says what it is for: the same id again answers the workflow that exists.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import sqlalchemy as sa
from dbos import DBOS, SetWorkflowID

from jobs.stopping import in_time
from jobs.tables import POOL_SIZE
from jobs.workflows import QUEUE, RETENTION, Parts, bind, explain, finish, follow_up, provision, repair, retention

APPLICATION_VERSION = "1"  # pinned: DBOS otherwise derives it from the source, and an upgrade strands work
QUEUE_POLL_SECONDS = 1.0
AT_ONCE = 16  # workflows at work in this process
# Unlimited by default, which costs a thread a workflow. While the database is gone each workflow keeps one waiting:
# the others are there to say so.
THREADS = AT_ONCE + 8
# The engine looks a hundred times a second for what its `set_event` and streams are to tell other processes on
# PostgreSQL, which nothing here uses; that alone was half of what an idle bot cost.
NOTIFY_SECONDS = 0.5
STOP_SECONDS = 1  # for workflows in flight: the engine takes whole seconds
GONE_SECONDS = 1.0  # for the engine's own threads after that


async def launch(database_url: str, engine: sa.Engine, process_id: str, parts: Parts) -> None:
    """Workflows that a killed process left go on at once."""
    bind(parts)
    DBOS(
        config={
            "name": "mailroom",
            "system_database_url": database_url,
            "system_database_engine": engine,
            "application_version": APPLICATION_VERSION,
            "executor_id": process_id,
            "max_executor_threads": THREADS,
            "sys_db_pool_size": POOL_SIZE,
            "notification_coalesce_sec": NOTIFY_SECONDS,
            "log_level": "ERROR",
            "enable_otlp": False,
        }
    )
    DBOS.launch()
    await DBOS.register_queue_async(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=QUEUE_POLL_SECONDS)


async def stop() -> bool:
    """Whether it has stopped in time: while the database is gone, it waits for that without end."""
    destroy = partial(DBOS.destroy, workflow_completion_timeout_sec=STOP_SECONDS)
    has_stopped = await in_time(destroy, STOP_SECONDS + GONE_SECONDS)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())  # DBOS closed its own under `to_thread`
    return has_stopped


async def begin_provision(case_id: str) -> None:
    with SetWorkflowID(case_id):
        await DBOS.enqueue_workflow_async(QUEUE, provision, case_id)


async def begin_finish(case_id: str) -> None:
    with SetWorkflowID(f"{case_id}:finish"):
        await DBOS.enqueue_workflow_async(QUEUE, finish, case_id)


async def begin_explain(case_id: str, reason: str) -> None:
    """Once for each reason."""
    with SetWorkflowID(f"{case_id}:explain:{reason}"):
        await DBOS.enqueue_workflow_async(QUEUE, explain, case_id)


async def begin_follow_up(case_id: str, once: str) -> None:
    """Once more; the first time is `finish`'s business."""
    with SetWorkflowID(f"{case_id}:follow-up:{once}"):
        await DBOS.enqueue_workflow_async(QUEUE, follow_up, case_id)


async def begin_repair(repair_id: str) -> None:
    with SetWorkflowID(f"repair:{repair_id}"):
        await DBOS.enqueue_workflow_async(QUEUE, repair, repair_id)


async def begin_retention(day: str) -> None:
    """Once a day, whoever asks for it."""
    with SetWorkflowID(f"{RETENTION}:{day}"):
        await DBOS.enqueue_workflow_async(QUEUE, retention, day)
