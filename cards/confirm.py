"""“Really stop?”, shown to the person who clicked Cancel."""

from cards import parts
from cards.parts import Card
from cards.people import person, stage_name
from provisioning.case import Case, StageState


def cancel_card(case: Case) -> Card:
    question = f"Stop working on {person(case)}?"
    done = [stage_name(record.stage).lower() for record in case.stages if record.state is StageState.DONE]
    stays = f"What is done stays as it is: {', '.join(done)}." if done else "Nothing has been changed so far."
    body = [
        parts.header(question, parts.plain(case.order.upn), "warning"),
        parts.text(f"{stays} Mailroom will no longer look at the mailbox and will send no notification."),
        parts.buttons(
            [
                parts.button("Stop", "cancel-confirmed", {"case": case.id}, style="destructive"),
                parts.button("Back", "status", {"case": case.id}),
            ]
        ),
    ]
    return parts.card(body, question)
