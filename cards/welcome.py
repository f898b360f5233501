"""How Mailroom introduces itself: to a person in their own chat, and to a team or a group."""

from cards import parts
from cards.elements import Element
from cards.language import marked, say, told
from cards.parts import Card, plain

_BELOW = marked("I get people a working mailbox, and say why when it is stuck.")

_WAYS = (
    ("PersonAdd", "✉", marked("**Order a mailbox**"), "provision jane@contoso.com"),
    ("Search", "?", marked("**Find out why one is stuck**"), "diagnose jane@contoso.com"),
    ("Clock", "◷", marked("**See who is waiting**"), "status"),
)
_ELSEWHERE = marked(
    "In any chat: look a mailbox up beside the box where you write, or choose Provision from this message "
    "in the menu of a message."
)


def welcome_card(name: str) -> Card:
    """`name` is "" where Teams does not say who added Mailroom."""
    first = plain(name, 80).split(" ")[0]
    title = say("Hello {name}, I am Mailroom", name=first) if first else say("Hello, I am Mailroom")
    quiet = say("To be left alone after work, type quiet 18:00-07:00.")
    body = [parts.header(title, told(_BELOW)), *_ways(""), parts.small(told(_ELSEWHERE), spacing="Medium")]
    return parts.card([*body, parts.small(quiet, spacing="Small"), _start()], title)


def team_card() -> Card:
    """For everybody there, so nobody is called by name."""
    title = say("Hello, I am Mailroom")
    mute = say("One card an order shows how it goes. Type @Mailroom mute for no notifications here.")
    body = [parts.header(title, told(_BELOW)), *_ways("@Mailroom "), parts.small(told(_ELSEWHERE), spacing="Medium")]
    return parts.card([*body, parts.small(mute, spacing="Small"), _start()], title)


def _ways(mention: str) -> list[Element]:
    return [
        parts.row(
            parts.icon(icon, mark, "Accent"),
            [parts.text(told(what)), parts.small(f"{mention}{typed}", spacing="None")],
            spacing="Medium",
        )
        for icon, mark, what, typed in _WAYS
    ]


def _start() -> Element:
    help_me = parts.button(say("What I can do"), "run", {"text": "help"}, style="positive")
    return parts.buttons([help_me, parts.button(say("Who is waiting"), "run", {"text": "status"})])
