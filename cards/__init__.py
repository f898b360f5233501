"""How Mailroom looks: pure functions, value in, Adaptive Card out, one card a file. Alone imports adaptivecards."""

from cards.texts import summary_of as summary_of
