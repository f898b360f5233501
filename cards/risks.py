"""The risk of a fix as a shape and a word, so that nothing depends on color."""

from dataclasses import dataclass

from cards import parts
from cards.elements import ColumnSet, Icon
from cards.language import marked, told
from cards.texts import plain
from provisioning.findings import Risk


@dataclass(frozen=True)
class RiskLook:
    """`word`: what the fix may cost. `style`: of the header of the card that asks before it runs."""

    word: str
    icon: str
    mark: str
    color: str
    style: str


LOOKS: dict[Risk, RiskLook] = {
    Risk.NONE: RiskLook(marked("Changes nothing"), "CheckmarkCircle", "✓", "Good", "emphasis"),
    Risk.REVERSIBLE: RiskLook(marked("Can be undone"), "ArrowUndo", "↶", "Accent", "emphasis"),
    Risk.MAIL_FLOW: RiskLook(marked("Affects mail or several people"), "Warning", "△", "Warning", "warning"),
    Risk.DATA_LOSS: RiskLook(marked("Data may be lost"), "ErrorCircle", "▲", "Attention", "attention"),
}


def mark(risk: Risk) -> Icon:
    look = LOOKS[risk]
    return parts.icon(look.icon, look.mark, look.color, weight="Bolder")


def word(risk: Risk) -> str:
    return told(LOOKS[risk].word)


def consequence(risk: Risk, changes: str) -> ColumnSet:
    """What the fix may cost, and the fix's own sentence about it."""
    words = parts.text(f"**{word(risk)}.** {plain(told(changes), 600)}")
    return parts.row(mark(risk), [words], spacing="Medium")


def is_risky(risk: Risk) -> bool:
    return risk >= Risk.MAIL_FLOW
