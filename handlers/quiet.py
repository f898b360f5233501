"""`quiet`: hours at which a person's 1:1 chat gets no notifications. Cards still change, approvals are asked anyway."""

from cards.notice import notice_card
from handlers.grammar import Command, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.errors import BadOrder
from provisioning.manners import QuietHours, parse_hours
from provisioning.words import say

OFF = frozenset({"off", "none", "never", "aus"})
ELSEWHERE = say("Quiet hours are yours alone: tell me in our 1:1 chat. For this chat there is mute.")


@command(
    "quiet [18:00-07:00 | off]",
    summary=say("Hold notifications in our 1:1 chat at these hours. Cards still change; approvals are still asked."),
    example="",
    role=None,
)
async def quiet(request: Request, services: Services, typed: Command) -> Reply | None:
    options_of(typed, {})
    if not request.conversation.is_personal:
        raise BadOrder(ELSEWHERE)
    wanted = " ".join(typed.args)
    if not wanted:
        return _told(await services.manners.quiet_hours(request.conversation))
    hours = None if wanted.lower() in OFF else parse_hours(wanted, request.timezone)
    await services.manners.set_quiet_hours(request.conversation, hours)
    return _told(hours)


def _told(hours: QuietHours | None) -> Reply:
    if hours is None:
        return Reply(card=notice_card(say("You have no quiet hours. Type quiet 18:00-07:00 to set some.")))
    return Reply(
        card=notice_card(
            say(
                "Quiet from {starts} to {ends} ({zone}): what can wait comes when they end. Cards still change, "
                "and approvals are still asked. Type quiet off to end this.",
                starts=f"{hours.starts:%H:%M}",
                ends=f"{hours.ends:%H:%M}",
                zone=hours.zone,
            )
        )
    )
