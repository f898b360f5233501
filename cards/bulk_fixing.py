"""One fix for several people, before it runs: who, what changes for each, and who is left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cards import parts, risks
from cards.approval import who
from cards.bulk import fix_all_button
from cards.elements import Container, Element
from cards.fixing import input_of
from cards.language import counted, say, told
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
    people = counted("1 person", "{n} people", len(included))
    question = say("{fix} for {people}?", fix=plain(told(whole.fix.title), 80), people=people)
    asks = next((share.plan.asks for share in included if share.plan and share.plan.asks), ())
    users = " ".join(share.user for share in included)
    data = {**choice, "users": users, "cause": whole.cause, "fix": whole.fix.id}
    words = say("Ask for approval") if whole.approval else say("Do it for {count}", count=len(included))
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
    count = len(others)
    title = counted("1 person", "{n} people", count)
    body: list[Element] = [parts.header(title, say("Looked at just now"))]
    for cause in causes:
        sentence = plain(told(cause.sentence), 200)
        body.append(parts.text(say("**{count} people**: {sentence}", count=cause.count, sentence=sentence)))
        body.append(parts.buttons([fix_all_button(cause)]))
    rows: list[Element] = [
        parts.row(
            parts.text("•"),
            [parts.text(plain(user, 120), weight="Bolder"), parts.small(plain(told(sentence), 200), spacing="None")],
            parts.text(say("Diagnose ›"), size="Small", color="Accent", horizontal_alignment="Right"),
            select_action=parts.button(say("Diagnose {who}", who=plain(user, 120)), "bulk-diagnose", {"user": user}),
            spacing="Small",
        )
        for user, sentence in others
    ]
    body.append(Container(items=rows, separator=True, spacing="Medium"))
    return parts.card(body, say("{count} people looked at.", count=count), wide=True)


def _share(share: Share) -> list[Element]:
    if share.plan is None:
        why = plain(told(share.why_not), 200)
        return [parts.small(say("{who}: left out. {why}", who=plain(share.user, 120), why=why), spacing="Small")]
    says = " ".join(plain(told(step.says), 160) for step in share.plan.steps[:SHOWN_STEPS])
    return [parts.text(f"**{plain(share.user, 120)}** {says}", spacing="Small")]


def _second_person(whole: FixAll) -> list[Element]:
    if whole.approval is None:
        return []
    words = say(
        "**A second person has to approve each of them.** Mailroom asks {people}. "
        "Nothing is changed before; without an answer in {span} a request expires.",
        people=who(whole.approval, "or"),
        span=duration(timedelta(hours=whole.hours)),
    )
    return [parts.text(words, spacing="Medium")]
