"""What went wrong, in one sentence; Graph's own words behind a toggle."""

from cards import parts
from cards.elements import Element
from cards.language import say, told
from cards.parts import Card, plain
from provisioning.errors import GraphTrace


def problem_card(sentence: str, trace: GraphTrace | None = None, *, retry_text: str = "") -> Card:
    words = plain(told(sentence), 600)
    mark = parts.icon("DismissCircle", "✕", "Attention")
    body: list[Element] = [parts.row(mark, [parts.text(words), *parts.trace_evidence(trace)])]
    if retry_text:
        body.append(parts.buttons([parts.button(say("Try again"), "run", {"text": retry_text})]))
    return parts.card(body, words)
