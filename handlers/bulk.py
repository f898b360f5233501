"""Many orders at once: checked whole and shown, then started by one confirmation. Nothing is changed before."""

import asyncio
import uuid
from dataclasses import replace

from cards.bulk_preview import preview_card, started_words
from cards.notice import notice_card
from cards.problem import problem_card
from handlers import fields, lists
from handlers.access import Role
from handlers.grammar import Command
from handlers.lists import TypedList
from handlers.registry import DECISION_LIVES, action, command
from handlers.requests import Reply, Request, Services
from provisioning.bulk import Answers, Bulk, BulkLine, BulkState, size_of
from provisioning.bulk_checking import Checked, Known, check, profiles_of
from provisioning.bulk_ports import Bulks
from provisioning.bulk_reading import MOST_PEOPLE
from provisioning.errors import BadOrder, GraphError
from provisioning.orders import mailbox_skus
from provisioning.placing import Terms
from provisioning.ports import Directory, Schedules
from provisioning.priority import Priority, as_priority
from provisioning.words import say

FILES_ELSEWHERE = say("Teams gives me files in a 1:1 chat only. Attach the CSV there, or paste the lines here.")


@command(
    "bulk",
    summary=say("Provision many people: paste lines below it, or attach a CSV in our 1:1 chat."),
    example="",
    role=Role.OPERATOR,
)
async def bulk(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    title, typed_list = await _read(request, services)
    lines = await asyncio.to_thread(lists.orders_of, typed_list)
    draft = Bulk(
        id=fields.once(request) or uuid.uuid4().hex,  # the same message once more is the same list
        title=title,
        requester=request.person,
        created_at=services.clock.now(),
        size=0,
        unused=typed_list.sheet.unused,
    )
    try:
        return await _preview(draft, lines, services)
    except GraphError as error:  # without "try again": a button cannot carry the list
        return Reply(card=problem_card(error.sentence, error.trace))


@action("bulk-check", role=Role.OPERATOR, lives=DECISION_LIVES)
async def check_again(request: Request, services: Services) -> Reply | None:
    """With what is said for all lines that lack it, or since a seat was freed."""
    known = await known_bulk(request, services)
    if known.state is not BulkState.DRAFT:
        return await _begun(known, request, services)
    lines = await services.bulks.lines(known.id)
    return await _preview(replace(known, answers=_answers(request, known)), lines, services)


@action("bulk-start", role=Role.OPERATOR, lives=DECISION_LIVES)
async def start(request: Request, services: Services) -> Reply | None:
    """The same click again, or a colleague's, starts nothing twice."""
    known = await known_bulk(request, services)
    if known.state is not BulkState.DRAFT:
        return await _begun(known, request, services)
    if not known.size:
        raise BadOrder(say("No line of this list can start. Correct it and send it again."))
    await services.bulks.start(known.id, request.person, request.conversation)
    return Reply(card=notice_card(started_words(known)), replace=True)


@action("bulk-discard", role=Role.OPERATOR, lives=DECISION_LIVES)
async def discard(request: Request, services: Services) -> Reply | None:  # noqa: ARG001
    """Only the card goes: a draft is nothing but rows, and its buttons end by themselves."""
    return Reply(card=notice_card(say("Discarded. Nothing was changed.")), replace=True)


async def known_bulk(request: Request, services: Services) -> Bulk:
    """The bulk that the button belongs to. Raises BadOrder where there is none."""
    bulk_id = fields.text(request.data, "bulk", fields.CASE_ID_LIMIT)
    found = await services.bulks.get(bulk_id) if bulk_id else None
    if found is None:
        raise BadOrder(say("I no longer know the list behind this button. Send it again."))
    return found


async def _begun(known: Bulk, request: Request, services: Services) -> Reply:
    await services.bulks.show(known.id, request.conversation)
    return Reply(
        card=notice_card(say("This list was started before. I have put its card into this chat.")), replace=True
    )


async def _read(request: Request, services: Services) -> tuple[str, TypedList]:
    """What to call the list, and the list."""
    if not request.files:
        if not request.conversation.is_personal and "@" not in request.text:
            raise BadOrder(FILES_ELSEWHERE)
        return say("Pasted list"), lists.typed_list(request.text)
    if len(request.files) > 1:
        raise BadOrder(say("I can take one file at a time. Send one message for each."))
    [file] = request.files
    content = await services.files.fetch(file, request.conversation)
    return file.name or say("Attached list"), await asyncio.to_thread(lists.file_list, request.text, content)


@as_priority(Priority.WORK)  # a long list takes more of Graph's limits than somebody who waits may
async def _preview(draft: Bulk, lines: tuple[BulkLine, ...], services: Services) -> Reply:
    terms = Terms(services.profiles, services.default_usage_location)
    known = await known_of(lines, services.directory, terms, services.bulks, services.schedules)
    draft, checked = await drafted(draft, lines, known, services.bulks)
    card = preview_card(draft, checked, mailbox_skus(known.lookups.skus))
    return Reply(card=card, own_view=("bulk-check", {"bulk": draft.id}))


async def drafted(draft: Bulk, lines: tuple[BulkLine, ...], known: Known, bulks: Bulks) -> tuple[Bulk, Checked]:
    """The list as it was checked, kept for whoever starts it."""
    checked = await asyncio.to_thread(check, lines, known, draft.answers)
    size = size_of(checked.lines)
    draft = replace(draft, size=size, refused=len(checked.lines) - size)
    await bulks.draft(draft, checked.lines)
    return draft, checked


async def known_of(
    lines: tuple[BulkLine, ...], directory: Directory, terms: Terms, bulks: Bulks, schedules: Schedules
) -> Known:
    """What the tenant and Mailroom know of those people now. Raises GraphError."""
    used = profiles_of(lines, terms.profiles)
    upns, managers = lists.upns_of(lines)
    managers += [profile.manager for profile in used if profile.manager and profile.manager not in managers]
    group_ids = list(dict.fromkeys(group for profile in used for group in profile.all_groups))
    return Known(
        await directory.look_up_many(upns, managers),
        await _taken(upns, bulks, schedules),
        terms,
        await directory.get_groups(group_ids) if group_ids else {},
    )


async def _taken(upns: list[str], bulks: Bulks, schedules: Schedules) -> dict[str, str]:
    """Why somebody cannot be ordered now, by UPN in lower case."""
    at_work = await bulks.at_work(upns)
    taken = {upn: say("{upn} is being prepared already, for {who}.", upn=upn, who=who) for upn, who in at_work.items()}
    for one in await schedules.waiting(MOST_PEOPLE):
        upn = one.request.upn.lower()
        taken.setdefault(
            upn, say("{upn} is ordered already for {when}, by {name}.", upn=upn, when=one.when, name=one.requester.name)
        )
    return taken


def _answers(request: Request, known: Bulk) -> Answers:
    """What was filled in; what was not asked stays as it was."""
    data, before = request.data, known.answers
    return Answers(
        license=fields.text(data, "license") if "license" in data else before.license,
        usage_location=fields.text(data, "usage_location") if "usage_location" in data else before.usage_location,
        names_from_addresses=data["names"] == "address" if "names" in data else before.names_from_addresses,
    )
