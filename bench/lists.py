"""What lists and figures cost with many cases: one page, the counts, a report, an estimate, and catching up.

    .venv/bin/python bench/lists.py [--cases 10000]

A SQLite file in a temporary folder, with cases of every state. Prints milliseconds, the median of several runs.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jobs.lines import catch_up
from jobs.migrations import migrate
from jobs.records import CaseRecords
from jobs.store import row_of
from jobs.tables import cases, open_engine
from provisioning.case import Case, CaseState, Order, Person, Stage, enter, ready, wait
from provisioning.listing import Wanted

RUNS = 9
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
HELGA = Person("helga", "Helga Desk")


class StoppedClock:
    def now(self) -> datetime:
        return NOW


def made(number: int) -> Case:
    """Four of five are ready; the others wait."""
    began = NOW - timedelta(minutes=7 * number)
    order = Order(f"user{number}@contoso.com", f"User {number}", "US", "e3", "Office 365 E3")
    case = wait(enter(Case(f"case-{number}", order, HELGA, began), Stage.MAILBOX, "Preparing.", began), began)
    return case if number % 5 == 0 else ready(replace(case, checks=3), began + timedelta(minutes=5 + number % 50))


async def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/mailroom.db")
        migrate(engine)
        every = [made(number) for number in range(count)]
        with engine.begin() as connection:
            rows = [{"id": case.id, "upn": case.order.upn, **row_of(case)} for case in every]
            connection.execute(cases.insert(), rows)
        started = time.perf_counter()
        caught = catch_up(engine)
        print(f"{'catching up, once':34} {1000 * (time.perf_counter() - started):8.1f} ms  ({caught} cases)")
        waiting, last = Wanted(states=(CaseState.WAITING,)), count // 8
        await show("a page of those that wait", lambda: CaseRecords(engine, StoppedClock()).cases(waiting))
        await show("the last page of all", lambda: CaseRecords(engine, StoppedClock()).cases(Wanted(), last))
        await show(
            "a page by a part of a name", lambda: CaseRecords(engine, StoppedClock()).cases(Wanted(asker="desk"))
        )
        await show("a report of 8 weeks", lambda: CaseRecords(engine, StoppedClock()).report(8))
        await show("a report of 52 weeks", lambda: CaseRecords(engine, StoppedClock()).report(52))
        await show("an estimate, read anew", lambda: CaseRecords(engine, StoppedClock()).estimate("e3", NOW))
        known = CaseRecords(engine, StoppedClock())
        await known.estimate("e3", NOW)
        await show("an estimate, remembered", lambda: known.estimate("e3", NOW))
        engine.dispose()


async def show(what: str, call: Callable[[], Awaitable[object]]) -> None:
    took = []
    for _ in range(RUNS):
        started = time.perf_counter()
        await call()
        took.append(1000 * (time.perf_counter() - started))
    print(f"{what:34} {statistics.median(took):8.3f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=10_000)
    asyncio.run(measure(parser.parse_args().cases))
