"""The limits that Teams enforces on a bot, by its documentation, and how it refuses.

"Optimize your bot with rate limiting in Teams" (learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit) has
the figures: per bot and thread, where all threads of a channel are one, and 50 requests a second for an app in a
tenant. Everything counts, an edit as a message sent. The hour is for 1:1 chats. The limits of all bots in a thread are
twice as high; here is only one. "Status codes from bot conversational APIs" has the body: 429, Throttled, and when to
retry. Whether refused requests count is not said; here they do, which is stricter. Real seconds, whatever our clock.

    GET  /sandbox/connector/limits    what was asked and refused, in each conversation
    POST /sandbox/connector/limits    {"enabled": false} lets everything through; {"retryAfter": false} names no time,
                                      as Teams now and then does not; either counts anew
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.connector.state import split_thread
from sandbox.limits import FULL, Window

SEND = ((7, 1), (8, 2), (60, 30), (1_800, 3_600))
READ = ((14, 1), (16, 2), (120, 30), (3_600, 3_600))
APP = (50, 1)
READS = frozenset({"members"})
HOUR = 3_600


class ConnectorLimits:
    """The windows of the one bot in this tenant."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self.enabled = True
        self.names_time = True
        self.reset()

    def reset(self) -> None:
        """All windows and counts begin anew."""
        self._windows: dict[tuple[str, str, int, int], Window] = {}
        self._asked: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def refusal(self, operation: str, conversation_id: str, *, is_personal: bool) -> int | None:
        """Count one request; the seconds to wait where it is refused."""
        thread = split_thread(conversation_id)[0]
        self._asked[thread] += 1
        if not self.enabled:
            return None
        now = self._monotonic()
        windows = list(self._windows_of(operation, thread, is_personal))
        over = [window for window in windows if window.add(now, 1) > FULL]
        if not over:
            return None
        self._refused[thread] += 1
        return max(1, math.ceil(max(window.wait(now, 1) for window in over)))

    def as_json(self) -> dict[str, Any]:
        conversations = {one: {"asked": asked, "refused": self._refused[one]} for one, asked in self._asked.items()}
        return {
            "enabled": self.enabled,
            "retryAfter": self.names_time,
            "asked": self._asked.total(),
            "refused": self._refused.total(),
            "conversations": conversations,
        }

    def _windows_of(self, operation: str, thread: str, is_personal: bool) -> Iterator[Window]:
        kind = "read" if operation in READS else "create" if operation == "create" else "send"
        for amount, seconds in READ if kind == "read" else SEND:
            if seconds < HOUR or is_personal:
                yield self._window(kind, thread, amount, seconds)
        yield self._window("app", "", *APP)

    def _window(self, kind: str, thread: str, amount: int, seconds: int) -> Window:
        return self._windows.setdefault((kind, thread, amount, seconds), Window(amount, seconds))
