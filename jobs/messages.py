"""What conversations are owed, as rows: written in the transaction that makes the change, sent by the outbox."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.conversations import is_gone, reopen
from jobs.manners import hush
from jobs.tables import insert_new, messages
from provisioning.bulk import Bulk
from provisioning.case import NOWHERE, Case, Conversation
from provisioning.manners import EVERYBODY
from provisioning.repair import Repair

_conversation_json = TypeAdapter(Conversation)


def mark_due(connection: sa.Connection, subject_ids: Sequence[str], kind: str) -> None:
    """Every card of this kind about the subjects is to be redrawn."""
    if not subject_ids:
        return
    cards = messages.c.subject_id.in_(subject_ids) & (messages.c.kind == kind)
    connection.execute(messages.update().where(cards).values(**_one_more()))


def show_live(
    connection: sa.Connection,
    subject_id: str,
    conversation: Conversation,
    *,
    kind: str = "live",
    is_asker: bool = False,
) -> None:
    """Post the live card (`kind`: live or repair) in `conversation` anew; an older one there becomes a pointer.

    Somebody there asked for it, so it is not gone, if it was thought to be.
    """
    if conversation == NOWHERE:
        return
    reopen(connection, [conversation.id])
    here = (
        (messages.c.subject_id == subject_id)
        & (messages.c.kind == kind)
        & (messages.c.conversation_id == conversation.id)
    )
    moved = connection.execute(
        messages.update()
        .where(here)
        .values(
            moved_from=sa.case((messages.c.activity_id != "", messages.c.activity_id), else_=messages.c.moved_from),
            activity_id="",
            moves=messages.c.moves + 1,
            is_asker=messages.c.is_asker | is_asker,
            conversation=_conversation_json.dump_json(conversation).decode(),
            # While it is being sent it stays its sender's: two at once would forget which card is the older one.
            next_try_at=sa.case((messages.c.claimed_by == "", 0.0), else_=messages.c.next_try_at),
            attempts=0,
            **_one_more(),
        )
    )
    if not moved.rowcount:
        add_message(connection, subject_id, kind, conversation, is_asker=is_asker)


def add_message(
    connection: sa.Connection,
    subject_id: str,
    kind: str,
    conversation: Conversation,
    *,
    is_asker: bool = False,
    held_until: float = 0.0,
) -> None:
    """Owe `conversation` a message of this kind about the case; it is owed at most one."""
    row = _row(subject_id, kind, conversation.id, conversation)
    insert_new(connection, messages, **row, is_asker=is_asker, held_until=held_until)


def owe_in_person(connection: sa.Connection, subject_id: str, kind: str, person_id: str, near: Conversation) -> None:
    """Owe a person a message in their 1:1 chat, which is opened through `near`'s service when it is sent."""
    insert_new(connection, messages, **_row(subject_id, kind, person_id, replace(near, id="", kind="personal")))


def owe_decision(connection: sa.Connection, repair: Repair, now: datetime) -> None:
    """Owe the second person's decision to the conversation in which the repair was asked for."""
    _notify(connection, messages.c.kind == "repair", repair, "decision", now)


def forget_said(connection: sa.Connection, subject_id: str, kind: str) -> None:
    """A message of this kind, which is said once, may be owed once more."""
    connection.execute(messages.delete().where((messages.c.subject_id == subject_id) & (messages.c.kind == kind)))


def owe_bulk_end(connection: sa.Connection, bulk: Bulk, now: datetime) -> None:
    """Owe the news that a list has ended to the conversation in which it was ordered."""
    _notify(connection, (messages.c.kind == "bulk") & messages.c.is_asker, bulk, "bulk-ended", now)


def owe_ready(connection: sa.Connection, case: Case, now: datetime) -> bool:
    """Owe the ready notification to every conversation in which the case was ordered; False where all are muted.

    What was to be said of a delay, and is held until the morning, is no news any more.
    """
    overdue = (messages.c.subject_id == case.id) & (messages.c.kind == "overdue")
    connection.execute(messages.update().where(overdue).values(is_due=False))
    return owe_askers(connection, case, "ready", now)


def owe_askers(connection: sa.Connection, case: Case, kind: str, now: datetime) -> bool:
    """Owe a notification to every conversation in which the case was ordered; False where all are muted."""
    return _notify(connection, (messages.c.kind == "live") & messages.c.is_asker, case, kind, now)


def _notify(
    connection: sa.Connection, is_shown: sa.ColumnElement[bool], subject: Case | Repair | Bulk, kind: str, now: datetime
) -> bool:
    """Owe a notification to each conversation that has one of those cards about the subject, as it has asked for.

    In place of one that is gone, the requester is told in person.
    """
    shown = sa.select(messages.c.conversation).where(messages.c.subject_id == subject.id, is_shown)
    documents = connection.execute(shown).scalars().all()
    is_owed = not documents
    for document in documents:
        conversation = _conversation_json.validate_json(document)
        asked = hush(connection, conversation, _user_of(subject), now)
        if asked.is_muted:
            continue
        is_owed = True
        if not conversation.is_personal and is_gone(connection, conversation.id):
            owe_in_person(connection, subject.id, kind, subject.requester.id, conversation)
        else:
            add_message(connection, subject.id, kind, conversation, held_until=asked.until)
    return is_owed


def _user_of(subject: Case | Repair | Bulk) -> str:
    if isinstance(subject, Bulk):
        return EVERYBODY
    return subject.order.upn if isinstance(subject, Case) else subject.user


def _one_more() -> dict[str, Any]:
    """One more change to be shown."""
    since = sa.case((messages.c.is_due, messages.c.due_since), else_=time.time())
    return {"changes": messages.c.changes + 1, "is_due": True, "due_since": since}


def _row(subject_id: str, kind: str, conversation_id: str, conversation: Conversation) -> dict[str, Any]:
    document = _conversation_json.dump_json(conversation).decode()
    named = {"subject_id": subject_id, "kind": kind, "conversation_id": conversation_id}
    return {**named, "conversation": document, "due_since": time.time()}
