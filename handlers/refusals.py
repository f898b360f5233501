"""Who was refused what, in the audit trail: once a minute for the same, so that a flood of clicks is no flood there."""

import logging
from datetime import timedelta

from handlers import fields
from handlers.grammar import Command, address_of, clip
from handlers.requests import Request, Services
from provisioning.audit_records import refused
from provisioning.errors import BadOrder, NotAllowed

QUIET = timedelta(minutes=1)
MOST_REMEMBERED = 10_000

log = logging.getLogger(__name__)


async def note_refusal(error: NotAllowed, request: Request, services: Services) -> None:
    """Never raises: the person gets the refusal, whether or not it could be written down."""
    if request.is_refresh:
        return
    try:
        typed = fields.command(request)
        subject = await _subject(request, typed, services)
        what = clip(typed.name or request.verb) or "a message"
        if not _is_news((request.person.id, error.sentence, what, subject), services):
            return
        details = {"button" if request.verb else "command": what, "conversation": request.conversation.id}
        await services.audit.record(refused(request.person, what, error.sentence, subject, details))
    except Exception:  # the database's own among them
        log.exception("a refusal of %s could not be written to the audit trail", request.person.id)


def _is_news(key: tuple[str, str, str, str], services: Services) -> bool:
    """`key`: who was told what about which command or button, for whom."""
    known, now = services.refusals, services.clock.now()
    if key in known and now - known[key] < QUIET:
        return False
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[key] = now
    return True


async def _subject(request: Request, typed: Command, services: Services) -> str:
    """Whom it was about, "" where that is not said."""
    try:
        if typed.args:
            return address_of(typed)
        if "case" in request.data:
            return (await fields.case(request, services)).order.upn
        return fields.user(request.data) or fields.user(request.data, "upn")
    except BadOrder:
        return ""
