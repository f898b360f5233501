"""A bulk of 1,000 users inside Graph's limits, and an operator's diagnosis beside it. Part of bench/load.py.

The real jobs and graph code of this repository against the sandbox, which enforces the published limits and answers
every request 50 ms late. Both sides' limits are scaled down alike, so that the limit is what is measured and not this
machine: a bulk costs CPU, and a small machine would not reach the real one.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import aiohttp
from harness import Server, Servers, free_port
from support.fake_messenger import FakeMessenger

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.limits import PUBLISHED, WRITES, scaled
from graph.pacing import Pacer
from jobs.engine import JobsEngine, open_jobs
from provisioning.case import CaseState, Conversation, Order, Person
from provisioning.diagnosis import diagnose

LATENCY_SECONDS = 0.05
WELL = "helga@contoso.com"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
STARTS_AT_ONCE = 20
STEADY = (0.35, 0.95)  # of the writes: without the first burst and the last stragglers
GOAL_SHARE, GOAL_THROTTLED, GOAL_RATIO = 0.9, 0.005, 2.0


@dataclass(frozen=True)
class Size:
    """`diagnoses` are those without load."""

    users: int
    scale: float
    diagnoses: int


FULL, QUICK = Size(1_000, 0.25, 60), Size(24, 0.25, 5)
POLL_SECONDS = 30.0  # the default


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Controls:
    """The sandbox's controls."""

    def __init__(self, sandbox: Server, http: aiohttp.ClientSession) -> None:
        self._url = f"{sandbox.url}/sandbox"
        self._http = http

    async def __call__(self, path: str, body: dict | None = None, method: str = "POST") -> dict:
        async with self._http.request(method, f"{self._url}/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def asked(self) -> dict[str, int]:
        """What Graph was asked since the last time: requests (members of batches singly), round trips and the like."""
        log = await self("requests?limit=0", method="GET")
        by_template = {(one["method"], one["template"]): one["count"] for one in log["counts"]}
        batches = by_template.get(("POST", "/$batch"), 0)
        probes = by_template.get(("GET", "/users/{user}/mailboxSettings"), 0)
        requests = log["total"] - batches
        return {"requests": requests, "batches": batches, "probes": probes} | {
            name: int(log[name]) for name in ("throttled", "writes", "units")
        }


def measure(quick: bool, scale: float | None, is_paced: bool) -> dict[str, object]:
    """`scale` is that of the limits, on both sides."""
    size = QUICK if quick else FULL
    size = replace(size, scale=scale or size.scale)
    with Servers() as servers:
        sandbox = servers.sandbox(free_port(), "mailbox-never-ready")
        return asyncio.run(measured(servers, sandbox, size, is_paced))


async def measured(servers: Servers, sandbox: Server, size: Size, is_paced: bool) -> dict[str, object]:
    pacer = Pacer(scaled(size.scale) if is_paced else {})
    async with (
        aiohttp.ClientSession() as http,
        open_client(f"{sandbox.url}/v1.0", StaticCredential(), pacer=pacer) as client,
    ):
        control = Controls(sandbox, http)
        await control(f"subscriptions/{E3}", {"enabled": size.users + 100})
        await control("limits", {"scale": size.scale})
        await control("faults", {"path": "", "delay_seconds": LATENCY_SECONDS})
        directory = GraphDirectory(client)
        database = f"sqlite:///{servers.folder / 'mailroom.db'}"
        jobs = await open_jobs(database, directory, FakeMessenger(), Clock(), POLL_SECONDS)
        try:
            quiet = await diagnoses(directory, size.diagnoses)
            bulk = await run_bulk(jobs, directory, control, size)
        finally:
            await jobs.close()
    return figures(size, is_paced, quiet, bulk)


async def diagnoses(directory: GraphDirectory, count: int) -> list[float]:
    """Milliseconds of each, one after another, with pauses as between people."""
    await timed_diagnosis(directory)
    return [await timed_diagnosis(directory) for _ in range(count)]


async def timed_diagnosis(directory: GraphDirectory) -> float:
    await asyncio.sleep(0.2)
    started = time.perf_counter()
    diagnose(await directory.take_snapshot(WELL))
    return (time.perf_counter() - started) * 1000


async def run_bulk(jobs: JobsEngine, directory: GraphDirectory, control: Controls, size: Size) -> dict[str, object]:
    """From the first order until all wait for their mailboxes, with a diagnosis now and then beside it."""
    await control("requests", method="DELETE")
    cpu, started = time.process_time(), time.perf_counter()
    beside: list[float] = []
    progress: list[tuple[float, int]] = []
    starting = asyncio.create_task(start_all(jobs, size.users))
    with alongside(diagnose_on(directory, beside), sample_on(control, progress, started)):
        while (states := await by_state(jobs))[CaseState.WAITING] < size.users:
            failed = states[CaseState.FAILED]
            if failed or (starting.done() and starting.exception()):
                raise SystemExit(f"{failed} orders failed: {starting.exception() if starting.done() else ''}")
            await asyncio.sleep(0.5)
    seconds = time.perf_counter() - started
    cpu = time.process_time() - cpu
    asked = await control.asked()
    allowed = size.scale * PUBLISHED[WRITES].amount / PUBLISHED[WRITES].seconds
    return {
        "users": size.users,
        "seconds": round(seconds, 1),
        "users_a_minute": round(size.users * 60 / seconds, 1),
        "asked": asked,
        "writes_a_second": round(steady_rate(progress, asked["writes"]), 2),
        "allowed_writes_a_second": round(allowed, 2),
        "share_of_limit": round(steady_rate(progress, asked["writes"]) / allowed, 3),
        "throttled_share": round(asked["throttled"] / asked["requests"], 5),
        "cpu_ms_a_user": round(cpu * 1000 / size.users, 1),
        "diagnoses": beside,
    }


async def by_state(jobs: JobsEngine) -> Counter[str]:
    counts = Counter[str]()
    for (state, _), count in (await jobs.depth()).cases.items():
        counts[state] += count
    return counts


async def start_all(jobs: JobsEngine, users: int) -> None:
    """As many at once as a few people with a list would."""
    helga, room = (
        Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga"),
        Conversation("bulk", "personal", "https://teams.example"),
    )
    gate = asyncio.Semaphore(STARTS_AT_ONCE)

    async def start(number: int) -> None:
        order = Order(f"bulk-{number}@contoso.com", f"Bulk {number}", "US", license=E3, license_name="Office 365 E3")
        async with gate:
            await jobs.start(order, helga, room)

    await asyncio.gather(*(start(number) for number in range(users)))


@contextmanager
def alongside(*work) -> Iterator[None]:
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def diagnose_on(directory: GraphDirectory, into: list[float]) -> None:
    while True:
        into.append(await timed_diagnosis(directory))


async def sample_on(control: Controls, into: list[tuple[float, int]], started: float) -> None:
    while True:
        into.append((time.perf_counter() - started, (await control.asked())["writes"]))
        await asyncio.sleep(0.25)


def steady_rate(progress: list[tuple[float, int]], writes: int) -> float:
    first, last = (next(one for one in progress if one[1] >= share * writes) for share in STEADY)
    return (last[1] - first[1]) / (last[0] - first[0])


def figures(size: Size, is_paced: bool, quiet: list[float], bulk: dict) -> dict:
    beside = bulk.pop("diagnoses")
    ratio = statistics.median(beside) / statistics.median(quiet)
    return {
        "scale": size.scale,
        "is_paced": is_paced,
        **bulk,
        "diagnose": {
            "alone_ms": spread(quiet),
            "during_bulk_ms": spread(beside),
            "times_slower": round(ratio, 2),
            "times_slower_p95": round(p95(beside) / p95(quiet), 2),
        },
        "goals": {
            f"bulk at {GOAL_SHARE:.0%} of the limit": bulk["share_of_limit"] >= GOAL_SHARE,
            f"429s under {GOAL_THROTTLED:.1%}": bulk["throttled_share"] < GOAL_THROTTLED,
            f"diagnose within {GOAL_RATIO:g} times": ratio <= GOAL_RATIO,
        },
    }


def spread(samples: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(samples), 1), "p95": round(p95(samples), 1), "count": len(samples)}


def p95(samples: list[float]) -> float:
    return sorted(samples)[int(len(samples) * 0.95)]
