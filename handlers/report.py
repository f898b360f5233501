"""`report`: how long mailboxes took in the last weeks, how cases ended, and what held them up."""

from cards.report import report_card
from handlers.access import Role
from handlers.grammar import Command, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.errors import BadOrder
from provisioning.words import say

WEEKS, MOST_WEEKS = 8, 52


@command(
    "report [weeks=8]",
    summary=say("Show how long mailboxes took, how cases ended and what held them up, week by week."),
    example="report",
    role=Role.VIEWER,
)
async def report(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    weeks = weeks_of(options_of(typed, {"weeks": "weeks"}).get("weeks", str(WEEKS)))
    return Reply(card=report_card(await services.records.report(weeks)))


def weeks_of(text: str) -> int:
    """Raises BadOrder."""
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= MOST_WEEKS):
        raise BadOrder(say("A report has 1 to {most} weeks, such as report weeks=12.", most=MOST_WEEKS))
    return int(text)
