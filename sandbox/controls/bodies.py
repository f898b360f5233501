"""Reading what the controls are sent, and answering mistakes: {"error": "<one sentence>"}."""

import json
from typing import Any

from aiohttp import web

from sandbox.keys import TENANT
from sandbox.tenant.users import User

Json = dict[str, Any]


async def body_of(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError as error:
        raise mistake("the body is not JSON") from error
    if not isinstance(body, dict):
        raise mistake("the body must be a JSON object")
    return body


def number(body: Json, name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise mistake(f"“{name}” must be a number, 0 or more")
    return float(value)


def text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise mistake(f"“{name}” must be a text")
    return value.strip()


def named_user(request: web.Request) -> User:
    name = request.match_info["name"]
    users = request.app[TENANT].users
    user = users.get(name) or users.by_upn(name)
    if user is None:
        raise mistake(f"there is no user {name}", web.HTTPNotFound)
    return user


def mistake(sentence: str, kind: type[web.HTTPError] = web.HTTPBadRequest) -> web.HTTPError:
    return kind(text=json.dumps({"error": sentence}), content_type="application/json")
