"""The pace at which Graph is asked: inside its published limits, slower before Graph says so (provisioning/pacing.py).

Two processes of one app share its limits without knowing of each other; from 80 % on Graph says so, see `hear`.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from graph.answers import Answer
from graph.errors import retry_after_of
from graph.limits import BATCHES, PUBLISHED, UNITS, WRITES
from provisioning import pacing
from provisioning.buckets import Limit
from provisioning.pacing import Cost
from provisioning.priority import Priority
from provisioning.tally import NOBODY, Tally

# A person is told at once; who works by itself waits.
PATIENCE = {Priority.INTERACTIVE: 5.0, Priority.WORK: 60.0, Priority.BACKGROUND: 60.0}
WARNED_AT = 0.8  # from here on Graph says how much of a limit is used
_INFORMATION = {"WriteLimitExceeded": WRITES, "ResourceUnitLimitExceeded": UNITS}
_SCOPES = {"Write": WRITES, "Read": UNITS, "ReadWrite": UNITS}


class Pacer(pacing.Pacer):
    """What GraphClient asks before each request, and tells the answers."""

    def __init__(
        self,
        limits: Mapping[str, Limit] = PUBLISHED,
        clock: Callable[[], float] = time.monotonic,
        tally: Tally = NOBODY,
    ) -> None:
        super().__init__(limits, PATIENCE, clock, partial(_tell, tally))

    def hear(self, cost: Cost, answer: Answer) -> None:
        """Read Graph's own account of the limits from an answer to a request of that cost."""
        if answer.status == 429:
            self.close(_blamed(cost, answer), retry_after_of(answer.headers))
            return
        if answer.status < 500:  # each member of a `$batch` is heard by itself
            self.accept([BATCHES] if BATCHES in cost else cost)
        used = _number(answer.headers.get("x-ms-throttle-limit-percentage", ""))
        if used >= WARNED_AT:
            self.leave_to_others(cost, used)


def _tell(tally: Tally, name: str, urgency: Priority, seconds: float) -> None:
    """The name of a limit without whose mailbox or which path it is of."""
    kind = name.partition("/")[0]
    tally.graph_waited(kind if kind in PUBLISHED else "path", urgency, seconds)


def _blamed(cost: Cost, answer: Answer) -> Iterable[str]:
    """Which limit a 429 is about. The directory names it; if not, it is one that is not published, of this path alone.

    x-ms-throttle-information and -scope: learn.microsoft.com/graph/throttling-limits, "Additional headers".
    """
    said = answer.headers.get("x-ms-throttle-information", "")
    kind = answer.headers.get("x-ms-throttle-scope", "").split("/")[1:2]
    named = _INFORMATION.get(said) or _SCOPES.get("".join(kind))
    if named is not None:
        return [named]
    return [BATCHES] if BATCHES in cost else [name for name in cost if name not in (UNITS, WRITES)]


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
