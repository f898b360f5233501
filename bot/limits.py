"""What Teams allows a bot, and what each call to the Bot Connector takes of it. Pure.

The figures are those of "Optimize your bot with rate limiting in Teams"
(learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit): per bot and thread to send and to create, the same
numbers; 50 requests a second for an app in a tenant. "All requests are subject to the same rate limiting policy", so an
edit counts as a message sent. The hour "applies only if multiple bot messages are sent to a single user": to 1:1 chats.
What all bots together may do in a thread is twice as much; only a 429 tells of the others.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from provisioning.buckets import Limit
from provisioning.pacing import Cost, Pacer
from provisioning.priority import Priority

APP = "app"
SECOND, TWO_SECONDS, HALF_MINUTE, HOUR = "1 s", "2 s", "30 s", "1 h"

PUBLISHED: Mapping[str, Limit] = {
    APP: Limit(50, 1, burst=0.2),
    SECOND: Limit(7, 1, burst=0.72, each=True),  # bursts as large as leave the other windows their 1.8 a second
    TWO_SECONDS: Limit(8, 2, burst=0.54, each=True),
    HALF_MINUTE: Limit(60, 30, burst=0.1, each=True),
    HOUR: Limit(1_800, 3_600, burst=0.5, each=True),
}


def limits(app_rate: float) -> Mapping[str, Limit]:
    """The published ones, with so many requests a second for this process."""
    return {**PUBLISHED, APP: replace(PUBLISHED[APP], amount=app_rate)}


_PERSONAL = "a:"  # how the ids of 1:1 chats with a bot begin
# An answer that comes late is better than none; what the outbox sends is a row that can wait there.
PATIENCE = {Priority.INTERACTIVE: 60.0, Priority.WORK: 10.0, Priority.BACKGROUND: 10.0}
SEVERAL = 3  # threads refused at the same time: then it is not about one of them, but about the app


def thread_of(conversation_id: str) -> str:
    """What Teams limits as one: all threads of a channel are the channel."""
    return conversation_id.partition(";")[0]


def cost_of(thread: str) -> Cost:
    """Of one call in a thread (`thread_of`), or of one that creates the 1:1 chat with somebody."""
    names = [SECOND, TWO_SECONDS, HALF_MINUTE] + ([HOUR] if thread.startswith(_PERSONAL) else [])
    return {APP: 1.0, **{f"{name}/{thread}": 1.0 for name in names}}


class TeamsPacer(Pacer):
    """What the Connector asks before each call, and tells the refusals."""

    def __init__(self, limits: Mapping[str, Limit] = PUBLISHED, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(limits, PATIENCE, clock)
        self._refused: dict[str, float] = {}  # threads, and when

    def refuse(self, thread: str, seconds: float | None) -> None:
        """A 429. Teams does not say whether it is about the thread or the app; several at once are about the app.

        Each process adds a little to the time that Teams names, so that they do not all come back at once. The hour is
        not closed: that would stay felt for as long.
        """
        now = self._clock()
        self._refused = {one: at for one, at in self._refused.items() if now - at < 1.0} | {thread: now}
        is_app = len(self._refused) >= SEVERAL
        names = [APP] if is_app else [f"{name}/{thread}" for name in (SECOND, TWO_SECONDS, HALF_MINUTE)]
        self.close(names, None if seconds is None else seconds * random.uniform(1.0, 1.2))
