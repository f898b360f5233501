"""An answer of Microsoft Graph as plain values, whether it came by itself or as a member of a `$batch`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """What was asked, as a template without anyone's name in it, e.g. POST /users/{user-id}/assignLicense."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """`headers` has lower-case names. `body` is the JSON object; None when empty or, if not `is_json`, unreadable."""

    call: Call
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json | None = None
    is_json: bool = True

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and self.is_json


def from_http(call: Call, status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """Read the content; an empty one is fine, anything that is not a JSON object is marked as such."""
    lowered = {name.lower(): value for name, value in headers.items()}
    if not content.strip():
        return Answer(call, status, lowered)
    try:
        body = json.loads(content)
    except ValueError:  # HTML of a proxy or gateway, half a document, not even text
        return Answer(call, status, lowered, is_json=False)
    return from_json(call, status, lowered, body)


def from_json(call: Call, status: int, headers: Mapping[str, str], body: object) -> Answer:
    if body is None or body == "":
        return Answer(call, status, headers)
    if not isinstance(body, dict):
        return Answer(call, status, headers, is_json=False)
    return Answer(call, status, headers, body)
