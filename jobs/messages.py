"""What conversations are owed, as rows: written in the transaction that makes the change, sent by the outbox."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.conversations import is_gone, reopen
from jobs.tables import insert_new, messages
from provisioning.case import Case, Conversation, Person
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
            next_try_at=0.0,
            attempts=0,
            **_one_more(),
        )
    )
    if not moved.rowcount:
        add_message(connection, subject_id, kind, conversation, is_asker=is_asker)


def add_message(
    connection: sa.Connection, subject_id: str, kind: str, conversation: Conversation, *, is_asker: bool = False
) -> None:
    """Owe `conversation` a message of this kind about the case; it is owed at most one."""
    insert_new(connection, messages, **_row(subject_id, kind, conversation.id, conversation), is_asker=is_asker)


def owe_in_person(connection: sa.Connection, subject_id: str, kind: str, person_id: str, near: Conversation) -> None:
    """Owe a person a message in their 1:1 chat, which is opened through `near`'s service when it is sent."""
    insert_new(connection, messages, **_row(subject_id, kind, person_id, replace(near, id="", kind="personal")))


def owe_decision(connection: sa.Connection, repair: Repair) -> None:
    """Owe the second person's decision to the conversation in which the repair was asked for."""
    _owe_where(connection, messages.c.kind == "repair", repair.id, "decision", repair.requester)


def owe_ready(connection: sa.Connection, case: Case) -> None:
    """Owe the ready notification to every conversation in which the case was ordered."""
    _owe_where(connection, (messages.c.kind == "live") & messages.c.is_asker, case.id, "ready", case.requester)


def _owe_where(
    connection: sa.Connection, is_shown: sa.ColumnElement[bool], subject_id: str, kind: str, requester: Person
) -> None:
    """Owe a message of this kind to each conversation that has one of those about the subject.

    In place of one that is gone, the requester is told in person.
    """
    shown = sa.select(messages.c.conversation).where(messages.c.subject_id == subject_id, is_shown)
    for document in connection.execute(shown).scalars().all():
        conversation = _conversation_json.validate_json(document)
        if not conversation.is_personal and is_gone(connection, conversation.id):
            owe_in_person(connection, subject_id, kind, requester.id, conversation)
        else:
            add_message(connection, subject_id, kind, conversation)


def _one_more() -> dict[str, Any]:
    """One more change to be shown."""
    since = sa.case((messages.c.is_due, messages.c.due_since), else_=time.time())
    return {"changes": messages.c.changes + 1, "is_due": True, "due_since": since}


def _row(subject_id: str, kind: str, conversation_id: str, conversation: Conversation) -> dict[str, Any]:
    document = _conversation_json.dump_json(conversation).decode()
    named = {"subject_id": subject_id, "kind": kind, "conversation_id": conversation_id}
    return {**named, "conversation": document, "due_since": time.time()}
