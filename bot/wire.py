"""Activities to and from JSON: strict about what has a name, and silent about what has none.

The SDKs' own readers and writers are slow or too strict: botbuilder's takes 3 ms for a card of 4 KB and turns what it
does not know into strings, and that of the Agents SDK refuses an activity for a text that is empty or null.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from bot.activity import Activity, Json


class WireError(ValueError):
    """The JSON is no activity."""


NESTED = 64  # objects and lists in each other; a Teams activity has about eight


class Frozen(dict[str, Any]):
    """JSON that is finished. Both SDKs copy every outgoing activity deeply; a drawn card need not be."""

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
    activity: Activity = _model(Activity)(body)
    if not activity.type:
        raise WireError("the activity has no type")
    if not (activity.service_url and activity.conversation.id):
        raise WireError("the activity names no conversation")
    return activity


def write(activity: Activity) -> bytes:
    return json.dumps(activity, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: Any) -> object:
    """One level of what the JSON encoder does not know; it comes back for the next."""
    if is_dataclass(value):
        model: Any = type(value)
        named = ((key, getattr(value, name)) for name, key in _keys(model))
        more: Json = value.more  # type: ignore[union-attr]
        return {key: item for key, item in named if item is not None and item != ""} | more
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")


@cache
def _keys(model: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a model, and how JSON spells them."""
    names = [one.name for one in fields(model) if one.name != "more"]
    return tuple((name, "from" if name == "sender" else _camel(name)) for name in names)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


@cache
def _model(model: Any) -> Callable[[object], Any]:
    """A reader of `model`. Null is as good as nothing, and what the model does not name is kept in `more`."""
    hints = get_type_hints(model)
    readers = {key: (name, _reader(hints[name])) for name, key in _keys(model)}

    def read_model(value: object) -> Any:
        if not isinstance(value, dict):
            raise WireError(f"{model.__name__} is not a JSON object")
        known: Json = {}
        more: Json = {}
        for key, item in value.items():
            if key not in readers:
                more[key] = item
            elif item is not None:
                name, reader = readers[key]
                known[name] = reader(item)
        return model(**known, more=more)

    return read_model


def _reader(hint: Any) -> Callable[[object], Any]:
    """Of `X`, or of `X | None`."""
    kind: Any = next(one for one in get_args(hint) if one is not NoneType) if isinstance(hint, UnionType) else hint
    if get_origin(kind) is list:
        return _list_reader(get_args(kind)[0])
    return _SIMPLE.get(kind) or _model(kind)


def _list_reader(kind: Any) -> Callable[[object], Any]:
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


def _moment(value: object) -> datetime:
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise WireError("a time is not ISO 8601") from error


_SIMPLE: dict[Any, Callable[[object], Any]] = {str: _text, bool: _flag, datetime: _moment, Any: _as_is}
