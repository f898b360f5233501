"""The mailbox is ready: the notification, and the sign-in details that are shown once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cards import parts, steps
from cards.elements import Action, Element, RichTextBlock, TextRun
from cards.language import say, told
from cards.parts import Card, plain
from cards.people import person
from cards.texts import at, duration
from provisioning.case import AccountOrigin, Case
from provisioning.directory import Credential


def ready_card(case: Case, *, with_buttons: bool = True, refresh_for: Sequence[str] = ()) -> Card:
    """No secret is in it: a button asks for the first sign-in details. Only their holder needs it.

    `refresh_for` are the Teams ids of those whose clients fetch a view of their own.
    """
    title = " — ".join((person(case), say("mailbox ready")))
    order = case.order
    rows = [
        (say("Address"), plain(case.mail or order.upn)),
        (say("Sign-in name"), plain(order.upn)),
        (say("License"), plain(order.license_name)),
        (say("Manager"), plain(order.manager_name)),
        (say("Open mail"), "[outlook.office.com](https://outlook.office.com)"),
    ]
    below = say("Asked for by {who}", who=plain(case.requester.name, 60))
    if case.ended_at:
        below = " · ".join((below, say("prepared in {span}", span=duration(case.ended_at - case.created_at))))
    body = [parts.header(title, below, "good"), parts.facts(rows), *_sign_in(case, with_buttons=with_buttons)]
    refresh = steps.refresh("ready-refresh", {"case": case.id}, refresh_for)
    return parts.card(body, title, refresh=refresh)


def sign_in_card(case: Case, credential: Credential, now: datetime) -> Card:
    """The secret itself, for a 1:1 chat, once."""
    title = say("Sign-in details for {who}", who=person(case))
    address = plain(case.mail or case.order.upn)
    secret = TextRun(text=credential.secret, font_type="Monospace", size="Large", weight="Bolder")
    body: list[Element] = [
        parts.header(title),
        parts.facts([(say("Sign-in name"), plain(case.order.upn)), (say("Address"), address)]),
        parts.text(plain(told(credential.kind)), weight="Bolder"),
        RichTextBlock(inlines=[secret], spacing="Small"),
        parts.text(_validity(credential, now)),
        parts.small(say("Shown only now: pass it on by phone or in person before you leave this chat.")),
    ]
    return parts.card(body, title)


def _sign_in(case: Case, *, with_buttons: bool) -> list[Element]:
    if case.account_origin is not AccountOrigin.CREATED:
        return [parts.small(say("The account existed before, so its sign-in stays as it was."))]
    holder = plain(case.credential_holder.name, 60)
    if case.credential_shown_at is not None:
        return [parts.small(say("The sign-in details have been shown to {who}.", who=holder))]
    actions = [_show(case), *_hand_over(case)] if with_buttons else []
    line = parts.small(say("Sign-in details are shown once, in a 1:1 chat, to {who}.", who=holder))
    return [line, parts.buttons(actions)] if actions else [line]


def _show(case: Case) -> Action:
    return parts.button(say("Show sign-in details"), "reveal", {"case": case.id}, style="positive")


def _hand_over(case: Case) -> list[Action]:
    """Once only, and only to the manager whom the order names."""
    if not case.order.manager_id or case.credential_for is not None:
        return []
    manager = plain(case.order.manager_name or case.order.manager_upn, 40)
    return [parts.button(say("Let {manager} see them", manager=manager), "hand-over", {"case": case.id})]


def _validity(credential: Credential, now: datetime) -> str:
    if credential.valid_minutes is None:
        return say("It must be changed at the first sign-in.")
    until = now + timedelta(minutes=credential.valid_minutes)
    return say("It works once, until {when}.", when=at(until, now))
