"""The courier: brings every conversation to the state that the outbox asks for.

Conversations are served side by side, each by a task of its own that nobody waits for: one that is slow holds up no
other. The Bot Connector has no idempotency key: a kill in the moment between its answer and our note is the one gap in
which a message can come twice.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec

from jobs.incidents import OVER
from jobs.outbox import Outbox, Owed
from jobs.rounds import go_round
from jobs.tracing import working_on
from provisioning.bulk import BulkSummary
from provisioning.case import Case, Conversation, Person
from provisioning.errors import (
    ConversationGone,
    DatabaseUnavailable,
    MessageGone,
    MessageRefused,
    MessengerUnavailable,
)
from provisioning.incidents import Incident
from provisioning.ports import Clock, Messenger
from provisioning.priority import Priority, done_as
from provisioning.repair import Repair
from provisioning.tally import NOBODY, Tally

AT_ONCE = 40  # conversations served side by side; Teams allows an app some 50 calls a second
LONGEST_PAUSE_SECONDS = 300.0
IDLE_SECONDS = 60.0  # until the next look where nothing is known to come due
NOTE_SECONDS = 1.0  # between two tries to note what was done while the database is gone

P = ParamSpec("P")

log = logging.getLogger(__name__)


class Courier:
    """Delivers what the outbox owes, as soon as it is woken or the next row is due.

    `gone` is called when a conversation was given up.
    """

    def __init__(
        self,
        outbox: Outbox,
        messenger: Messenger,
        clock: Clock,
        gone: Callable[[], None] = lambda: None,
        tally: Tally = NOBODY,
    ) -> None:
        self._outbox = outbox
        self._tally = tally
        self._gone = gone
        self._messenger = messenger
        self._clock = clock
        self._wake = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], str] = {}  # and in which conversation

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; what is on its way is then noted as shown first, unless it is cancelled a second time."""
        try:
            await go_round(self._round, self._wake, log)
        finally:
            try:
                await asyncio.gather(*map(asyncio.shield, self._under_way), return_exceptions=True)
            finally:
                for task in self._under_way:
                    task.cancel()

    async def heard_from(self, conversation: Conversation, person: Person) -> None:
        """Somebody speaks to Mailroom: a conversation that was given up is there again."""
        base = conversation.id.partition(";")[0]  # of a channel, whose threads come and go with it
        here = {one for one in self._outbox.gone if one.partition(";")[0] == base}
        if conversation.is_personal:
            here |= self._outbox.gone & {person.id}
        if here:
            log.info("%s is there again", base)
            await asyncio.to_thread(self._outbox.reopen, here)
            self.wake()

    async def _round(self) -> float:
        """Answers the seconds until the next message is due; whoever ends makes room for the next by waking us."""
        now = self._clock.now()
        room = AT_ONCE - len(self._under_way)
        served = frozenset(self._under_way.values())
        for owed in await asyncio.to_thread(self._outbox.claim, now, room, served) if room else ():
            task = asyncio.create_task(self._deliver(owed))
            self._under_way[task] = owed.addressee
            task.add_done_callback(self._ended)
        due_at = await asyncio.to_thread(self._outbox.next_at, now)
        if due_at is None:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.05, due_at - self._clock.now().timestamp()))

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if not task.cancelled() and task.exception():
            log.error("what became of a message could not be noted", exc_info=task.exception())
        self.wake()

    async def _deliver(self, owed: Owed) -> None:
        if isinstance(owed.subject, Incident):
            await self._try(owed)  # no order began it
            return
        subject = owed.subject.bulk if isinstance(owed.subject, BulkSummary) else owed.subject
        with working_on(f"card {owed.kind}", subject, self._clock.now()):
            await self._try(owed)

    async def _try(self, owed: Owed) -> None:
        try:
            with done_as(Priority.WORK if owed.is_new else Priority.BACKGROUND):
                await self._point_down(owed)
                activity_id = await self._send(owed)
        except MessengerUnavailable as error:
            pause = error.retry_after or min(LONGEST_PAUSE_SECONDS, 2.0**owed.attempts)
            log.warning("message %s of %s waits %.0f s: %s", owed.id, owed.subject.id, pause, error.sentence)
            await _note(self._outbox.postpone, owed, pause, self._clock.now())
        except ConversationGone as error:
            log.warning("nothing is said in %s any more: %s", owed.addressee, error.sentence)
            await _note(self._outbox.give_up, owed, error.sentence, self._clock.now())
            self._gone()
        except MessageRefused as error:
            log.error("message %s of %s is dropped: %s", owed.id, owed.subject.id, error.sentence)
            await _note(self._outbox.drop, owed, self._clock.now())
        except Exception:
            # One card that cannot be drawn must not stop the others.
            log.exception("message %s of %s could not be sent", owed.id, owed.subject.id)
            await _note(self._outbox.set_aside, owed, LONGEST_PAUSE_SECONDS, self._clock.now())
        else:
            await _note(self._outbox.shown, owed, activity_id, self._clock.now())
            is_update = bool(owed.activity_id) and activity_id == owed.activity_id
            merged = max(0, owed.changes - owed.shown_changes - 1)
            self._tally.card_sent(owed.kind, is_update=is_update, merged=merged)

    async def _send(self, owed: Owed) -> str:
        if not owed.conversation.id:
            owed, is_said = await self._opened(owed)
            if is_said:
                return ""
        if owed.kind == "ready" and isinstance(owed.subject, Case):
            return await self._messenger.announce_ready(owed.subject, owed.conversation)
        if owed.kind in ("failed", "overdue") and isinstance(owed.subject, Case):
            return await self._messenger.announce_trouble(owed.subject, owed.conversation)
        if owed.kind == "decision" and isinstance(owed.subject, Repair):
            return await self._messenger.announce_decision(owed.subject, owed.conversation)
        if isinstance(owed.subject, Incident):
            return await self._messenger.announce_incident(owed.subject, owed.conversation, is_over=owed.kind == OVER)
        if owed.kind == "bulk-ended" and isinstance(owed.subject, BulkSummary):
            return await self._messenger.announce_bulk(owed.subject, owed.conversation)
        try:
            return await self._show(owed, owed.activity_id)
        except MessageGone:
            return await self._show(owed, "")

    async def _opened(self, owed: Owed) -> tuple[Owed, bool]:
        """The same with the 1:1 chat of the person whom it is for, and whether it is said there anyway."""
        conversation = await self._messenger.open_personal(Person(owed.addressee, ""), owed.conversation)
        is_said = await asyncio.to_thread(self._outbox.opened, owed, conversation)
        return replace(owed, conversation=conversation), is_said

    async def _show(self, owed: Owed, activity_id: str) -> str:
        if owed.kind == "approval" and isinstance(owed.subject, Repair):
            return await self._messenger.show_approval(owed.subject, owed.conversation, activity_id)
        if isinstance(owed.subject, BulkSummary):
            return await self._messenger.show_bulk(owed.subject, owed.conversation, activity_id)
        if isinstance(owed.subject, Repair):
            return await self._messenger.show_repair(owed.subject, owed.conversation, activity_id)
        if isinstance(owed.subject, Case):
            return await self._messenger.show_case(owed.subject, owed.conversation, activity_id)
        raise ValueError(f"nothing to show for a message of the kind {owed.kind}")

    async def _point_down(self, owed: Owed) -> None:
        """The older card first becomes a pointer: a row remembers one, and the new card may soon be an older one."""
        if not owed.moved_from or isinstance(owed.subject, Incident):
            return
        try:
            await self._messenger.show_moved(owed.subject, owed.conversation, owed.moved_from)
        except (MessageGone, MessageRefused) as error:
            log.info("the older card of %s cannot point down: %s", owed.subject.id, error.sentence)
        await _note(self._outbox.pointed, owed)


async def _note(write: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Until it is written: what was said and is not known to be said would be said again."""
    while True:
        try:
            return await asyncio.to_thread(write, *args, **kwargs)
        except DatabaseUnavailable as error:
            log.warning("what became of a message is noted later: %s", error.sentence)
            await asyncio.sleep(NOTE_SECONDS)
