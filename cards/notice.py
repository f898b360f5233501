"""A plain line, such as "The card moved down"."""

from cards import parts
from cards.language import told
from cards.parts import Card


def notice_card(sentence: str) -> Card:
    words = parts.plain(told(sentence), 600)
    return parts.card([parts.text(words)], words)
