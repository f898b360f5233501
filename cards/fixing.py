"""Before a fix runs: what it will do, step by step, what that may cost, and what has to be decided first."""

from collections.abc import Mapping

from cards import parts, risks
from cards.countries import country_names
from cards.elements import Choice, ChoiceInput, Container, Element, Input, TextInput
from cards.parts import Card, plain
from provisioning.findings import Fix, Risk
from provisioning.fixes.steps import Ask, FixPlan, OrderAnew

CONFIRM = "confirm"
ANSWER_LIMIT = 120


def confirm_card(fix: Fix, plan: FixPlan, user: str, cause: str, choice: Mapping[str, str] | None = None) -> Card:
    """`choice`: what has been decided already; it travels hidden. The input `confirm` comes with risk 3 alone."""
    question = f"{plain(fix.title, 80)}?"
    risk = max(fix.risk, plan.risk)
    body: list[Element] = [
        parts.header(question, plain(user, 120), risks.LOOKS[risk].style),
        _consequence(fix, risk),
        *_steps(plan),
        *[_input(ask) for ask in plan.asks],
        *([_typed_confirmation(user)] if risk is Risk.DATA_LOSS else []),
        parts.buttons(
            [
                parts.button(
                    "Do it",
                    "fix-confirmed",
                    {**(choice or {}), "user": user, "fix": fix.id, "cause": cause},
                    sends_inputs=True,
                    style="destructive" if risks.is_risky(risk) else "positive",
                ),
                parts.button("Back", "diagnose", {"user": user}),
            ]
        ),
    ]
    return parts.card(body, f"{plain(user, 120)}: {question}")


def _consequence(fix: Fix, risk: Risk) -> Element:
    words = parts.text(f"**{risks.LOOKS[risk].word}.** {plain(fix.changes, 600)}")
    return parts.row(risks.mark(risk), [words], spacing="Medium")


def _steps(plan: FixPlan) -> list[Element]:
    if plan.asks:
        return []
    says = [plain(step.says, 300) for step in plan.steps]
    if not any(isinstance(step, OrderAnew) for step in plan.steps):
        says.append("Look again, and say whether the cause is gone.")
    lines = [
        parts.row(parts.text(f"{number}.\u00a0"), [parts.text(line)], spacing="Small")
        for number, line in enumerate(says, 1)
    ]
    return [parts.text("What Mailroom will do", weight="Bolder", spacing="Medium"), Container(items=lines)]


def _input(ask: Ask) -> Input:
    options = ask.options or (_countries() if ask.name == "usage_location" else ())
    if not options:
        return TextInput(
            id=ask.name,
            label=plain(ask.label),
            value=ask.suggested or None,
            max_length=ANSWER_LIMIT,
            is_required=True,
            error_message="Please fill this in.",
        )
    is_long = len(options) > len(ask.options)
    return ChoiceInput(
        id=ask.name,
        label=plain(ask.label),
        style="filtered" if is_long else "compact",
        placeholder="Type to find a country" if is_long else "Choose one",
        choices=[Choice(title=plain(label), value=value) for value, label in options],
        value=ask.suggested if ask.suggested in dict(options) else None,
        is_required=True,
        error_message="Please choose one.",
    )


def _countries() -> tuple[tuple[str, str], ...]:
    return tuple((code, f"{name} ({code})") for code, name in country_names().items())


def _typed_confirmation(user: str) -> Input:
    return TextInput(
        id=CONFIRM,
        label="Type the sign-in name to confirm",
        placeholder=plain(user, 80),
        max_length=ANSWER_LIMIT,
        is_required=True,
        error_message="Please type the sign-in name exactly.",
    )
