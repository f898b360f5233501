"""“Really stop?”, shown to the person who clicked Cancel."""

from cards import parts
from cards.language import say
from cards.parts import Card
from cards.people import person, stage_in_a_sentence
from provisioning.case import Case, StageState


def cancel_card(case: Case) -> Card:
    question = say("Stop working on {who}?", who=person(case))
    done = [stage_in_a_sentence(record.stage) for record in case.stages if record.state is StageState.DONE]
    stays = say("Nothing has been changed so far.")
    if done:
        stays = say("What is done stays as it is: {stages}.", stages=", ".join(done))
    rest = say("Mailroom will no longer look at the mailbox and will send no notification.")
    body = [
        parts.header(question, parts.plain(case.order.upn), "warning"),
        parts.text(f"{stays} {rest}"),
        parts.buttons(
            [
                parts.button(say("Stop"), "cancel-confirmed", {"case": case.id}, style="destructive"),
                parts.button(say("Back"), "status", {"case": case.id}),
            ]
        ),
    ]
    return parts.card(body, question)
