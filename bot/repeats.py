"""One activity that Teams brings twice is one turn: the second delivery waits for the first and gets its answer.

Teams repeats a message that is not answered in 15 seconds (learn.microsoft.com/microsoftteams/platform/bots/
bot-basics), and an invoke as well, with the same id (github.com/microsoft/botbuilder-dotnet/issues/5005). Memory will
do: where another process gets the second one, ids taken from the click or the message keep what it starts to one.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from bot.activity import Activity, InvokeAnswer

KEPT = 2_000
KEPT_SECONDS = 120.0

Turn = asyncio.Task[InvokeAnswer | None]
_Key = tuple[str, str, str, str]


class Repeats:
    """The turns of the last minutes."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._turns: OrderedDict[_Key, tuple[float, Turn]] = OrderedDict()

    def find(self, activity: Activity) -> Turn | None:
        """The turn that this activity had before, unless it failed: then it may be tried again."""
        started_at, turn = self._turns.get(_key(activity), (float("-inf"), None))
        if turn is None or self._now() - started_at > KEPT_SECONDS or _has_failed(turn):
            return None
        return turn

    def keep(self, activity: Activity, turn: Turn) -> None:
        if not activity.id:
            return
        self._turns[_key(activity)] = (self._now(), turn)
        while len(self._turns) > KEPT or next(iter(self._turns.values()))[0] < self._now() - KEPT_SECONDS:
            self._turns.popitem(last=False)


def _key(activity: Activity) -> _Key:
    """Ids are unique in a conversation. Whose it is belongs to it: an answer may be for one person's eyes."""
    sender = activity.sender.id if activity.sender else ""
    return (activity.type, activity.conversation.id, sender, activity.id)


def _has_failed(turn: Turn) -> bool:
    if not turn.done():
        return False
    if turn.cancelled() or turn.exception():
        return True
    answer = turn.result()
    return answer is not None and answer.status >= 500
