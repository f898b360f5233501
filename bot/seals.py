"""Buttons that prove themselves: sealed when a card leaves, checked when a click comes in.

A button's data comes back from a client, so anybody who can click can also write it. The seal, one more field of
the data, is an HMAC under a key of this installation over the conversation, the verb, every field, the inputs that
may add fields, the end of its life, and a nonce. What a person fills in is their own and is not sealed: handlers
judge it. The nonce is the click's id, by which the same click again is known to be the same.
"""

import base64
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from handlers.requests import Card, Request
from provisioning.errors import NotAllowed
from provisioning.words import say

FIELD = "seal"
VERSION = "v1"
MAC_BYTES = 16  # half of SHA-256's: RFC 2104, section 5. A card holds each seal twice, and has 28 KB
NONCE_BYTES = 9
LIVES = timedelta(days=7)

FORGED = say(
    "This button was not made by Mailroom for this chat, or it is from an older version. Nothing was changed. "
    "Type help to see what I can do."
)
OUT_OF_DATE = say(
    "This button is out of date, so nothing was changed. Type the command again, or status, for a fresh card."
)

_NESTED = (dict, list)
_BUTTONS = ("Action.Execute", "Action.Submit")

Json = dict[str, Any]


class BadSeal(NotAllowed):
    """The click is not one of a button that Mailroom put into this chat, or no longer; nothing was changed."""


@dataclass(frozen=True)
class _Terms:
    """What a seal says besides its MAC."""

    ends_at: int  # epoch seconds
    nonce: str
    inputs: str  # ids, with commas

    def __str__(self) -> str:
        return f"{VERSION}.{self.ends_at}.{self.nonce}.{self.inputs}"


class Seals:
    """`lives` says for how long the buttons of a verb are good; others for LIVES."""

    def __init__(self, key: bytes, lives: Mapping[str, timedelta], now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._lives = {verb: span.total_seconds() for verb, span in lives.items()}
        self._now = now

    def seal(self, card: Card, conversation_id: str) -> Card:
        """A copy of the card, whose buttons are good in this conversation."""
        sealed: Card = self._sealed(card, conversation_id, ())
        return sealed

    def check(self, request: Request) -> Request:
        """The click with its id and without its seal. Raises BadSeal."""
        terms, mac = _read(request.data.get(FIELD))
        inputs = terms.inputs.split(",") if terms.inputs else []
        fields = {name: value for name, value in request.data.items() if name != FIELD and name not in inputs}
        if not hmac.compare_digest(mac, self._mac(request.conversation.id, request.verb, fields, terms)):
            raise BadSeal(FORGED)
        if terms.ends_at < self._now():
            raise BadSeal(OUT_OF_DATE)
        data = {name: value for name, value in request.data.items() if name != FIELD}
        return replace(request, data=data, click_id=terms.nonce)

    def _sealed(self, node: Any, conversation_id: str, inputs: tuple[str, ...]) -> Any:
        """`node` is an object or a list. `inputs` are those of the card around; a card inside has its own as well."""
        if isinstance(node, list):
            return [self._sealed(one, conversation_id, inputs) if isinstance(one, _NESTED) else one for one in node]
        kind = node.get("type")
        if kind in _BUTTONS:
            return self._button(node, conversation_id, inputs)
        if kind == "AdaptiveCard":
            inputs = (*inputs, *_inputs(node))
        return {
            key: self._sealed(one, conversation_id, inputs) if isinstance(one, _NESTED) else one
            for key, one in node.items()
        }

    def _button(self, node: Json, conversation_id: str, inputs: tuple[str, ...]) -> Json:
        """With what stands in for it in older clients: the same button, so the same seal."""
        data, fallback = node.get("data") or {}, node.get("fallback")
        verb = str(node.get("verb") or data.get("verb", ""))
        sends = "" if node.get("associatedInputs") == "none" else ",".join(inputs)
        ends_at = self._now() + self._lives.get(verb, LIVES.total_seconds())
        terms = _Terms(int(ends_at), secrets.token_urlsafe(NONCE_BYTES), sends)
        fields = {name: value for name, value in data.items() if name not in inputs} if sends else data
        sealed = {**data, FIELD: f"{terms}.{self._mac(conversation_id, verb, fields, terms)}"}
        made = {**node, "data": sealed}
        if isinstance(fallback, dict):
            is_same = fallback.get("data") == node.get("data")
            made["fallback"] = (
                {**fallback, "data": sealed} if is_same else self._sealed(fallback, conversation_id, inputs)
            )
        return made

    def _mac(self, conversation_id: str, verb: str, fields: Mapping[str, Any], terms: _Terms) -> str:
        place = conversation_id.partition(";")[0]  # in a channel Teams adds ";messageid=…" to a click's
        said = json.dumps([place, verb, fields, str(terms)], sort_keys=True, separators=(",", ":"))
        digest = hmac.digest(self._key, said.encode(), "sha256")[:MAC_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _inputs(card: Json) -> list[str]:
    """The ids of the inputs of one card, without those of a card inside, which only its own buttons send."""
    found: list[str] = []
    left: list[Any] = [card["body"]] if "body" in card else []
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict) and node.get("type") != "AdaptiveCard":
            if str(node.get("type", "")).startswith("Input."):
                found.append(str(node["id"]))
            left += [one for key, one in node.items() if key != "data" and isinstance(one, _NESTED)]
    return found


def _read(seal: Any) -> tuple[_Terms, str]:
    """Raises BadSeal for what has not the form of a seal."""
    parts = seal.split(".") if isinstance(seal, str) and seal.isascii() else []
    if len(parts) != 5 or parts[0] != VERSION or not parts[1].isdecimal() or len(parts[1]) > 12:
        raise BadSeal(FORGED)
    return _Terms(int(parts[1]), parts[2], parts[3]), parts[4]
