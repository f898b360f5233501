"""Draws bench/waiting.svg from the figures of bench/load.py (its JSON on stdin). Runs in the bench's own environment.

Usage: python bench/load.py --only waiting | tail -1 | var/bench-venv/bin/python bench/plot_waiting.py bench/waiting.svg
"""

import json
import sys

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

PANELS = (
    ("cpu_share", "CPU, % of a core", 100, 3.0),
    ("rss_growth_mb", "memory beside nobody waiting, MB", 1, 60.0),
    ("posts_a_minute", "HTTP requests to Graph a minute", 1, None),
)
STYLES = {"Mailroom, SQLite": "o-", "Mailroom, PostgreSQL": "s-", "one poll a case": "x--"}


def main(target: str) -> None:
    waiting = json.load(sys.stdin)["waiting"]
    lines = lines_of(waiting)
    plt.rcParams.update({"svg.hashsalt": "waiting", "font.size": 9})
    figure, axes = plt.subplots(1, len(PANELS), figsize=(10, 3.2), layout="constrained")
    for axis, (name, label, factor, goal) in zip(axes, PANELS, strict=True):
        for title, runs in lines.items():
            axis.plot([run["cases"] for run in runs], [run[name] * factor for run in runs], STYLES[title], label=title)
        if goal is not None:
            axis.axhline(goal, color="grey", linewidth=0.8, linestyle=":", label="goal")
        axis.set(xscale="log", xlabel=f"waiting cases, {waiting['ages']}", title=label, ylim=(0, None))
    axes[0].legend(fontsize=8)
    figure.savefig(target, metadata={"Date": None})


def lines_of(waiting: dict) -> dict[str, list[dict]]:
    found = {
        "Mailroom, SQLite": [run for run in waiting["mailroom"] if run["database"] == "sqlite"],
        "Mailroom, PostgreSQL": [run for run in waiting["mailroom"] if run["database"] == "postgresql"],
        "one poll a case": waiting["one_poll_a_case"],
    }
    ages = waiting["ages"]
    same = {name: [run for run in runs if run["cases"] and run["ages"] == ages] for name, runs in found.items()}
    return {title: runs for title, runs in same.items() if runs}


if __name__ == "__main__":
    main(sys.argv[1])
