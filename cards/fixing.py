"""Before a fix runs: what it will do, step by step, what that may cost, and what has to be decided first."""

from collections.abc import Mapping
from datetime import timedelta

from cards import approval as approvals
from cards import parts, risks, steps
from cards.countries import country_names
from cards.elements import Choice, ChoiceInput, Element, Input, TextInput
from cards.language import marked, say, told
from cards.parts import Card, plain
from cards.texts import duration
from provisioning.findings import Fix, Risk
from provisioning.fixes.steps import Ask, FixPlan, OrderAnew
from provisioning.repair import Approval

CONFIRM = "confirm"
ANSWER_LIMIT = 120


def confirm_card(
    fix: Fix,
    plan: FixPlan,
    user: str,
    cause: str,
    choice: Mapping[str, str] | None = None,
    *,
    approval: Approval | None = None,
    hours: float = 0,
) -> Card:
    """`choice`: what has been decided already; it travels hidden. The input `confirm` comes with risk 3 alone.

    `approval`: as it would be asked for, and would stand for `hours`; None where no second person has to be asked.
    """
    question = f"{plain(told(fix.title), 80)}?"
    risk = max(fix.risk, plan.risk)
    data = {**(choice or {}), "user": user, "fix": fix.id, "cause": cause}
    style = "destructive" if risks.is_risky(risk) and approval is None else "positive"
    words = say("Ask for approval") if approval else say("Do it")
    body: list[Element] = [
        parts.header(question, plain(user, 120), risks.LOOKS[risk].style),
        risks.consequence(risk, fix.changes),
        *_steps(plan),
        *_second_person(approval, hours),
        *[input_of(ask) for ask in plan.asks],
        *([_typed_confirmation(user)] if risk is Risk.DATA_LOSS else []),
        parts.buttons(
            [
                parts.button(words, "fix-confirmed", data, sends_inputs=True, style=style),
                parts.button(say("Back"), "diagnose", {"user": user}),
            ]
        ),
    ]
    return parts.card(body, f"{plain(user, 120)}: {question}")


def _steps(plan: FixPlan) -> list[Element]:
    if plan.asks:
        return []
    says = [step.says for step in plan.steps]
    if not any(isinstance(step, OrderAnew) for step in plan.steps):
        says.append(marked("Look again, and say whether the cause is gone."))
    return steps.plan(says)


def _second_person(approval: Approval | None, hours: float) -> list[Element]:
    if approval is None:
        return []
    words = say(
        "**A second person has to approve.** Mailroom asks {people}. "
        "Nothing is changed before; without an answer in {span} the request expires.",
        people=approvals.who(approval, "or"),
        span=duration(timedelta(hours=hours)),
    )
    return [parts.text(words, spacing="Medium")]


def input_of(ask: Ask) -> Input:
    options = ask.options or (_countries() if ask.name == "usage_location" else ())
    if not options:
        return TextInput(
            id=ask.name,
            label=plain(told(ask.label)),
            value=ask.suggested or None,
            max_length=ANSWER_LIMIT,
            is_required=True,
            error_message=say("Please fill this in."),
        )
    is_long = len(options) > len(ask.options)
    return ChoiceInput(
        id=ask.name,
        label=plain(told(ask.label)),
        style="filtered" if is_long else "compact",
        placeholder=say("Type to find a country") if is_long else say("Choose one"),
        choices=[Choice(title=plain(told(label)), value=value) for value, label in options],
        value=ask.suggested if ask.suggested in dict(options) else None,
        is_required=True,
        error_message=say("Please choose one."),
    )


def _countries() -> tuple[tuple[str, str], ...]:
    return tuple((code, f"{name} ({code})") for code, name in country_names().items())


def _typed_confirmation(user: str) -> Input:
    return TextInput(
        id=CONFIRM,
        label=say("Type the sign-in name to confirm"),
        placeholder=plain(user, 80),
        max_length=ANSWER_LIMIT,
        is_required=True,
        error_message=say("Please type the sign-in name exactly."),
    )
