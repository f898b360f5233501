"""How well causes are named and cured: everybody in trouble of the sandbox, pairs of troubles, a healthy fleet.

The same table as tests/acceptance/test_every_cause.py, in figures. All of it runs in this process, over real HTTP,
with a clock that is moved instead of waited for.
Usage: python bench/causes.py [--quick]. The last line printed is one JSON object. bench/README.md explains it.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

from harness import machine
from support.cause_cures import ALL, CURABLE, MISLEADING, STUBBORN, cure, foreign_fixes, mistreat
from support.cause_scores import MOST_ROUND_TRIPS, Score, name_everybody, name_fleet, name_pairs, told
from support.cause_table import Clinic, open_clinic

from provisioning.errors import BadOrder

GOAL_PAIRS = 95


@dataclass(frozen=True)
class Size:
    fleet: int
    every_nth_pair: int
    foreign_fixes: int
    tries_misleading: bool


QUICK = Size(fleet=200, every_nth_pair=3, foreign_fixes=1, tries_misleading=False)
FULL = Size(fleet=1000, every_nth_pair=1, foreign_fixes=99, tries_misleading=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="samples, a fleet of 200; under 45 s")
    size = QUICK if parser.parse_args().quick else FULL
    logging.disable(logging.WARNING)  # repairs that stop are what is tried here
    with tempfile.TemporaryDirectory(prefix="mailroom-bench-") as folder:
        print(json.dumps(asyncio.run(measure(Path(folder), size))))


async def measure(folder: Path, size: Size) -> dict:
    started = time.perf_counter()
    async with open_clinic(folder) as clinic:
        everybody = await name_everybody(clinic)
        both = await name_pairs(clinic, size.every_nth_pair)
        before, began = clinic.requests, time.perf_counter()
        fleet = await name_fleet(clinic, size.fleet)
        took, requests = time.perf_counter() - began, clinic.requests - before
        print(told(everybody, both, fleet))
        cured = await count_cured(clinic)
        foreign = await count_foreign(clinic, size.foreign_fixes)
        misleading = await count_misleading(clinic) if size.tries_misleading else {}
    for problem in [*everybody.problems, *both.problems, *fleet.problems]:
        print(problem)
    return {
        "bench": "causes",
        "machine": machine(),
        "single": figures(everybody),
        "pairs": figures(both),
        "fleet": {
            "people": fleet.people,
            "false_alarms": fleet.findings,
            "not_healthy": len(fleet.problems),
            "round_trips_each": fleet.most_round_trips,
            "requests_each": round(requests / fleet.people, 1),
            "seconds": round(took, 1),
        },
        "not_shown_by_graph": everybody.hidden,
        "cured_by_the_documented_fix": cured,
        "fixes_of_other_causes": foreign,
        "fixes_that_hide_the_cause": misleading,
        "seconds": round(time.perf_counter() - started, 1),
        "goals": goals(everybody, both, fleet, cured, foreign, misleading),
    }


def figures(score: Score) -> dict:
    return {
        "people": score.people,
        "top_right": score.on_top,
        "top_looks_the_same": score.shared_on_top,
        "recall": score.recall,
        "recall_without_what_looks_the_same": score.strict_recall,
        "precision": score.precision,
        "findings": score.findings,
        "findings_that_look_the_same": score.alike,
        "false_findings": score.false,
        "most_round_trips": score.most_round_trips,
    }


async def count_cured(clinic: Clinic) -> dict:
    failed = []
    for name in CURABLE:
        outcome = await cure(clinic, ALL[name])
        if not (outcome.is_healthy and outcome.is_well) or outcome.problems:
            failed.append(name)
    return {"tried": len(CURABLE), "cured": len(CURABLE) - len(failed), "not_cured": failed}


async def count_foreign(clinic: Clinic, most: int) -> dict:
    tried = refused = cured = wrong = 0
    for name in STUBBORN:
        planned, not_planned = await foreign_fixes(clinic, ALL[name], most)
        refused += not_planned
        for fix_id in planned:
            outcome = await mistreat(clinic, ALL[name], fix_id)
            tried, cured = tried + 1, cured + outcome.is_well
            wrong += outcome.is_called_cured
    return {"tried": tried, "refused": refused, "cured": cured, "called_cured": wrong}


async def count_misleading(clinic: Clinic) -> dict:
    """Off and on again, or for good: where it does not help, it must not be called a cure."""
    tried, wrong = 0, []
    for name in STUBBORN:
        right = {ALL[name].cured_by[0], *(way[0] for way in ALL[name].alternatives)}
        for fix_id in sorted(MISLEADING - right):
            try:
                outcome = await mistreat(clinic, ALL[name], fix_id)
            except BadOrder:
                continue
            tried += 1
            if outcome.is_called_cured and not outcome.is_well:
                wrong.append(f"{name}: {fix_id}")
    return {"tried": tried, "wrongly_called_cured": wrong}


def goals(everybody: Score, both: Score, fleet: Score, cured: dict, foreign: dict, misleading: dict) -> dict[str, bool]:
    most = max(score.most_round_trips for score in (everybody, both, fleet))
    return {
        "100 % of single causes that Graph can show": everybody.recall == everybody.precision == 100,
        f"{GOAL_PAIRS} % of pairs with both named": both.recall >= GOAL_PAIRS,
        "no false alarm": fleet.findings == len(fleet.problems) == everybody.false == both.false == 0,
        "each documented fix cures": cured["cured"] == cured["tried"],
        "no other does": foreign["cured"] == 0,
        "nothing else is called a cure": foreign["called_cured"] == 0 and not misleading.get("wrongly_called_cured"),
        f"at most {MOST_ROUND_TRIPS} round trips": most <= MOST_ROUND_TRIPS,
    }


if __name__ == "__main__":
    main()
