"""An order for later: when it begins, what was ordered, and the buttons to begin it now or drop it."""

from datetime import datetime

from cards import parts
from cards.elements import Element
from cards.language import say, told
from cards.parts import Card, plain
from cards.texts import duration
from provisioning.scheduled import Scheduled


def schedule_card(one: Scheduled, now: datetime, *, is_new: bool = False) -> Card:
    """With `is_new` it was ordered just now; otherwise it stood there already."""
    request = one.request
    who = plain(request.display_name or request.upn, 80)
    title = " — ".join((who, say("scheduled") if is_new else say("is scheduled")))
    when = plain(told(one.when))
    rows = [
        (say("Begins"), when),
        (say("Account"), plain(request.upn)),
        (say("Profile"), plain(request.profile)),
        (say("License"), plain(request.license)),
        (say("Usage location"), plain(request.usage_location)),
        (say("Department"), plain(request.department)),
        (say("Manager"), plain(request.manager)),
    ]
    begins = say("Begins any moment now")
    if one.starts_at > now:
        begins = say("Begins in {span}", span=duration(one.starts_at - now))
    then = say("Nothing is done before. Everything is checked again then, and the card of the order comes here.")
    data = {"schedule": one.id}
    body: list[Element] = [
        parts.header(title, begins),
        parts.facts(rows),
        parts.small(then),
        parts.buttons(
            [
                parts.button(say("Begin now"), "schedule-now", data),
                parts.button(say("Drop the order"), "schedule-drop", data),
            ]
        ),
        parts.small(say("Asked for by {who}", who=plain(one.requester.name, 60)), spacing="Medium"),
    ]
    return parts.card(body, say("{title} for {when}", title=title, when=when))
