"""Whose first sign-in details to show: one person of a list at a time."""

from collections.abc import Sequence

from cards import parts
from cards.elements import Choice, ChoiceInput, Input, TextInput
from cards.language import say, told
from cards.parts import Card, plain
from provisioning.bulk import Bulk, Outcome

MOST_CHOICES = 150  # a card has 28 KB


def sign_in_choice_card(bulk: Bulk, created: Sequence[Outcome]) -> Card:
    title = say("Whose sign-in details?")
    asked: Input = TextInput(
        id="upn",
        label=say("Sign-in name"),
        is_required=True,
        error_message=say("Please type a sign-in name."),
        max_length=200,
    )
    if len(created) <= MOST_CHOICES:
        asked = ChoiceInput(
            id="upn",
            label=say("Person"),
            style="filtered",
            placeholder=say("Type to find somebody"),
            choices=[Choice(title=f"{plain(one.name, 60)} ({plain(one.upn, 120)})", value=one.upn) for one in created],
            is_required=True,
            error_message=say("Please choose somebody."),
        )
    of_bulk = {"bulk": bulk.id}
    show = parts.button(say("Show the message"), "bulk-sign-in-chosen", of_bulk, sends_inputs=True, style="positive")
    body = [
        parts.header(title, plain(told(bulk.title), 120)),
        parts.text(say("They are shown once, to whoever ordered. Accounts that existed before keep their own.")),
        asked,
        parts.buttons([show]),
    ]
    return parts.card(body, title)
