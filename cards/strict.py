"""Makes the classes of the adaptivecards package strict: a wrong name or value raises, and render() is deep.

Measured on adaptivecards 0.4.1: unknown keywords are dropped in silence, a bool passes as an int, nothing is
required, render() hands out the live dictionary with objects inside, and one JSON key has different Python
names on different classes. Here every property has one name, the snake_case of its JSON key.
"""

import math
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from adaptivecards.baseobject import PropertyType

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Prop(PropertyType):
    """A property: its JSON key, its type, and the values or the kinds of children that it takes."""

    def __init__(
        self,
        kind: type | tuple[type, ...],
        key: str | None = None,
        *,
        choices: Sequence[str] = (),
        members: tuple[type, ...] = (),
        required: bool = False,
    ) -> None:
        super().__init__(kind, key)
        self.choices = tuple(choices)
        self.members = members
        self.required = required

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else instance.get_data(self.key_name)


class Strict:
    """Stands in front of a class of the package: `class TextBlock(Strict, elements.TextBlock)`."""

    _data: dict[str, Any]
    _properties: ClassVar[dict[str, PropertyType]]
    _required: ClassVar[dict[str, str]]

    def __init_subclass__(cls) -> None:
        """By Python name; where two classes declare the same JSON key, the more derived one counts."""
        by_key = {
            prop.key_name: prop
            for base in reversed(cls.__mro__)
            for prop in vars(base).values()
            if isinstance(prop, PropertyType) and isinstance(prop.key_name, str)
        }
        cls._properties = {_CAPITAL.sub("_", key).lower(): prop for key, prop in by_key.items()}
        needed = {name: prop for name, prop in cls._properties.items() if isinstance(prop, Prop) and prop.required}
        cls._required = {name: prop.key_name for name, prop in needed.items()}

    def __init__(self, **values: Any) -> None:
        super().__init__()
        for name, value in values.items():
            setattr(self, name, value)
        missing = [name for name, key in self._required.items() if key not in self._data]
        if missing:
            raise TypeError(f"{type(self).__name__} needs {', '.join(missing)}")

    def __setattr__(self, name: str, value: Any) -> None:
        """None leaves the property out."""
        if name == "_data":
            super().__setattr__(name, value)
            return
        prop = self._properties.get(name)
        if prop is None:
            known = ", ".join(self._properties)
            raise TypeError(f"{type(self).__name__} has no property {name!r}. It has: {known}")
        if value is None:
            self._data.pop(prop.key_name, None)
            return
        _check(f"{type(self).__name__}.{name}", prop, value)
        self._data[prop.key_name] = value

    def render(self) -> dict[str, Any]:
        """Plain JSON all the way down, sharing nothing with this object."""
        rendered: dict[str, Any] = _json(self._data)
        return rendered


def _check(name: str, prop: PropertyType, value: Any) -> None:
    kinds = prop.type if isinstance(prop.type, tuple) else (prop.type,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"{name} takes {' or '.join(kind.__name__ for kind in kinds)}, not {value!r}")
    if not isinstance(prop, Prop):
        return
    if prop.choices and value not in prop.choices:
        raise ValueError(f"{name} is one of {', '.join(prop.choices)}, not {value!r}")
    if prop.members and isinstance(value, list):
        strangers = [member for member in value if not isinstance(member, prop.members)]
        if strangers:
            raise TypeError(f"{name} takes {', '.join(kind.__name__ for kind in prop.members)}, not {strangers[0]!r}")


def _json(value: Any) -> Any:
    if isinstance(value, Strict):
        return value.render()
    if isinstance(value, str):
        return (
            value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        )  # a lone surrogate cannot be sent
    if isinstance(value, dict):
        return {_json(_text_key(key)): _json(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_json(member) for member in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise TypeError(f"{value!r} has no place in a card")


def _text_key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {key!r}")
    return key
