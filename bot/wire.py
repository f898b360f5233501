"""Activities to and from JSON by botbuilder's own attribute maps, in a fraction of its serialiser's time.

msrest's serialiser validates recursively (3 ms for a 4 KB card) and writes what it does not know with `str()`, which
turns nested cards into strings. Here plain JSON inside an activity stays as it is.
"""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from botbuilder import schema
from botbuilder.schema import Activity
from msrest.serialization import Model

Json = dict[str, Any]

# botbuilder says tenantID, Teams sends tenantId.
_OTHER_KEYS = {("ConversationAccount", "tenant_id"): "tenantId"}


class WireError(ValueError):
    """The JSON is no activity."""


NESTED = 64  # objects and lists in each other; a Teams activity has about eight


class Frozen(dict[str, Any]):
    """JSON that is finished. botbuilder copies every outgoing activity deeply; a drawn card need not be."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Frozen":
        return self


def parse(body: bytes) -> object:
    """The JSON in `body`. Raises WireError for what is none, or says a thing twice, or is nested without end."""
    try:
        text = body.decode()  # UTF-8 and nothing else: RFC 8259, section 8.1
        parsed = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
        if text.count("{") + text.count("[") > NESTED or "\\ud" in text.lower():
            return _orderly(parsed, NESTED)
    except (ValueError, RecursionError) as error:
        raise WireError("the body is no JSON that is read here") from error
    return parsed


def _object(pairs: list[tuple[str, Any]]) -> Json:
    """Which of two values counts is for nobody to choose."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise WireError("a key is there twice")
    return made


def _no_number(name: str) -> None:
    raise WireError(f"{name} is no JSON")


def _orderly(value: Any, deeper: int) -> Any:
    """Not too deep, and without halves of characters, which no encoding has."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not isinstance(value, dict | list):
        return value
    if not deeper:
        raise WireError("the body is nested too deeply")
    if isinstance(value, list):
        return [_orderly(item, deeper - 1) for item in value]
    return {_orderly(key, deeper): _orderly(item, deeper - 1) for key, item in value.items()}


def read(body: object) -> Activity:
    """The Activity in parsed JSON. Raises WireError."""
    if not isinstance(body, dict):
        raise WireError("the body is not a JSON object")
    activity = _model(Activity)(body)
    if not activity.type:
        raise WireError("the activity has no type")
    if not (activity.service_url and activity.conversation and activity.conversation.id):
        raise WireError("the activity names no conversation")
    return activity


def write(activity: Activity) -> bytes:
    return json.dumps(activity, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: object) -> object:
    """One level of what the JSON encoder does not know; it comes back for the next."""
    if isinstance(value, Model):
        model: Any = type(value)
        known = {key: getattr(value, name) for name, key in _keys(model)}
        return {key: item for key, item in known.items() if item is not None} | (value.additional_properties or {})
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")


@cache
def _keys(model: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, _key(model, name, entry["key"])) for name, entry in model._attribute_map.items())


def _key(model: type[Model], name: str, key: str) -> str:
    return _OTHER_KEYS.get((model.__name__, name), key)


@cache
def _model(model: Any) -> Callable[[object], Any]:
    """A reader of `model`. What it does not know is kept in additional_properties."""
    readers = {
        _key(model, name, entry["key"]): (name, _reader(entry["type"]))
        for name, entry in model._attribute_map.items()
        if name != "additional_properties"
    }

    def read_model(value: object) -> Any:
        if not isinstance(value, dict):
            raise WireError(f"{model.__name__} is not a JSON object")
        known: Json = {}
        unknown: Json = {}
        for key, item in value.items():
            if key not in readers:
                unknown[key] = item
            elif item is not None:
                name, reader = readers[key]
                known[name] = reader(item)
        made = model(**known)
        made.additional_properties = unknown
        return made

    return read_model


def _reader(kind: str) -> Callable[[object], Any]:
    if kind.startswith("["):
        return _list_reader(kind[1:-1])
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    model = getattr(schema, kind, None)
    return _lazily(model) if model else _as_is


def _lazily(model: Any) -> Callable[[object], Any]:
    """Models refer to each other in circles."""
    return lambda value: _model(model)(value)


def _list_reader(kind: str) -> Callable[[object], Any]:
    reader = _reader(kind)

    def read_list(value: object) -> list[Any]:
        if not isinstance(value, list):
            raise WireError("a list was expected")
        return [reader(item) for item in value]

    return read_list


def _as_is(value: object) -> object:
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise WireError("a text was expected")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WireError("true or false was expected")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError("a whole number was expected")
    return value


def _moment(value: object) -> datetime:
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise WireError("a time is not ISO 8601") from error


_SIMPLE: dict[str, Callable[[object], Any]] = {
    "str": _text,
    "iso-8601": _moment,
    "object": _as_is,
    "{object}": _as_is,
    "bool": _flag,
    "int": _number,
}
