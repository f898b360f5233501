"""“Did you mean …?”, with the button that runs it."""

from cards import parts
from cards.language import say
from cards.parts import Card, plain


def suggestion_card(typed: str, suggestion: str) -> Card:
    meant = plain(suggestion, 120)
    body = [
        parts.text(say("I do not know “{words}”.", words=plain(typed, 120))),
        parts.text(say("Did you mean **{words}**?", words=meant), spacing="Small"),
        parts.buttons([parts.button(meant, "run", {"text": suggestion})]),
    ]
    return parts.card(body, say("Did you mean “{words}”?", words=meant))
