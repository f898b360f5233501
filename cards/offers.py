"""The fixes of a finding as a card offers them: buttons, commands to copy, advice.

No button here runs anything: a click leads to the card that says what will change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from cards import parts, risks
from cards.code import code
from cards.elements import Element, Execute
from cards.language import say, told
from cards.parts import plain
from cards.risks import is_risky
from provisioning.findings import Finding, Fix, FixKind

RE_CHECK = "re-check"
WAIT = "wait"
SUPPORT = "contact-support"
_STANDING = (RE_CHECK, SUPPORT)  # these have buttons of their own at the end of the card


@dataclass(frozen=True)
class Offers:
    """A finding's fixes by the way they are drawn, each in the order of the finding.

    `first`: what a person has to do before any button helps, because the finding names it before them.
    """

    user: str
    cause: str
    first: tuple[Fix, ...]
    safe: tuple[Fix, ...]
    risky: tuple[Fix, ...]
    by_hand: tuple[Fix, ...]


def offers(finding: Finding, user: str, *, can_resync: bool) -> Offers:
    own = [fix for fix in finding.fixes if fix.id not in _STANDING]
    runs = [fix for fix in own if fix.kind is FixKind.GRAPH or (fix.runs_by_webhook and can_resync)]
    first = tuple(takewhile(lambda fix: fix not in runs, own))
    return Offers(
        user,
        finding.cause,
        first=first,
        safe=tuple(fix for fix in runs if not is_risky(fix.risk)),
        risky=tuple(fix for fix in runs if is_risky(fix.risk)),
        by_hand=tuple(fix for fix in own if fix not in runs and fix not in first),
    )


def offers_support(findings: Sequence[Finding]) -> bool:
    return any(fix.id == SUPPORT for finding in findings for fix in finding.fixes)


def offers_restore(findings: Sequence[Finding]) -> bool:
    return any(fix.id == "restore-account" for finding in findings for fix in finding.fixes)


def safe_buttons(some: Offers, fixes: Sequence[Fix], *, has_primary: bool) -> list[Element]:
    """In one row; the first may be the primary one."""
    if not fixes:
        return []
    styles = ["positive" if has_primary and index == 0 else None for index in range(len(fixes))]
    return [parts.buttons([_button(some, fix, style) for fix, style in zip(fixes, styles, strict=True)])]


def risky_button(some: Offers, fix: Fix) -> list[Element]:
    """Beside what it may cost."""
    words: list[Element] = [
        parts.small(f"**{risks.word(fix.risk)}.** {plain(told(fix.changes), 400)}"),
        parts.buttons([_button(some, fix)]),
    ]
    return [parts.row(risks.mark(fix.risk), words, spacing="Medium")]


def by_hand(fix: Fix, toggle: str = "") -> list[Element]:
    """Advice as a sentence; commands with what they do, hidden under the id `toggle` unless that is ""."""
    title, changes = plain(told(fix.title), 80), plain(told(fix.changes), 400)
    if fix.kind is FixKind.ADVICE:
        says = parts.text(f"**{title}.** {changes}")
        return [parts.row(parts.icon("Lightbulb", "→", "Accent"), [says], spacing="Medium")]
    block: list[Element] = [code(fix.script, "PowerShell")]
    words: list[Element] = [
        parts.text(f"{title} (PowerShell)", weight="Bolder"),
        parts.small(f"{risks.word(fix.risk)}. {changes}", spacing="None"),
    ]
    heading = parts.row(risks.mark(fix.risk), words, spacing="Medium")
    # Below the row, not in it: on a phone, commands need the whole width.
    return [heading, *(parts.evidence(say("Show the PowerShell"), block, toggle) if toggle else block)]


def see_above(fix: Fix) -> list[Element]:
    """For commands that the likeliest cause shows already."""
    return [parts.small(say("Also: {fix} (see above).", fix=plain(told(fix.title), 80)), spacing="Small")]


def _button(some: Offers, fix: Fix, style: str | None = None) -> Execute:
    data = {"user": some.user, "fix": fix.id, "cause": some.cause}
    return parts.button(plain(told(fix.title), 45), "fix", data, style=style, tooltip=plain(told(fix.changes), 300))
