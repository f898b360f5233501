"""Conversations that have a part to play, by its name. Plain synchronous functions; callers run them in a thread."""

import sqlalchemy as sa
from pydantic import TypeAdapter

from jobs.tables import places, reading, writing
from provisioning.case import Conversation

APPROVALS = "approvals"  # where second persons are asked

_conversation_json = TypeAdapter(Conversation)


def get_place(engine: sa.Engine, name: str) -> Conversation | None:
    with reading(engine) as connection:
        document = connection.execute(sa.select(places.c.conversation).where(places.c.name == name)).scalar()
    return _conversation_json.validate_json(document) if document else None


def set_place(engine: sa.Engine, name: str, conversation: Conversation | None) -> None:
    """None: no conversation has this part any more."""
    with writing(engine) as connection:
        connection.execute(places.delete().where(places.c.name == name))
        if conversation:
            document = _conversation_json.dump_json(conversation).decode()
            connection.execute(places.insert().values(name=name, conversation=document))
