"""How Mailroom introduces itself: to a person in their own chat, and to a team or a group."""

from cards import parts
from cards.elements import Element
from cards.parts import Card, plain

BELOW = "I get people a working mailbox, and say why when it is stuck."

_WAYS = (
    ("PersonAdd", "✉", "**Order a mailbox**", "provision jane@contoso.com"),
    ("Search", "?", "**Find out why one is stuck**", "diagnose jane@contoso.com"),
    ("Clock", "◷", "**See who is waiting**", "status"),
)
_ELSEWHERE = (
    "In any chat: look a mailbox up beside the box where you write, or choose Provision from this message "
    "in the menu of a message."
)


def welcome_card(name: str) -> Card:
    """`name` is "" where Teams does not say who added Mailroom."""
    first = plain(name, 80).split(" ")[0]
    title = f"Hello {first}, I am Mailroom" if first else "Hello, I am Mailroom"
    quiet = "To be left alone after work, type quiet 18:00-07:00."
    body = [parts.header(title, BELOW), *_ways(""), parts.small(_ELSEWHERE, spacing="Medium")]
    return parts.card([*body, parts.small(quiet, spacing="Small"), _start()], title)


def team_card() -> Card:
    """For everybody there, so nobody is called by name."""
    title = "Hello, I am Mailroom"
    mute = "One card an order shows how it goes. Type @Mailroom mute for no notifications here."
    body = [parts.header(title, BELOW), *_ways("@Mailroom "), parts.small(_ELSEWHERE, spacing="Medium")]
    return parts.card([*body, parts.small(mute, spacing="Small"), _start()], title)


def _ways(mention: str) -> list[Element]:
    return [
        parts.row(
            parts.icon(icon, mark, "Accent"),
            [parts.text(what), parts.small(f"{mention}{typed}", spacing="None")],
            spacing="Medium",
        )
        for icon, mark, what, typed in _WAYS
    ]


def _start() -> Element:
    help_me = parts.button("What I can do", "run", {"text": "help"}, style="positive")
    return parts.buttons([help_me, parts.button("Who is waiting", "run", {"text": "status"})])
