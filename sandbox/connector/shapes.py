"""The JSON shapes of the Bot Connector as Teams gives them, errors included."""

import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.people import BOT_CHANNEL_ID, BOT_NAME, Conversation, Person, person_by_key

MAX_BYTES = 100 * 1024


def moment(when: datetime) -> str:
    """As Teams writes it: UTC with milliseconds and Z."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def member(person: Person) -> dict[str, Any]:
    """A TeamsChannelAccount."""
    given, _, surname = person.name.partition(" ")
    return {
        "id": person.channel_id,
        "name": person.name,
        "givenName": given,
        "surname": surname,
        "email": person.upn,
        "userPrincipalName": person.upn,
        "objectId": person.object_id,
        "aadObjectId": person.object_id,
        "tenantId": person.tenant_id,
        "userRole": "user",
    }


def members(conversation: Conversation) -> list[dict[str, Any]]:
    people = (person_by_key(key) for key in conversation.members)
    return [member(person) for person in people if person is not None]


def find_member(conversation: Conversation, member_id: str) -> dict[str, Any] | None:
    """By channel id, Entra object id or, for the bot itself, its own id."""
    if member_id == BOT_CHANNEL_ID:
        return {"id": BOT_CHANNEL_ID, "name": BOT_NAME}
    found = (one for one in members(conversation) if member_id in (one["id"], one["aadObjectId"]))
    return next(found, None)


def error(status: int, code: str, message: str, retry_after: int | None = None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)


class ConnectorError(Exception):
    """A refusal, raised anywhere in a handler."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after

    def response(self) -> web.Response:
        return error(self.status, self.code, str(self), self.retry_after)


def parse_activity(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; refuses what Teams refuses."""
    if len(body) > MAX_BYTES:
        raise ConnectorError(413, "MessageSizeTooBig", "Message size too large.")
    try:
        activity = json.loads(body)
    except ValueError as broken:
        raise ConnectorError(400, "BadSyntax", "The request body is not valid JSON.") from broken
    if not isinstance(activity, dict):
        raise ConnectorError(400, "BadSyntax", "The request body is not a JSON object.")
    return activity
