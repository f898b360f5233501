"""Turns of people while a bulk of orders and card updates runs, and a burst of orders in one channel.

The real bot against the sandbox, which enforces the published limits of Graph and of Teams. Three people ask in their
1:1 chats, once without load and once while a lot of orders comes through the group chat. Then many are ordered at once
in the channel: how many cards and updates were wanted, how many were sent, how many Teams refused.
Usage: python bench/load_turns.py [--quick]. The last line printed is one JSON object.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import aiohttp
from harness import Server, Servers, machine
from people import PEOPLE, Answers, Chats, every, order, percentiles, start

GOAL_RATIO, GOAL_REFUSED = 2.0, 0.005
SPACING_SECONDS = 1.5  # between two turns in one chat: Teams allows 2 a second
TURNS = (
    ("help", "help"),
    ("status", "status"),
    ("diagnose", "diagnose mona@contoso.com"),
    ("form", "provision not.yet@contoso.com"),
)


@dataclass(frozen=True)
class Size:
    """`seconds` of turns each time; `orders` beside them; `burst` in the channel, watched until Teams has its cards."""

    seconds: float
    orders: int
    burst: int
    most_seconds: float


FULL, QUICK = Size(90, 150, 100, 240), Size(3, 6, 6, 12)


def measure(quick: bool) -> dict[str, object]:
    size = QUICK if quick else FULL
    with Servers() as servers:
        _, sandbox = start(servers, MAILROOM_POLL_SECONDS="2")
        return asyncio.run(_measure(sandbox, servers.folder / "mailroom.db", size))


async def _measure(sandbox: Server, database: Path, size: Size) -> dict[str, object]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as http:
        chats = Chats(sandbox, http)
        await chats.open()
        await chats.provide(size.orders + size.burst + 100)
        await turns(chats, 2 * SPACING_SECONDS)  # the first of each kind are dearer
        alone = await turns(chats, size.seconds)
        await count_anew(chats)
        bulk = asyncio.create_task(orders(chats, "group", size.orders, size.seconds * 0.8))
        beside = await turns(chats, size.seconds)
        errors = await bulk
        during = await refusals(chats)
        burst = await run_burst(chats, database, size)
    return figures(alone, beside, during, burst, errors)


async def turns(chats: Chats, seconds: float) -> dict[str, Answers]:
    """By what was asked."""
    found = {name: Answers() for name, _ in TURNS}
    until = time.perf_counter() + seconds

    async def person(number: int, who: str) -> None:
        kinds = itertools.cycle(TURNS[number:] + TURNS[:number])

        async def ask() -> None:
            name, text = next(kinds)
            await chats.ask(who, text, found[name])

        await every(SPACING_SECONDS, ask, until)

    await asyncio.gather(*(person(number, who) for number, who in enumerate(PEOPLE)))
    return found


async def orders(chats: Chats, conversation: str, count: int, seconds: float) -> list[str]:
    """So many, evenly; what went wrong."""
    numbers, errors = itertools.count(), []

    async def one() -> None:
        number = next(numbers)
        if number >= count:
            return
        said = await chats.say(PEOPLE[number % len(PEOPLE)], conversation, order(f"{conversation}{number}@contoso.com"))
        if said["delivery"] != "sent":
            errors.append(said["failure"])

    await every(seconds / count, one, time.perf_counter() + seconds)
    return errors


async def run_burst(chats: Chats, database: Path, size: Size) -> dict[str, object]:
    """All orders of a channel as fast as they go in, until each has a card and Teams is asked for nothing more."""
    await count_anew(chats)
    wanted = wanted_so_far(database)
    started = time.perf_counter()
    wishes = [
        chats.say(PEOPLE[number % len(PEOPLE)], "channel", order(f"burst{number}@contoso.com"))
        for number in range(size.burst)
    ]
    said = await asyncio.gather(*wishes)
    taken = time.perf_counter() - started
    cards = await until_quiet(chats, size, started)
    log = (await chats.call("sandbox/connector/log", method="GET"))["counters"]
    sent = log.get("send 201", 0) + log.get("edit 200", 0)
    wanted = wanted_so_far(database) - wanted
    return {
        "orders": size.burst,
        "orders_taken_seconds": round(taken, 1),
        "failed_orders": sum(one["delivery"] != "sent" for one in said),
        "cards": cards,
        "cards_shown_seconds": round(time.perf_counter() - started, 1),
        "cards_wanted": wanted,
        "posts": log.get("send 201", 0),
        "updates": log.get("edit 200", 0),
        "coalesced": wanted - sent,
        **await refusals(chats),
    }


async def until_quiet(chats: Chats, size: Size, started: float) -> int:
    """Cards in the channel, once there is one for each order; what is missing after a while is missing."""
    while True:
        shown = await chats.call("chat/messages?as=helga&conversation=channel", method="GET")
        cards = {match for one in shown["messages"] if one["sender"] == "bot" for match in re.findall(
            r"burst\d+@contoso.com", json.dumps(one["attachments"]))}  # fmt: skip
        if len(cards) >= size.burst or time.perf_counter() - started > size.most_seconds:
            return len(cards)
        await asyncio.sleep(0.5)


async def count_anew(chats: Chats) -> None:
    await chats.call("sandbox/connector/log", method="DELETE")
    await chats.call("sandbox/connector/limits", {})


async def refusals(chats: Chats) -> dict[str, object]:
    counted = await chats.call("sandbox/connector/limits", method="GET")
    return {"asked_of_teams": counted["asked"], "refused_by_teams": counted["refused"]}


def wanted_so_far(database: Path) -> int:
    """How often a card or message was asked for, by the outbox's rows: also what was redrawn before it was sent."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT coalesce(sum(changes), 0) FROM messages").fetchone()[0]


def figures(
    alone: dict[str, Answers], beside: dict[str, Answers], during: dict, burst: dict, errors: list[str]
) -> dict[str, object]:
    ratios = {
        name: round(percentiles(beside[name].milliseconds)["p50"] / percentiles(one.milliseconds)["p50"], 2)
        for name, one in alone.items()
    }
    asked = during["asked_of_teams"] + burst["asked_of_teams"]
    refused = during["refused_by_teams"] + burst["refused_by_teams"]
    wrong = [error for found in (alone, beside) for one in found.values() for error in one.errors] + errors
    return {
        "alone_ms": spread(alone),
        "under_load_ms": spread(beside),
        "times_slower": ratios,
        "teams_during_turns": during,
        "burst": burst,
        "errors": wrong[:5],
        "goals": {
            f"each kind of turn within {GOAL_RATIO:g} times": max(ratios.values()) <= GOAL_RATIO,
            f"429s of Teams under {GOAL_REFUSED:.1%}": refused <= GOAL_REFUSED * asked,
            "nobody without an answer": not wrong and burst["cards"] == burst["orders"],
        },
    }


def spread(found: dict[str, Answers]) -> dict[str, object]:
    everything = [sample for one in found.values() for sample in one.milliseconds]
    return {**{name: percentiles(one.milliseconds) for name, one in found.items()}, "all": percentiles(everything)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns and orders, under 15 s on a quiet machine")
    print(json.dumps({"bench": "load_turns", "machine": machine(), **measure(parser.parse_args().quick)}))


if __name__ == "__main__":
    main()
