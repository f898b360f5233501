"""What conversations are owed, as rows: written in the transaction that makes the change, sent by the outbox."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.manners import hush
from jobs.tables import insert_new, messages
from provisioning.case import Conversation

_conversation_json = TypeAdapter(Conversation)


def mark_due(connection: sa.Connection, subject_id: str, kind: str) -> None:
    """Every card of this kind about the subject is to be redrawn."""
    cards = (messages.c.subject_id == subject_id) & (messages.c.kind == kind)
    connection.execute(messages.update().where(cards).values(changes=messages.c.changes + 1, is_due=True))


def show_live(
    connection: sa.Connection,
    subject_id: str,
    conversation: Conversation,
    *,
    kind: str = "live",
    is_asker: bool = False,
) -> None:
    """Post the live card (`kind`: live or repair) in `conversation` anew; an older one there becomes a pointer."""
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
            changes=messages.c.changes + 1,
            is_due=True,
            next_try_at=0.0,
            attempts=0,
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
    not_before: float = 0.0,
) -> None:
    """Owe `conversation` a message of this kind about the case; it is owed at most one."""
    row = _row(subject_id, kind, conversation.id, conversation)
    insert_new(connection, messages, **row, is_asker=is_asker, next_try_at=not_before)


def owe_in_person(connection: sa.Connection, subject_id: str, kind: str, person_id: str, near: Conversation) -> None:
    """Owe a person a message in their 1:1 chat, which is opened through `near`'s service when it is sent."""
    connection.execute(
        messages.insert().values(**_row(subject_id, kind, person_id, replace(near, id="", kind="personal")))
    )


def owe_decision(connection: sa.Connection, repair_id: str, user: str, now: datetime) -> None:
    """Owe the second person's decision to the conversation in which the repair was asked for."""
    _notify_where(connection, messages.c.kind == "repair", repair_id, "decision", user, now)


def owe_ready(connection: sa.Connection, case_id: str, user: str, now: datetime) -> bool:
    """Owe the ready notification to every conversation in which the case was ordered; False where all are muted.

    What was to be said of a delay, and is held until the morning, is no news any more.
    """
    overdue = (messages.c.subject_id == case_id) & (messages.c.kind == "overdue")
    connection.execute(messages.update().where(overdue).values(is_due=False))
    return owe_askers(connection, case_id, "ready", user, now)


def owe_askers(connection: sa.Connection, case_id: str, kind: str, user: str, now: datetime) -> bool:
    """Owe a notification to every conversation in which the case was ordered; False where all are muted."""
    return _notify_where(connection, (messages.c.kind == "live") & messages.c.is_asker, case_id, kind, user, now)


def _notify_where(
    connection: sa.Connection, is_shown: sa.ColumnElement[bool], subject_id: str, kind: str, user: str, now: datetime
) -> bool:
    """Owe a notification to each conversation that has one of those cards about the subject, as it has asked for."""
    shown = sa.select(messages.c.conversation).where(messages.c.subject_id == subject_id, is_shown)
    documents = connection.execute(shown).scalars().all()
    is_owed = not documents
    for document in documents:
        conversation = _conversation_json.validate_json(document)
        asked = hush(connection, conversation, user, now)
        if not asked.is_muted:
            add_message(connection, subject_id, kind, conversation, not_before=asked.until)
            is_owed = True
    return is_owed


def _row(subject_id: str, kind: str, conversation_id: str, conversation: Conversation) -> dict[str, str]:
    document = _conversation_json.dump_json(conversation).decode()
    return {"subject_id": subject_id, "kind": kind, "conversation_id": conversation_id, "conversation": document}
