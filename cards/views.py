"""Who sees which buttons: a finished card without those that its reader may not use.

A message in a group is one card for everyone, so where roles are set it shows no buttons but one, which answers each
person with a view of their own (the user-specific views of Universal Actions). A private view, and a card in a 1:1
chat, lacks only what that person's role does not allow.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cards.language import say
from cards.parts import Card, button, buttons

_OPAQUE = ("data", "refresh", "fallback")  # not looked into: a button goes with its fallback, a refresh stays

Allows = Callable[[str, Mapping[str, Any]], bool]
"""Whether the reader may press the button with this verb and data."""


def allowed(card: Card, allows: Allows) -> Card:
    """`card` without the buttons that `allows` refuses; the very same card where it refuses none."""
    return card if all(allows(*one) for one in _verbs(card)) else _without(card, allows)


def shared(card: Card, verb: str, data: Mapping[str, Any]) -> Card:
    """`card` for everyone in a chat: its buttons give way to one that answers with the clicker's own view."""
    bare = allowed(card, lambda *_: False)
    if bare is card:
        return card
    own = buttons([button(say("Show my buttons"), verb, data)]).render()
    return {**bare, "body": [*bare["body"], own]}


def _verbs(node: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Every button of the card; its fallback is the same button for older clients."""
    if isinstance(node, list):
        return [verb for member in node for verb in _verbs(member)]
    if not isinstance(node, dict):
        return []
    own = [(node["verb"], node.get("data") or {})] if _is_button(node) else []
    return own + [verb for key, value in node.items() if key not in _OPAQUE for verb in _verbs(value)]


def _without(node: Any, allows: Allows) -> Any:
    if isinstance(node, list):
        kept = [_without(member, allows) for member in node if not _is_refused(member, allows)]
        return [member for member in kept if not _is_empty_set(member)]
    if isinstance(node, dict):
        return {
            key: value if key in _OPAQUE else _without(value, allows)
            for key, value in node.items()
            if not _is_refused(value, allows)
        }
    return node


def _is_button(node: Any) -> bool:
    return isinstance(node, dict) and node.get("type") == "Action.Execute" and "title" in node


def _is_refused(node: Any, allows: Allows) -> bool:
    return _is_button(node) and not allows(node["verb"], node.get("data") or {})


def _is_empty_set(node: Any) -> bool:
    return isinstance(node, dict) and node.get("type") == "ActionSet" and not node.get("actions")
