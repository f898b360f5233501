"""A soak: the real bot for twenty minutes under a steady mixture, with its memory as a curve.

Orders, diagnoses, lists, clicks, duplicate deliveries and waiting cases, in three 1:1 chats, a group and a channel,
beside a simulated tenant whose clock runs at 60 times the speed, so that cases become ready all the time. Every few
seconds the bot's memory, CPU, open files, threads and the size of its database are read. Linux only.
Usage: python bench/soak.py [--minutes 20] [--quick] [--plot bench/soak.svg]. The last line printed is one JSON object.
"""

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import aiohttp
from generator import activity
from harness import APP_ID, ROOT, Server, Servers, bench_python, machine
from people import PEOPLE, Answers, Chats, every, order, percentiles, start

WARM_UP = 0.25  # of the time: caches fill, the allocator finds its size
EVERY = {"turn": 1.0, "order": 4.0, "click": 3.0, "repeat": 7.0}  # seconds between two of each
TURNS = ("status", "diagnose mona@contoso.com", "help", "provision not.yet@contoso.com", "history mona@contoso.com")
GOAL_MB_AN_HOUR = 20.0


@dataclass(frozen=True)
class Sample:
    seconds: float
    rss_mb: float
    cpu_seconds: float
    files: int
    threads: int
    database_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--quick", action="store_true", help="25 seconds, to see that it runs; no plot unless asked")
    parser.add_argument("--plot", type=Path, help="default: bench/soak.svg, unless --quick")
    chosen = parser.parse_args()
    seconds = 25.0 if chosen.quick else chosen.minutes * 60
    with Servers() as servers:
        bot, sandbox = start(servers)
        samples, answers, counted = asyncio.run(run(bot, sandbox, servers.folder, seconds))
        log = bot.log.read_text()
    plot = chosen.plot or (None if chosen.quick else ROOT / "bench" / "soak.svg")
    if plot:
        draw(samples, plot)
    print(json.dumps(figures(samples, answers, counted, log)))


async def run(
    bot: Server, sandbox: Server, folder: Path, seconds: float
) -> tuple[list[Sample], Answers, dict[str, int]]:
    samples: list[Sample] = []
    answers = Answers()
    counted = dict.fromkeys(EVERY, 0)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        chats = Chats(sandbox, http)
        await chats.open()
        await chats.provide(int(seconds / EVERY["order"]) + 200)
        mixture = Mixture(chats, bot, sandbox, http, answers)
        started = time.perf_counter()
        until = started + seconds
        watching = asyncio.create_task(watch(bot, folder, samples, started, max(1.0, min(5.0, seconds / 60))))

        async def steady(kind: str) -> None:
            async def one() -> None:
                counted[kind] += 1
                await getattr(mixture, kind)()

            await every(EVERY[kind], one, until)

        await asyncio.gather(*(steady(kind) for kind in EVERY))
        watching.cancel()
        refused = (await chats.call("sandbox/connector/limits", method="GET"))["refused"]
    return samples, answers, {**counted, "refused_by_teams": refused}


class Mixture:
    """What people do, one of each kind at a call."""

    def __init__(
        self, chats: Chats, bot: Server, sandbox: Server, http: aiohttp.ClientSession, answers: Answers
    ) -> None:
        self._chats, self._bot, self._sandbox, self._http, self._answers = chats, bot, sandbox, http, answers
        self._people, self._turns = itertools.cycle(PEOPLE), itertools.cycle(TURNS)
        self._places, self._numbers = itertools.cycle(("group", "channel", "personal")), itertools.count()

    async def turn(self) -> None:
        await self._chats.ask(next(self._people), next(self._turns), self._answers)

    async def order(self) -> None:
        said = await self._chats.say(next(self._people), next(self._places), order(self._new()))
        if said["delivery"] != "sent":
            self._answers.errors.append(f"an order: {said['failure']}")

    async def click(self) -> None:
        """The first button of the newest card in a 1:1 chat, as whoever sees it."""
        who = next(self._people)
        shown = await self._chats.call(f"chat/messages?as={who}&conversation=personal", method="GET")
        for message in reversed(shown["messages"]):
            action = next(actions_of(message["attachments"]), None) if message["sender"] == "bot" else None
            if action is not None:
                body = {"as": who, "conversation": "personal", "message": message["id"], "action": action}
                clicked = await self._chats.call("chat/execute", body)
                if clicked["kind"] == "error":
                    self._answers.errors.append(f"a click: {clicked['code']} {clicked['text']}")
                return

    async def repeat(self) -> None:
        """The same order, delivered twice at once, as Teams does when an answer is late."""
        body = activity(order(self._new()), "a:helga-personal", APP_ID, f"{self._sandbox.url}/connector")
        body["id"] = str(uuid.uuid4())

        async def deliver() -> None:
            async with self._http.post(f"{self._bot.url}/api/messages", json=body) as response:
                if response.status >= 300:
                    self._answers.errors.append(f"a repeated delivery: {response.status}")

        await asyncio.gather(deliver(), deliver())

    def _new(self) -> str:
        return f"soak{next(self._numbers)}@contoso.com"


def actions_of(element: object) -> Iterator[dict]:
    """Every Action.Execute of a card that needs no input."""
    if isinstance(element, list):
        for member in element:
            yield from actions_of(member)
    elif isinstance(element, dict):
        if element.get("type") == "Action.Execute" and element.get("verb") in ("status", "refresh", "run", "check"):
            yield {"verb": element["verb"], "data": element.get("data", {})}
        for key, value in element.items():
            if key != "fallback":
                yield from actions_of(value)


async def watch(bot: Server, folder: Path, into: list[Sample], started: float, pause: float) -> None:
    while True:
        into.append(sample_of(bot, folder, time.perf_counter() - started))
        await asyncio.sleep(pause)


def sample_of(bot: Server, folder: Path, seconds: float) -> Sample:
    process = Path(f"/proc/{bot.popen.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    size = sum(path.stat().st_size for path in folder.glob("mailroom.db*"))
    files = len(os.listdir(process / "fd"))
    rss, cpu = round(bot.rss_mb(), 2), round(bot.cpu_seconds(), 2)
    return Sample(round(seconds, 1), rss, cpu, files, int(status["Threads"]), round(size / 2**20, 2))


def slope_an_hour(samples: list[Sample]) -> float:
    """Of the line that fits best through the memory after the warm-up, in MB."""
    late = [one for one in samples if one.seconds >= WARM_UP * samples[-1].seconds]
    mean_x = sum(one.seconds for one in late) / len(late)
    mean_y = sum(one.rss_mb for one in late) / len(late)
    over = sum((one.seconds - mean_x) * (one.rss_mb - mean_y) for one in late)
    return 3600 * over / (sum((one.seconds - mean_x) ** 2 for one in late) or 1.0)


def figures(samples: list[Sample], answers: Answers, counted: dict[str, int], log: str) -> dict[str, object]:
    first, last = samples[0], samples[-1]
    faults = [line for line in log.splitlines() if "Traceback" in line or "[error" in line or " ERROR " in line]
    slope = slope_an_hour(samples)
    minutes = last.seconds / 60
    return {
        "bench": "soak",
        "machine": machine(),
        "minutes": round(minutes, 1),
        "asked": counted,
        "answers_ms": percentiles(answers.milliseconds),
        "errors": len(answers.errors),
        "first_errors": answers.errors[:5],
        "errors_in_the_log": len(faults),
        "rss_mb": {"first": first.rss_mb, "last": last.rss_mb, "most": max(one.rss_mb for one in samples)},
        "rss_mb_an_hour_after_warm_up": round(slope, 1),
        "cpu_share": round((last.cpu_seconds - first.cpu_seconds) / (last.seconds - first.seconds), 3),
        "files": {"first": first.files, "last": last.files, "most": max(one.files for one in samples)},
        "threads": {"first": first.threads, "last": last.threads, "most": max(one.threads for one in samples)},
        "database_mb": {"first": first.database_mb, "last": last.database_mb},
        "goals": {
            f"memory grows by less than {GOAL_MB_AN_HOUR:g} MB an hour": slope < GOAL_MB_AN_HOUR,
            "no error": not answers.errors and not faults,
        },
    }


def draw(samples: list[Sample], plot: Path) -> None:
    """With the bench's own Python, which has matplotlib."""
    job = json.dumps({"samples": [asdict(one) for one in samples], "plot": str(plot)})
    subprocess.run([bench_python(), str(ROOT / "bench/soak_plot.py")], input=job, text=True, check=True)


if __name__ == "__main__":
    main()
