"""Everything readable about a person at one moment, in words."""

from cards import parts
from cards.elements import Element
from cards.parts import Card, plain
from provisioning.directory import Snapshot


def snapshot_card(snapshot: Snapshot, upn: str) -> Card:
    title = f"{plain(upn)} — what Microsoft 365 says"
    account = snapshot.account
    body: list[Element] = [parts.header(title)]
    if account is None:
        body.append(parts.text("There is no such account."))
    else:
        body.append(parts.facts([("Name", plain(account.display_name)), ("Usage location", account.usage_location)]))
    body.append(parts.buttons([parts.button("Look again", "diagnose", {"upn": upn})]))
    return parts.card(body, title)
