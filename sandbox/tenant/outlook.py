"""Mail that was sent, so that tests and people can read it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.tenant.state import Tenant

SEEN_AFTER_SECONDS = (0.2, 2.0)  # until the copy is in Sent Items
MOST_KEPT = 1000


@dataclass(frozen=True)
class SentMail:
    """`sender` is the user's id; `properties` are extended properties by their id; `keeps`: saveToSentItems."""

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    taken_at: datetime
    properties: dict[str, str] = field(default_factory=dict)
    keeps: bool = True
    seen_at: datetime = datetime.max


def send(tenant: "Tenant", mail: SentMail) -> None:
    wait = timedelta(seconds=tenant.rng.uniform(*SEEN_AFTER_SECONDS))
    tenant.mails.append(replace(mail, seen_at=mail.taken_at + wait))
    del tenant.mails[:-MOST_KEPT]
