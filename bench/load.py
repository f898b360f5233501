"""Mailroom under load, in parts: what waiting costs, a bulk of orders inside Graph's limits, turns beside one.

Usage: python bench/load.py [--quick] [--only waiting|bulk|turns] [--scale 0.25] [--unpaced]; --only may be repeated.
The last line printed is one JSON object with a member for each part. bench/README.md explains it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

import load_bulk
import load_turns
import load_waiting
from harness import machine

# A part is a module load_<name>.py beside this one; it answers its figures, "goals" among them.
PARTS: Mapping[str, Callable[[argparse.Namespace], dict[str, object]]] = {
    "waiting": lambda chosen: load_waiting.measure(chosen.quick),
    "bulk": lambda chosen: load_bulk.measure(chosen.quick, chosen.scale, is_paced=not chosen.unpaced),
    "turns": lambda chosen: load_turns.measure(chosen.quick),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="everything smaller, each part under 45 s")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be repeated")
    parser.add_argument("--scale", type=float, help="bulk: of the published limits, on both sides")
    parser.add_argument("--unpaced", action="store_true", help="bulk: without the pacer, to see what it is good for")
    chosen = parser.parse_args()
    found = {name: PARTS[name](chosen) for name in chosen.only or PARTS}
    print(json.dumps({"bench": "load", "machine": machine(), **found}))


if __name__ == "__main__":
    main()
