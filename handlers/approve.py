"""A second person's answer to a risky fix, its withdrawal, and where such answers are asked for."""

from dataclasses import replace

from cards.approval import approval_card
from cards.notice import notice_card
from cards.repair import repair_card
from handlers import fields
from handlers.access import Role
from handlers.approvers import require_approver
from handlers.grammar import Command, options_of
from handlers.registry import action, command
from handlers.requests import Reply, Request, Services
from provisioning.approving import REASON_LIMIT
from provisioning.audit_records import place_named
from provisioning.errors import BadOrder
from provisioning.words import say

HERE, OFF = "here", "off"


@action("approve", role=None)  # an approver needs no other role
async def approve(request: Request, services: Services) -> Reply | None:
    return await _decide(request, services, is_approved=True)


@action("decline", role=None)
async def decline(request: Request, services: Services) -> Reply | None:
    return await _decide(request, services, is_approved=False)


@action("withdraw", role=Role.OPERATOR)
async def withdraw(request: Request, services: Services) -> Reply | None:
    """The requester takes the request back; provisioning.approving refuses everybody else."""
    repair = await services.jobs.withdraw_repair(_repair_id(request), request.person)
    return Reply(card=repair_card(repair, services.clock.now()))


@command(
    "approvals [here|off]",
    summary=say("Ask for approvals of risky fixes in this conversation, or again in 1:1 chats."),
    example="",
    role=Role.ADMIN,
)
async def approvals(request: Request, services: Services, typed: Command) -> Reply | None:
    options_of(typed, {})
    wish = " ".join(typed.args).lower()
    if wish == HERE:
        return await _ask_here(request, services)
    if wish == OFF:
        await services.jobs.set_approval_place(None)
        await services.audit.record(place_named(request.person, ""))
        return Reply(card=notice_card(say("From now on each approver is asked in a 1:1 chat.")))
    if wish:
        raise BadOrder(say("Type approvals here, approvals off, or approvals alone to hear how it is."))
    place = await services.jobs.approval_place()
    if place:
        return Reply(card=notice_card(say("Approvals are asked for in the conversation that an admin has named.")))
    return Reply(card=notice_card(say("Approvals are asked for in a 1:1 chat with each approver.")))


async def _ask_here(request: Request, services: Services) -> Reply:
    """In a channel each request is a post of its own, not a reply in the thread where this was typed."""
    if request.conversation.is_personal:
        raise BadOrder(say("Type this in the channel or group chat in which the admins are to be asked."))
    conversation = replace(request.conversation, id=request.conversation.id.partition(";messageid=")[0])
    await services.jobs.set_approval_place(conversation)
    await services.audit.record(place_named(request.person, conversation.id))
    return Reply(card=notice_card(say("From now on approvals are asked for here. Only approvers can decide them.")))


async def _decide(request: Request, services: Services, *, is_approved: bool) -> Reply:
    """The click is redrawn at once; the outbox redraws everybody's card."""
    repair_id, reason = _repair_id(request), fields.text(request.data, "reason", REASON_LIMIT)
    await require_approver(request.person, services)
    repair = await services.jobs.decide_repair(repair_id, request.person, is_approved=is_approved, reason=reason)
    if repair.approval is None:
        raise BadOrder(say("This fix needed no second person."))
    return Reply(card=approval_card(repair, repair.approval, services.clock.now()))


def _repair_id(request: Request) -> str:
    repair_id = fields.text(request.data, "repair", fields.CASE_ID_LIMIT)
    if not repair_id:
        raise BadOrder(say("This button does not say which request it belongs to."))
    return repair_id
