"""`help`: what Mailroom can be told. For everyone who may talk to it."""

from cards.helping import help_card
from handlers.grammar import Command
from handlers.registry import command, helps
from handlers.requests import Reply, Request, Services
from provisioning.words import say


@command("help", summary=say("Show what I can do."), example="", role=None)
async def show_help(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    return Reply(card=help_card(helps()))
