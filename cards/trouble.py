"""An order has failed or is overdue: the notification, since somebody has to decide. The live card has the rest."""

from cards import parts
from cards.elements import Action, Element
from cards.language import say, told
from cards.parts import Card, plain
from cards.people import person, state_words
from provisioning.case import Case, CaseState, Stage


def trouble_card(case: Case) -> Card:
    state = say("not ready after 24 hours") if case.is_open else state_words(case)
    title = f"{person(case)} — {state}"
    why = case.explanation.sentence if case.explanation else case.problem.sentence if case.problem else ""
    why = why or case.stage(Stage.MAILBOX).note
    body: list[Element] = [parts.header(title, plain(case.order.upn, 120), "warning" if case.is_open else "attention")]
    if why:
        body.append(parts.text(plain(told(why), 600)))
    return parts.card([*body, parts.buttons(_actions(case))], title)


def _actions(case: Case) -> list[Action]:
    diagnose = parts.button(say("Diagnose"), "diagnose", {"case": case.id}, style="positive")
    if case.state is CaseState.FAILED:
        return [diagnose]
    return [diagnose, parts.button(say("Contact Microsoft Support"), "escalate", {"case": case.id})]
