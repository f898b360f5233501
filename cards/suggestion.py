"""“Did you mean …?”, with the button that runs it."""

from cards import parts
from cards.parts import Card, plain


def suggestion_card(typed: str, suggestion: str) -> Card:
    meant = plain(suggestion, 120)
    body = [
        parts.text(f"I do not know “{plain(typed, 120)}”."),
        parts.text(f"Did you mean **{meant}**?", spacing="Small"),
        parts.buttons([parts.button(meant, "run", {"text": suggestion})]),
    ]
    return parts.card(body, f"Did you mean “{meant}”?")
