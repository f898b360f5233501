"""Manners in memory."""

from dataclasses import dataclass, field

from provisioning.case import Conversation
from provisioning.manners import EVERYBODY, QuietHours


@dataclass
class FakeManners:
    greeted: set[str] = field(default_factory=set)
    hours: dict[str, QuietHours] = field(default_factory=dict)
    mutes: set[tuple[str, str]] = field(default_factory=set)

    async def greet(self, conversation: Conversation) -> bool:
        is_new = conversation.id not in self.greeted
        self.greeted.add(conversation.id)
        return is_new

    async def forget(self, conversation: Conversation) -> None:
        self.greeted.discard(conversation.id)

    async def quiet_hours(self, conversation: Conversation) -> QuietHours | None:
        return self.hours.get(conversation.id)

    async def set_quiet_hours(self, conversation: Conversation, hours: QuietHours | None) -> None:
        self.hours.pop(conversation.id, None)
        if hours:
            self.hours[conversation.id] = hours

    async def mute(self, conversation: Conversation, user: str = EVERYBODY) -> None:
        self.mutes.add((conversation.id, user))

    async def unmute(self, conversation: Conversation, user: str = EVERYBODY) -> tuple[str, ...]:
        ended = {one for one in self.mutes if one[0] == conversation.id and user in (EVERYBODY, one[1])}
        self.mutes -= ended
        return tuple(sorted(user for _, user in ended))
