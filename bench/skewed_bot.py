"""`python -m bot` with a wall clock that jumps: SIGUSR1 puts it two hours ahead, SIGUSR2 back to the truth.

The monotonic clock goes on evenly, as when somebody sets a machine's time. (libfaketime would do it from outside, but
its clock_nanosleep refuses the absolute times that Python 3.11 and newer sleep until.)
"""

import runpy
import signal
import time
from datetime import UTC, datetime, timedelta

import bot.app
import bot.clock

AHEAD_SECONDS = 2 * 3600.0
true_time = time.time
ahead = 0.0


def jump(seconds: float) -> None:
    global ahead
    ahead = seconds


def main() -> None:
    signal.signal(signal.SIGUSR1, lambda *_: jump(AHEAD_SECONDS))
    signal.signal(signal.SIGUSR2, lambda *_: jump(0.0))
    time.time = lambda: true_time() + ahead
    bot.clock.SystemClock.now = lambda _: datetime.now(UTC) + timedelta(seconds=ahead)
    runpy.run_module("bot", run_name="__main__")


if __name__ == "__main__":
    main()
