"""The mailbox is ready: the notification, and the sign-in details that are shown once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cards import parts, steps
from cards.elements import Action, Element, RichTextBlock, TextRun
from cards.parts import Card, plain
from cards.people import person
from cards.texts import at, duration
from provisioning.case import AccountOrigin, Case
from provisioning.directory import Credential


def ready_card(case: Case, *, with_buttons: bool = True, refresh_for: Sequence[str] = ()) -> Card:
    """No secret is in it: a button asks for the first sign-in details. Only their holder needs it.

    `refresh_for` are the Teams ids of those whose clients fetch a view of their own.
    """
    title = f"{person(case)} — mailbox ready"
    order = case.order
    took = f" · prepared in {duration(case.ended_at - case.created_at)}" if case.ended_at else ""
    rows = [
        ("Address", plain(case.mail or order.upn)),
        ("Sign-in name", plain(order.upn)),
        ("License", plain(order.license_name)),
        ("Manager", plain(order.manager_name)),
        ("Open mail", "[outlook.office.com](https://outlook.office.com)"),
    ]
    below = f"Asked for by {plain(case.requester.name, 60)}{took}"
    body = [parts.header(title, below, "good"), parts.facts(rows), *_sign_in(case, with_buttons=with_buttons)]
    refresh = steps.refresh("ready-refresh", {"case": case.id}, refresh_for)
    return parts.card(body, title, refresh=refresh)


def sign_in_card(case: Case, credential: Credential, now: datetime) -> Card:
    """The secret itself, for a 1:1 chat, once."""
    title = f"Sign-in details for {person(case)}"
    secret = TextRun(text=credential.secret, font_type="Monospace", size="Large", weight="Bolder")
    body: list[Element] = [
        parts.header(title),
        parts.facts([("Sign-in name", plain(case.order.upn)), ("Address", plain(case.mail or case.order.upn))]),
        parts.text(plain(credential.kind), weight="Bolder"),
        RichTextBlock(inlines=[secret], spacing="Small"),
        parts.text(_validity(credential, now)),
        parts.small("Shown only now: pass it on by phone or in person before you leave this chat."),
    ]
    return parts.card(body, title)


def _sign_in(case: Case, *, with_buttons: bool) -> list[Element]:
    if case.account_origin is not AccountOrigin.CREATED:
        return [parts.small("The account existed before, so its sign-in stays as it was.")]
    if case.credential_shown_at is not None:
        return [parts.small(f"The sign-in details have been shown to {plain(case.credential_holder.name, 60)}.")]
    holder = plain(case.credential_holder.name, 60)
    actions = [_show(case), *_hand_over(case)] if with_buttons else []
    line = parts.small(f"Sign-in details are shown once, in a 1:1 chat, to {holder}.")
    return [line, parts.buttons(actions)] if actions else [line]


def _show(case: Case) -> Action:
    return parts.button("Show sign-in details", "reveal", {"case": case.id}, style="positive")


def _hand_over(case: Case) -> list[Action]:
    """Once only, and only to the manager whom the order names."""
    if not case.order.manager_id or case.credential_for is not None:
        return []
    manager = plain(case.order.manager_name or case.order.manager_upn, 40)
    return [parts.button(f"Let {manager} see them", "hand-over", {"case": case.id})]


def _validity(credential: Credential, now: datetime) -> str:
    if credential.valid_minutes is None:
        return "It must be changed at the first sign-in."
    until = now + timedelta(minutes=credential.valid_minutes)
    return f"It works once, until {at(until, now)}."
