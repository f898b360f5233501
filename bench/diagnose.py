"""One diagnosis: round trips, requests, wall time and CPU, beside the same reads as typed calls one after another.

The sandbox answers every HTTP request 50 ms late. "members_too" is the worst case: each member of a `$batch` comes
50 ms late as well, beside the others. Two people are diagnosed in turn: one whose mailbox works, and one who waits for
it, which takes a second batch.
Usage: python bench/diagnose.py [--quick]. The last line printed is one JSON object. bench/README.md explains it.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from harness import Server, Servers, free_port, machine
from peers.typed import read_one_by_one, typed_client

from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from graph.pacing import Pacer
from provisioning.case import Order
from provisioning.diagnosis import diagnose

LATENCY_SECONDS = 0.05
WELL = "helga@contoso.com"
STUCK = "new.joiner@contoso.com"
INITIAL_DOMAIN = "contoso.onmicrosoft.com"
ENVELOPES = r"^/\$batch$"
EVERYTHING = ""
GOAL_TIMES = 5
GOAL_ROUND_TRIPS = 2

Diagnosis = Callable[[str], Awaitable[object]]


@dataclass(frozen=True)
class Contender:
    """`late` is the path of what the sandbox delays for it."""

    run: Diagnosis
    late: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under 45 s")
    rounds = 5 if parser.parse_args().quick else 25
    with Servers() as servers:
        sandbox = servers.sandbox(free_port())
        print(json.dumps(asyncio.run(measure(sandbox, rounds))))


async def measure(sandbox: Server, rounds: int) -> dict:
    base_url = f"{sandbox.url}/v1.0"
    async with open_client(base_url, StaticCredential(), pacer=Pacer({})) as client:
        await GraphDirectory(client).create_account(Order(STUCK, "New Joiner", "US"), "Orange-Kettle-42-Harbour")
        control(sandbox, "clock", {"advance_seconds": 300})
        control(sandbox, "limits", {"enabled": False})  # more diagnoses a minute than anybody asks for
        typed = typed_client(base_url)

        async def mailroom(name: str) -> None:
            """A new directory each time: the service health, kept for a minute, is read anew as by the peer."""
            diagnose(await GraphDirectory(client).take_snapshot(name))

        async def one_by_one(name: str) -> None:
            await read_one_by_one(typed, name, INITIAL_DOMAIN)

        contenders = {
            "mailroom": Contender(mailroom, ENVELOPES),
            "mailroom_members_too": Contender(mailroom, EVERYTHING),
            "typed_one_by_one": Contender(one_by_one, EVERYTHING),
        }
        first = {title: (await timed(sandbox, one, STUCK))["wall_ms"] for title, one in contenders.items()}
        people = {"well": WELL, "stuck": STUCK}
        results = {label: await compare(sandbox, contenders, name, rounds) for label, name in people.items()}
    return figures(results, first, rounds)


async def compare(sandbox: Server, contenders: dict[str, Contender], name: str, rounds: int) -> dict[str, dict]:
    """In turn, so that both meet the same load of the machine."""
    samples: dict[str, list[dict[str, float]]] = {title: [] for title in contenders}
    for _ in range(rounds):
        for title, contender in contenders.items():
            samples[title].append(await timed(sandbox, contender, name))
    medians = {
        title: {key: round(statistics.median(one[key] for one in taken), 2) for key in taken[0]}
        for title, taken in samples.items()
    }
    return {title: medians[title] | await traffic(sandbox, one.run, name) for title, one in contenders.items()}


async def timed(sandbox: Server, contender: Contender, name: str) -> dict[str, float]:
    control(sandbox, "faults", method="DELETE")
    control(sandbox, "faults", {"path": contender.late, "delay_seconds": LATENCY_SECONDS})
    cpu, started = time.process_time(), time.perf_counter()
    await contender.run(name)
    wall = time.perf_counter() - started
    return {"wall_ms": wall * 1000, "cpu_ms": (time.process_time() - cpu) * 1000}


async def traffic(sandbox: Server, run: Diagnosis, name: str) -> dict[str, int]:
    """As the sandbox saw it: what came over the line, and the requests in it without the envelopes."""
    control(sandbox, "requests", method="DELETE")
    await run(name)
    recent = control(sandbox, "requests", method="GET")["recent"]
    return {
        "round_trips": sum(not one["in_batch"] for one in recent),
        "requests": sum(one["template"] != "/$batch" for one in recent),
    }


def control(sandbox: Server, path: str, body: dict | None = None, method: str = "POST") -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{sandbox.url}/sandbox/{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def figures(results: dict[str, dict[str, dict]], first: dict[str, float], rounds: int) -> dict:
    times = {label: times_faster(one, "mailroom") for label, one in results.items()}
    worst = {label: times_faster(one, "mailroom_members_too") for label, one in results.items()}
    same = all(one["mailroom"]["requests"] == one["typed_one_by_one"]["requests"] for one in results.values())
    if not same:
        raise SystemExit(f"the two did not read the same: {results}")
    return {
        "bench": "diagnose",
        "machine": machine(),
        "rounds": rounds,
        "latency_ms": LATENCY_SECONDS * 1000,
        **results,
        "first_ms": {title: round(wall) for title, wall in first.items()},
        "times_faster": times,
        "times_faster_members_too": worst,
        "goals": {
            f"{GOAL_TIMES} times less wall time": all(one >= GOAL_TIMES for one in times.values()),
            f"at most {GOAL_ROUND_TRIPS} round trips": all(
                one["mailroom"]["round_trips"] <= GOAL_ROUND_TRIPS for one in results.values()
            ),
        },
    }


def times_faster(one: dict[str, dict], title: str) -> float:
    return round(one["typed_one_by_one"]["wall_ms"] / one[title]["wall_ms"], 1)


if __name__ == "__main__":
    main()
