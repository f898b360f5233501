"""`provision`: the whole list is checked and shown, and ordered once somebody agrees. A bot carries it out.

The order is rows in the database that the bot shares. So Ctrl-C stops only the looking, and nothing is done twice.
"""

import argparse
import uuid
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime

from bot.refusing import refuse
from bot.settings import Settings
from bot.terminal.asking import orders_in, title_of, zone_of
from bot.terminal.following import LEFT, follow
from bot.terminal.opening import open_records, open_tenant, terms_of
from bot.terminal.person import whoever_sits_here
from bot.terminal.preview import preview_json, show_preview
from bot.terminal.results import code_of, results_json, show_results
from bot.terminal.screen import BAD, UNREACHABLE, WELL, agrees, can_ask, print_json, stamp, told, words
from handlers.bulk import drafted, known_of
from handlers.moments import moment_of
from jobs.desk import Desk
from provisioning.bulk import Answers, Bulk, BulkLine
from provisioning.bulk_checking import Checked
from provisioning.case import NOWHERE
from provisioning.errors import DatabaseUnavailable
from provisioning.placing import Terms
from provisioning.ports import Directory, Schedules
from provisioning.scheduled import Scheduled, said

NO_BOT = (
    "No Mailroom runs on this database, so nobody would carry this out, and nothing was ordered. "
    "Start it (python -m bot), or say --no-wait to leave the order for it."
)


async def provision(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    lines, sheet = orders_in(options)
    desk = await open_records(settings, stack)
    directory = await open_tenant(settings, stack, desk)
    draft = Bulk(
        id=uuid.uuid4().hex,
        title=title_of(options),
        requester=whoever_sits_here(),
        created_at=desk.clock.now(),
        size=0,
        unused=sheet.unused,
        answers=Answers(names_from_addresses=options.names_from_addresses),
    )
    starts_at = moment_of(options.at.split(), desk.clock.now(), zone_of(options)) if options.at else None
    bulk, checked = await _checked(draft, lines, desk, directory, terms_of(settings))
    if not options.json or not options.yes:
        show_preview(told(is_json=options.json), bulk, checked)
    refusal = await _refusal(options, bulk, starts_at, desk)
    if refusal is not None or options.dry_run:
        if options.json:
            print_json(preview_json(bulk, checked))
        return refusal if refusal is not None else WELL
    if starts_at:
        [line] = checked.lines
        return await _schedule(options, bulk, line, starts_at, desk.schedules(directory, terms_of(settings)))
    return await _order(options, bulk, desk)


async def _checked(
    draft: Bulk, lines: tuple[BulkLine, ...], desk: Desk, directory: Directory, terms: Terms
) -> tuple[Bulk, Checked]:
    known = await known_of(lines, directory, terms, desk.bulks, desk.schedules(directory, terms))
    return await drafted(draft, lines, known, desk.bulks)


async def _refusal(options: argparse.Namespace, bulk: Bulk, starts_at: datetime | None, desk: Desk) -> int | None:
    """Why nothing is ordered, as an exit code, told."""
    if not bulk.size:
        return refuse("Nothing was ordered: no line can start.", BAD)
    if bulk.refused and not options.skip_bad and (options.yes or options.dry_run or not can_ask()):
        return refuse("Nothing was ordered. Correct these lines, or say --skip-bad to order the others.", BAD)
    if options.dry_run:
        return None
    if not options.no_wait and not starts_at and not await desk.has_bot():
        return refuse(NO_BOT, UNREACHABLE)
    if not options.yes and not agrees(_question(options, bulk, starts_at)):
        return refuse("Nothing was ordered. Say --yes to do it.", BAD)
    return None


def _question(options: argparse.Namespace, bulk: Bulk, starts_at: datetime | None) -> str:
    mailboxes = "this mailbox" if bulk.size == 1 else f"these {bulk.size:,} mailboxes"
    others = f", without the {bulk.refused:,} that cannot start" if bulk.refused else ""
    when = f" for {said(starts_at, zone_of(options))}" if starts_at else ""
    return f"Order {mailboxes}{others}{when}?"


async def _order(options: argparse.Namespace, bulk: Bulk, desk: Desk) -> int:
    console = told(is_json=options.json)
    await desk.bulks.start(bulk.id, bulk.requester, NOWHERE)
    if options.no_wait:
        console.print(words("Ordered. See how they go with: python -m bot.cli cases"))
        if not await desk.has_bot():
            console.print(words("No Mailroom runs on this database: they begin when one does.", "yellow"))
        if options.json:
            print_json(await results_json(desk, bulk.id))
        return WELL
    try:
        summary = await follow(desk, bulk.id, options.timeout)
    except DatabaseUnavailable:  # whose sentence would say that nothing was saved
        return refuse(f"Mailroom's database does not answer any more. What was ordered stands. {LEFT}", UNREACHABLE)
    if options.json:
        print_json(await results_json(desk, bulk.id))
    else:
        await show_results(console, desk, summary)
    return code_of(summary)


async def _schedule(
    options: argparse.Namespace, bulk: Bulk, line: BulkLine, starts_at: datetime, schedules: Schedules
) -> int:
    """Everything is asked again when its time has come."""
    if line.request is None or line.order is None:
        raise ValueError("a line that can start has an order")
    name = line.order.display_name if options.names_from_addresses else line.request.display_name
    wanted = replace(line.request, display_name=name, starts_at=starts_at, zone=zone_of(options))
    one = Scheduled(bulk.id[:12], wanted, bulk.requester, NOWHERE, starts_at, bulk.created_at)
    kept = await schedules.add(one)
    if kept is not one:
        return refuse(f"{wanted.upn} is ordered already for {kept.when}, by {kept.requester.name}.", BAD)
    if options.json:
        print_json({"upn": wanted.upn, "state": "scheduled", "starts_at": stamp(starts_at), "case": one.id})
    else:
        told(is_json=False).print(words(f"Ordered for {one.when}. Mailroom begins it then."))
    return WELL
