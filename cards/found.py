"""A person whom the message extension found, and the diagnosis that is posted from there.

Whoever inserts a card posts it as their own message: Mailroom may not be in that chat and cannot change it. So a
posted card has no button that would have to: only one that shows the clicker the newest state.
"""

from cards import parts, views
from cards.elements import Element
from cards.language import say, told
from cards.parts import Card, plain
from provisioning.directory import Match


def found_card(match: Match, state: str) -> Card:
    """Name, address and state, as far as a search tells them."""
    name = plain(match.display_name or match.upn, 80)
    title = f"{name} — {plain(told(state), 80)}" if state else name
    body: list[Element] = [
        parts.header(title),
        parts.facts([(say("Sign-in name"), plain(match.upn, 120))]),
        _hint(match.upn),
    ]
    return parts.card(body, title)


def posted_diagnosis(diagnosis: Card, user: str) -> Card:
    """`diagnosis` as it can stand in any chat: what it says, without what it offers."""
    bare = views.allowed(diagnosis, lambda *_: False)
    again = parts.buttons([parts.button(say("Check again"), "check-again", {"user": user})])
    return {**bare, "body": [*bare["body"], _hint(user).render(), again.render()]}


def _hint(user: str) -> Element:
    return parts.small(say("To act on it, tell Mailroom: diagnose {who}", who=plain(user, 120)), spacing="Medium")
