"""An order for later: when it begins, what was ordered, and the buttons to begin it now or drop it."""

from datetime import datetime

from cards import parts
from cards.elements import Element
from cards.parts import Card, plain
from cards.texts import duration
from provisioning.scheduled import Scheduled


def schedule_card(one: Scheduled, now: datetime, *, is_new: bool = False) -> Card:
    """With `is_new` it was ordered just now; otherwise it stood there already."""
    request = one.request
    who = plain(request.display_name or request.upn, 80)
    title = f"{who} — {'scheduled' if is_new else 'is scheduled'}"
    rows = [
        ("Begins", plain(one.when)),
        ("Account", plain(request.upn)),
        ("Profile", plain(request.profile)),
        ("License", plain(request.license)),
        ("Usage location", plain(request.usage_location)),
        ("Department", plain(request.department)),
        ("Manager", plain(request.manager)),
    ]
    wait = f"in {duration(one.starts_at - now)}" if one.starts_at > now else "any moment now"
    data = {"schedule": one.id}
    body: list[Element] = [
        parts.header(title, f"Begins {wait}"),
        parts.facts(rows),
        parts.small("Nothing is done before. Everything is checked again then, and the card of the order comes here."),
        parts.buttons(
            [parts.button("Begin now", "schedule-now", data), parts.button("Drop the order", "schedule-drop", data)]
        ),
        parts.small(f"Asked for by {plain(one.requester.name, 60)}", spacing="Medium"),
    ]
    return parts.card(body, f"{title} for {plain(one.when)}")
