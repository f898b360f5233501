"""The curves of a soak as a picture. Runs in the bench's own environment: what to draw comes as JSON on stdin."""

import json
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt


def main() -> None:
    mpl.rcParams["svg.hashsalt"] = "mailroom"  # the same picture for the same samples
    job = json.load(sys.stdin)
    samples = job["samples"]
    minutes = [one["seconds"] / 60 for one in samples]
    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 5), sharex=True, height_ratios=(2, 1))
    above.plot(minutes, [one["rss_mb"] for one in samples], color="#5b5fc7")
    above.set_ylabel("RSS of the bot, MB")
    above.set_ylim(bottom=0)
    above.grid(alpha=0.3)
    for name, color in (("files", "#8f4e00"), ("threads", "#237b4b"), ("database_mb", "#616161")):
        below.plot(minutes, [one[name] for one in samples], label=name.replace("_mb", ", MB"), color=color)
    below.set_xlabel("minutes")
    below.set_ylim(bottom=0)
    below.grid(alpha=0.3)
    below.legend(loc="upper left", ncols=3, frameon=False)
    figure.tight_layout()
    figure.savefig(job["plot"], metadata={"Date": None} if job["plot"].endswith(".svg") else None)


if __name__ == "__main__":
    main()
