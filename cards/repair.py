"""The live card of a repair."""

from collections.abc import Sequence
from datetime import datetime

from cards.notice import notice_card
from cards.parts import Card
from provisioning.repair import Repair


def repair_card(repair: Repair, now: datetime, *, refresh_for: Sequence[str] = ()) -> Card:
    return notice_card(f"{repair.title}: {repair.state} {repair.outcome}")
