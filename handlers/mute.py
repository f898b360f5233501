"""`mute` and `unmute`: no notifications in a conversation, about one person or at all. The cards stay, and change."""

from cards.notice import notice_card
from handlers.access import Role
from handlers.grammar import Command, address_of, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.manners import EVERYBODY


@command(
    "mute [upn]",
    summary="No notifications in this chat, about one person or at all. The cards stay; approvals are still asked.",
    example="",
    role=Role.OPERATOR,
)
async def mute(request: Request, services: Services, typed: Command) -> Reply | None:
    user = _user(typed)
    await services.manners.mute(request.conversation, user)
    about = f" about {user}" if user else ""
    sentence = f"Muted: no notifications{about} in this chat. The cards stay and go on changing."
    return Reply(card=notice_card(f"{sentence} Type {f'unmute {user}'.strip()} to end this."))


@command("unmute [upn]", summary="Notifications in this chat again.", example="", role=Role.OPERATOR)
async def unmute(request: Request, services: Services, typed: Command) -> Reply | None:
    user = _user(typed)
    muted = await services.manners.unmute(request.conversation, user)
    about = f" about {user}" if user else ""
    if not muted:
        return Reply(card=notice_card(f"Notifications{about} were not muted in this chat."))
    return Reply(card=notice_card(f"I notify this chat{about} again."))


def _user(typed: Command) -> str:
    """Everybody where nobody is named."""
    options_of(typed, {})
    return address_of(typed) if typed.args else EVERYBODY
