"""`mute` and `unmute`: no notifications in a conversation, about one person or at all. The cards stay, and change."""

from cards.notice import notice_card
from handlers.access import Role
from handlers.grammar import Command, address_of, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.manners import EVERYBODY
from provisioning.words import say


@command(
    "mute [upn]",
    summary=say(
        "No notifications in this chat, about one person or at all. The cards stay; approvals are still asked."
    ),
    example="",
    role=Role.OPERATOR,
)
async def mute(request: Request, services: Services, typed: Command) -> Reply | None:
    user = _user(typed)
    await services.manners.mute(request.conversation, user)
    return Reply(card=notice_card(_muted(user)))


@command("unmute [upn]", summary=say("Notifications in this chat again."), example="", role=Role.OPERATOR)
async def unmute(request: Request, services: Services, typed: Command) -> Reply | None:
    user = _user(typed)
    muted = await services.manners.unmute(request.conversation, user)
    return Reply(card=notice_card(_unmuted(user) if muted else _was_not_muted(user)))


def _muted(user: str) -> str:
    if not user:
        return say("Muted: no notifications in this chat. The cards stay and go on changing. Type unmute to end this.")
    return say(
        "Muted: no notifications about {user} in this chat. The cards stay and go on changing. "
        "Type unmute {user} to end this.",
        user=user,
    )


def _unmuted(user: str) -> str:
    return say("I notify this chat about {user} again.", user=user) if user else say("I notify this chat again.")


def _was_not_muted(user: str) -> str:
    if not user:
        return say("Notifications were not muted in this chat.")
    return say("Notifications about {user} were not muted in this chat.", user=user)


def _user(typed: Command) -> str:
    """Everybody where nobody is named."""
    options_of(typed, {})
    return address_of(typed) if typed.args else EVERYBODY
