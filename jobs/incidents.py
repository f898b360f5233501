"""Incidents that hold cases up: a look now and then, and what conversations are told when one begins or ends.

A look is taken by one process of all, and only while somebody waits or an incident is open. What it finds and the
messages that are owed for it are written in one transaction, so each conversation is told once, whatever is killed.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.manners import Hush, hush
from jobs.messages import add_message
from jobs.rounds import go_round
from jobs.tables import cases, incidents, insert_new, messages, preferences, reading, writing
from provisioning.case import CaseState, Conversation
from provisioning.directory import ServiceHealth
from provisioning.errors import GraphError
from provisioning.incidents import Incident, affected, begun, ended
from provisioning.manners import EVERYBODY
from provisioning.ports import Clock, Directory
from provisioning.priority import Priority, as_priority

LOOKS_OF_A_MAILBOX = 10  # as often as a young mailbox is looked at: 5 minutes where that is 30 seconds
BEGUN, OVER = "incident", "incident over"  # kinds of messages
LOOKED_AT = "health looked at"  # the name of the row that one process of all moves on

log = logging.getLogger(__name__)

_incident_json = TypeAdapter(Incident)
_conversation_json = TypeAdapter(Conversation)


class IncidentWatch:
    """`redraw` is called when messages are owed. Two requests a look: Microsoft allows 800 an hour."""

    def __init__(
        self, directory: Directory, engine: sa.Engine, clock: Clock, redraw: Callable[[], None], shortest: float
    ) -> None:
        self._directory = directory
        self._engine = engine
        self._clock = clock
        self._redraw = redraw
        self._every = shortest * LOOKS_OF_A_MAILBOX

    async def run(self) -> None:
        """Until cancelled."""
        await go_round(self._round, asyncio.Event(), log)

    @as_priority(Priority.BACKGROUND)
    async def _round(self) -> float:
        now = self._clock.now()
        if await asyncio.to_thread(self._is_ours, now):
            try:
                healths = await self._directory.service_health()
            except GraphError as error:
                log.warning("the service health could not be read: %s", error.sentence)
            else:
                if await asyncio.to_thread(self._note, healths, now):
                    self._redraw()
        return self._every

    def _is_ours(self, now: datetime) -> bool:
        """Whether somebody needs to know, and no other process has looked just now."""
        waiting = sa.select(cases.c.id).where(cases.c.open_upn.is_not(None)).limit(1)
        going_on = sa.select(incidents.c.id).where(incidents.c.ended_at.is_(None)).limit(1)
        with reading(self._engine) as connection:
            if not connection.execute(waiting).first() and not connection.execute(going_on).first():
                return False
        with writing(self._engine) as connection:
            own = preferences.c.name == LOOKED_AT
            last = connection.execute(sa.select(preferences.c.value).where(own).with_for_update()).scalar()
            if last is None:
                return insert_new(connection, preferences, name=LOOKED_AT, value=str(now.timestamp()))
            if 0 <= now.timestamp() - float(last) < self._every * 0.9:  # less than 0: a clock that was put back
                return False
            connection.execute(preferences.update().where(own).values(value=str(now.timestamp())))
            return True

    def _note(self, healths: Sequence[ServiceHealth], now: datetime) -> int:
        """Answers how many incidents go on or have ended."""
        with writing(self._engine) as connection:
            found = begun(healths, now)
            for incident in found:
                self._begin(connection, incident)
            over = ended(_open_ones(connection), healths)
            for incident in over:
                _end(connection, replace(incident, ended_at=now))
            return len(found) + len(over)

    def _begin(self, connection: sa.Connection, incident: Incident) -> None:
        """Also conversations whose cases came later are told, once each."""
        document = _incident_json.dump_json(incident).decode()
        if insert_new(connection, incidents, id=incident.id, ended_at=None, document=document):
            log.info("incident %s of %s began: %s", incident.id, incident.service, incident.title)
        ends = connection.execute(sa.select(incidents.c.ended_at).where(incidents.c.id == incident.id)).scalar()
        if ends is not None:
            return  # it was over before, and Microsoft has opened it again: nobody is told twice
        for conversation in _conversations(connection, affected(incident.service)):
            _say(connection, incident.id, BEGUN, conversation, self._clock.now())


def _end(connection: sa.Connection, incident: Incident) -> None:
    values = {
        "ended_at": incident.ended_at.timestamp() if incident.ended_at else None,
        "document": _incident_json.dump_json(incident).decode(),
    }
    connection.execute(incidents.update().where(incidents.c.id == incident.id).values(**values))
    log.info("incident %s of %s is over", incident.id, incident.service)
    told = sa.select(messages.c.conversation).where(messages.c.subject_id == incident.id, messages.c.kind == BEGUN)
    for document in connection.execute(told).scalars().all():
        _say(connection, incident.id, OVER, _conversation_json.validate_json(document), incident.ended_at)


def _say(
    connection: sa.Connection, incident_id: str, kind: str, conversation: Conversation, now: datetime | None
) -> None:
    """As the conversation has asked for: not at its quiet hours, and not where it is muted."""
    asked = hush(connection, conversation, EVERYBODY, now) if now else Hush()
    if not asked.is_muted:
        add_message(connection, incident_id, kind, conversation, held_until=asked.until)


def _open_ones(connection: sa.Connection) -> list[Incident]:
    query = sa.select(incidents.c.document).where(incidents.c.ended_at.is_(None))
    return [_incident_json.validate_json(document) for document in connection.execute(query).scalars()]


def _conversations(connection: sa.Connection, state: CaseState) -> list[Conversation]:
    """Where cases in this state were ordered, alone or in a list; of a channel the channel, not each thread in it."""
    alone = (messages.c.kind == "live") & (cases.c.id == messages.c.subject_id)
    listed = (messages.c.kind == "bulk") & (cases.c.bulk_id == messages.c.subject_id)
    asked = sa.union(
        *(
            sa.select(messages.c.conversation).join(cases, of).where(messages.c.is_asker, cases.c.state == state.value)
            for of in (alone, listed)
        )
    )
    found = [_conversation_json.validate_json(document) for document in connection.execute(asked).scalars()]
    return [replace(one, id=one.id.partition(";messageid=")[0]) for one in found]
