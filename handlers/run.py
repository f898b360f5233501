"""The buttons that run a command: “did you mean”, the examples of help, “Try again”."""

from dataclasses import replace

from handlers import fields
from handlers.grammar import MESSAGE_LIMIT
from handlers.registry import action, run_command
from handlers.requests import Reply, Request, Services


@action("run", role=None)
async def run(request: Request, services: Services) -> Reply | None:
    """The command's own role is asked for; a command never leads back here."""
    text = fields.text(request.data, "text", MESSAGE_LIMIT)
    return await run_command(replace(request, text=text), services)
