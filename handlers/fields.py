"""Reading a button's data, which comes from a client and is believed in nothing."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.grammar import Command, check_address, parse
from handlers.requests import Request, Services
from handlers.text import tidy
from provisioning.case import Case
from provisioning.errors import BadOrder
from provisioning.words import say

FIELD_LIMIT = 300
_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CASE_ID_LIMIT = 100
ID_LENGTH = 16


def text(data: Mapping[str, Any], name: str, limit: int = FIELD_LIMIT) -> str:
    """The field on one line, "" when it is not there. Raises BadOrder when it is no text, or too long."""
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadOrder(
            say("The button sent a {field} that is no text. Type the command instead.", field=name.replace("_", " "))
        )
    if len(value) > limit:
        raise BadOrder(
            say(
                "The {field} has {count} characters; at most {limit} are possible.",
                field=name.replace("_", " "),
                count=f"{len(value):,}",
                limit=f"{limit:,}",
            )
        )
    return tidy(value)


def choice(data: Mapping[str, Any], name: str, *allowed: str) -> str:
    """One of `allowed`. Raises BadOrder for anything else."""
    value = text(data, name)
    if value not in allowed:
        raise BadOrder(say("I do not know this answer. The card may be from an older version: type the command again."))
    return value


def moment(data: Mapping[str, Any], name: str) -> datetime | None:
    """A moment as the card had it. Raises BadOrder for anything else."""
    value = text(data, name)
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError:
        found = datetime.min
    if found is not None and found.tzinfo is None:
        raise BadOrder(say("The button sent a time that is none. Type the command instead."))
    return found


def user(data: Mapping[str, Any], name: str = "user") -> str:
    """A person's address or object id, "" when it is not there. Raises BadOrder for anything else."""
    value = text(data, name)
    if not value or _OBJECT_ID.fullmatch(value):
        return value
    return check_address(value)


def command(request: Request) -> Command:
    """What was typed, or stands behind a button that runs a command; nameless where it is no command."""
    value = request.data.get("text") if request.verb == "run" else "" if request.verb else request.text
    try:
        return parse(value) if isinstance(value, str) else Command("")
    except BadOrder:
        return Command("")


def once(request: Request) -> str:
    """The id of what a click or a message starts: the same one starts the same thing, however often it comes."""
    return hashlib.sha256(request.click_id.encode()).hexdigest()[:ID_LENGTH] if request.click_id else ""


async def case(request: Request, services: Services) -> Case:
    """The case that the button belongs to. Raises BadOrder when there is none, or no more."""
    case_id = text(request.data, "case", CASE_ID_LIMIT)
    if not case_id:
        raise BadOrder(say("This button does not say which order it belongs to. Type status to see all of them."))
    found = await services.jobs.get(case_id)
    if found is None:
        raise BadOrder(say("I no longer know the order behind this button. Type status to see the ones that I have."))
    return found
