"""One fix for several people, before it runs: who, what changes for each, and who is left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cards import parts, risks
from cards.approval import who
from cards.bulk import fix_all_button
from cards.elements import Container, Element
from cards.fixing import input_of
from cards.parts import Card, plain
from cards.texts import duration
from provisioning.bulk import CauseCount
from provisioning.findings import Fix, Risk
from provisioning.fixes.steps import FixPlan
from provisioning.repair import Approval

SHOWN_STEPS = 3


@dataclass(frozen=True)
class Share:
    """What the fix does for one person; `why_not` where it does nothing."""

    user: str
    plan: FixPlan | None = None
    why_not: str = ""


@dataclass(frozen=True)
class FixAll:
    """`fix` and `risk` are those of the riskiest person; `approval` as it would be asked for each."""

    cause: str
    fix: Fix
    risk: Risk
    shares: tuple[Share, ...]
    approval: Approval | None = None
    hours: float = 0

    @property
    def included(self) -> tuple[Share, ...]:
        return tuple(share for share in self.shares if share.plan)


def fix_all_card(whole: FixAll, choice: Mapping[str, str]) -> Card:
    included = whole.included
    people = "1 person" if len(included) == 1 else f"{len(included)} people"
    question = f"{plain(whole.fix.title, 80)} for {people}?"
    asks = next((share.plan.asks for share in included if share.plan and share.plan.asks), ())
    users = " ".join(share.user for share in included)
    data = {**choice, "users": users, "cause": whole.cause, "fix": whole.fix.id}
    words = "Ask for approval" if whole.approval else f"Do it for {len(included)}"
    style = "destructive" if risks.is_risky(whole.risk) and not whole.approval else "positive"
    do_it = parts.button(words, "fix-all-confirmed", data, sends_inputs=True, style=style)
    body: list[Element] = [
        parts.header(question, style=risks.LOOKS[whole.risk].style),
        risks.consequence(whole.risk, whole.fix.changes),
        Container(items=[line for share in whole.shares for line in _share(share)], spacing="Medium"),
        *_second_person(whole),
        *[input_of(ask) for ask in asks],
        *([parts.buttons([do_it])] if included else []),
    ]
    return parts.card(body, question, wide=True)


def causes_card(causes: Sequence[CauseCount], others: Sequence[tuple[str, str]]) -> Card:
    """Several people looked at together: what they have in common first, then everybody."""
    title = f"{len(others)} people"
    body: list[Element] = [parts.header(title, "Looked at just now")]
    for cause in causes:
        body.append(parts.text(f"**{cause.count} people**: {plain(cause.sentence, 200)}"))
        body.append(parts.buttons([fix_all_button(cause)]))
    rows: list[Element] = [
        parts.row(
            parts.text("•"),
            [parts.text(plain(user, 120), weight="Bolder"), parts.small(plain(sentence, 200), spacing="None")],
            parts.text("Diagnose ›", size="Small", color="Accent", horizontal_alignment="Right"),
            select_action=parts.button(f"Diagnose {plain(user, 120)}", "bulk-diagnose", {"user": user}),
            spacing="Small",
        )
        for user, sentence in others
    ]
    body.append(Container(items=rows, separator=True, spacing="Medium"))
    return parts.card(body, f"{title} looked at.", wide=True)


def _share(share: Share) -> list[Element]:
    if share.plan is None:
        return [parts.small(f"{plain(share.user, 120)}: left out. {plain(share.why_not, 200)}", spacing="Small")]
    says = " ".join(plain(step.says, 160) for step in share.plan.steps[:SHOWN_STEPS])
    return [parts.text(f"**{plain(share.user, 120)}** {says}", spacing="Small")]


def _second_person(whole: FixAll) -> list[Element]:
    if whole.approval is None:
        return []
    words = (
        f"**A second person has to approve each of them.** Mailroom asks {who(whole.approval, 'or')}. "
        f"Nothing is changed before; without an answer in {duration(timedelta(hours=whole.hours))} a request expires."
    )
    return [parts.text(words, spacing="Medium")]
