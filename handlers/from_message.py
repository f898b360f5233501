"""The message action "Provision from this message": the people whom a message names become orders.

Everything is looked at before anything is ordered; a line that is wrong keeps the form open and changes nothing.
The live cards come to the 1:1 chat of whoever ordered: Mailroom need not be in the chat of the message, and a new
account is nobody else's business there.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cards.from_message import KEEP, Outcome, Row, from_message_card, outcomes_card
from cards.language import told
from handlers import fields
from handlers.access import Role
from handlers.extensions import Ask, ExtensionReply, extension
from handlers.grammar import check_address
from handlers.requests import Request, Services
from handlers.text import plain_text
from provisioning.audit_records import wanted_as_well
from provisioning.case import Case
from provisioning.directory import Lookup, Sku
from provisioning.errors import BadOrder, ConversationGone, GraphError
from provisioning.naming import people_in
from provisioning.orders import Complete, OrderRequest, Plan, Restorable, mailbox_skus, plan
from provisioning.words import say

NAME = "provision"
MOST = 5  # a dialog with more fields is no fun; the others are named
TITLE = say("Provision from this message")
NOBODY = say("No address is in this message. Type to Mailroom: provision jane@contoso.com")
NO_CHAT = say(
    "Teams does not let Mailroom write to you, so nothing was ordered. Add Mailroom to your own apps, and try again."
)

_BLOCK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|/td|/th)\b[^<>]*>", re.IGNORECASE)
_ASKED = {
    "display_name": say("a display name"),
    "usage_location": say("the usage location"),
    "license": say("a license"),
}


@dataclass(frozen=True)
class _Line:
    """A person of the form, with what was found about them. `wrong` is why they cannot be ordered."""

    row: Row
    lookup: Lookup | None = None
    running: Case | None = None
    planned: Plan | None = None
    wrong: str = ""

    @property
    def shown(self) -> Row:
        return replace(self.row, note=self.wrong, is_wrong=True) if self.wrong else self.row


@extension(NAME, Ask.OPEN, role=Role.OPERATOR)
async def open_form(request: Request, services: Services) -> ExtensionReply:
    named = people_in("\n".join(map(plain_text, _BLOCK.sub("\n", request.text).splitlines())))
    if not named:
        return ExtensionReply(text=NOBODY)
    rows = [Row(one.address, one.name) for one in named[:MOST]]
    lines = await asyncio.gather(*(_look(row, services) for row in rows))
    noted = [replace(line.row, note=_note(line)) for line in lines]
    return _form(
        [replace(line, row=row, wrong="") for line, row in zip(lines, noted, strict=True)], services, len(named)
    )


@extension(NAME, Ask.SUBMIT, role=Role.OPERATOR)
async def order(request: Request, services: Services) -> ExtensionReply:
    location, license_id = _chosen(request)
    rows = [row for row in _rows(request) if row.address]
    if not rows:
        return ExtensionReply(text=say("No address was left in the form, so nothing was ordered."))
    lines = await asyncio.gather(*(_look(row, services) for row in rows))
    lines = [_planned(line, location, license_id) for line in lines]
    if any(line.wrong for line in lines):
        return _form(lines, services, len(lines), location, license_id)
    try:
        place = await services.messenger.open_personal(request.person, request.conversation)
    except ConversationGone:
        return ExtensionReply(text=NO_CHAT)
    there = replace(request, conversation=place)
    outcomes = [await _start(line, there, services) for line in lines]
    return ExtensionReply(dialog=outcomes_card(outcomes), title=TITLE)


async def _look(row: Row, services: Services) -> _Line:
    """What is known about the address, or why nothing can be."""
    try:
        upn = check_address(row.address)
        running = await services.jobs.find(upn)
        if running and running.is_open and not running.is_watch:
            return _Line(row, running=running)
        scheduled = await services.schedules.find(upn)
        if scheduled:
            return _Line(
                row,
                wrong=say("Ordered already for {when}, by {name}.", when=scheduled.when, name=scheduled.requester.name),
            )
        lookup = await services.directory.look_up(upn)
        if lookup.account:
            await services.directory.check_changeable(lookup.account.id)
    except (BadOrder, GraphError) as error:
        return _Line(row, wrong=error.sentence)
    return _Line(row, lookup)


def _planned(line: _Line, location: str, license_id: str) -> _Line:
    if line.wrong or line.running or line.lookup is None:
        return line
    wanted = OrderRequest(check_address(line.row.address), line.row.name, location, license_id)
    try:
        planned = plan(wanted, line.lookup)
    except BadOrder as error:
        return replace(line, wrong=error.sentence)
    if isinstance(planned, Complete):
        return replace(line, planned=planned)
    if isinstance(planned, Restorable):
        return replace(line, wrong=say("In the recycle bin. Type to Mailroom: provision {upn}", upn=wanted.upn))
    missing = ", ".join(told(_ASKED[one]) for one in planned.missing)
    return replace(line, wrong=say("Missing: {what}.", what=missing))


async def _start(line: _Line, request: Request, services: Services) -> Outcome:
    """An id from the click and the address: the same form sent twice, as Teams does by itself, orders once."""
    upn = check_address(line.row.address)
    case_id = fields.once(replace(request, click_id=f"{request.click_id} {upn}"))
    if line.running and line.running.id != case_id:
        return await _join(line.running, request, services)
    if isinstance(line.planned, Complete):
        await services.jobs.start(line.planned.order, request.person, request.conversation, case_id)
    return Outcome(upn, say("Ordered."), True)


async def _join(case: Case, request: Request, services: Services) -> Outcome:
    await services.jobs.show(case.id, request.conversation)
    await services.audit.record(wanted_as_well(case, request.person))
    if case.requester.is_same(request.person):
        return Outcome(case.order.upn, say("Already being provisioned, for you."), False)
    return Outcome(case.order.upn, say("Already being provisioned, for {name}.", name=case.requester.name), False)


def _form(
    lines: Sequence[_Line], services: Services, found: int, location: str = "", license_id: str = ""
) -> ExtensionReply:
    skus: tuple[Sku, ...] = next((mailbox_skus(line.lookup.skus) for line in lines if line.lookup), ())
    rows = [line.shown for line in lines]
    location = location or services.default_usage_location
    all_new = all(line.lookup is not None and line.lookup.account is None for line in lines)
    card = from_message_card(rows, skus, location, license_id, max(0, found - len(rows)), all_new=all_new)
    return ExtensionReply(dialog=card, title=TITLE)


def _note(line: _Line) -> str:
    if line.wrong:
        return line.wrong
    if line.running:
        return say("Already being provisioned, for {name}.", name=line.running.requester.name)
    if line.lookup and line.lookup.account:
        return say("Exists already: {name}.", name=line.lookup.account.display_name or line.lookup.account.upn)
    if line.lookup and line.lookup.deleted:
        return say("In the recycle bin.")
    return say("A new account.")


def _rows(request: Request) -> list[Row]:
    return [
        Row(fields.text(request.data, f"address{index}"), fields.text(request.data, f"name{index}"))
        for index in range(MOST)
    ]


def _chosen(request: Request) -> tuple[str, str]:
    chosen = fields.text(request.data, "license")
    return fields.text(request.data, "location"), "" if chosen == KEEP else chosen
