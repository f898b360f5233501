"""The person is in the recycle bin: restore, or begin anew?"""

from cards import parts
from cards.form import clauses
from cards.language import say
from cards.parts import Card, plain
from cards.texts import at_day
from provisioning.orders import Restorable


def restore_card(restorable: Restorable) -> Card:
    deleted = restorable.deleted
    name = plain(deleted.display_name or deleted.upn, 80)
    title = say("{who} is in the recycle bin", who=name)
    known = [
        say("There is a deleted account with this name."),
        *([say("It was deleted on {day}.", day=at_day(deleted.deleted_at))] if deleted.deleted_at else []),
        say("Microsoft 365 keeps it for 30 days."),
    ]
    choice = say("Restoring brings back the account with its mail. A new account starts with an empty mailbox.")
    body = [
        parts.header(title, plain(restorable.request.upn), "warning"),
        parts.text(" ".join(known)),
        parts.text(choice),
        parts.buttons(
            [
                parts.button(say("Restore the account"), "restore", _data(restorable, "yes"), style="positive"),
                parts.button(say("Create a new one"), "restore", _data(restorable, "no")),
            ]
        ),
    ]
    question = say("Restore it, or create a new account?")
    return parts.card(body, f"{title}. {question}")


def _data(restorable: Restorable, choice: str) -> dict[str, str]:
    request = restorable.request
    return {
        "upn": request.upn,
        "choice": choice,
        "display_name": request.display_name,
        "usage_location": request.usage_location,
        "license": request.license,
        "manager": request.manager,
        "department": request.department,
        **clauses(request),
    }
