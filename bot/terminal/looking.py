"""`cases`, `licenses` and `report`: what the chat's commands of these names know, for the screen or as JSON."""

import argparse
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from bot.settings import Settings
from bot.terminal.opening import open_records, open_tenant
from bot.terminal.person import whoever_sits_here
from bot.terminal.screen import WELL, Json, print_json, screen, stamp
from bot.terminal.tables import show_cases, show_licenses, show_report
from handlers.cases import wanted_of
from handlers.grammar import Command
from handlers.preferences import seats_warning
from handlers.report import weeks_of
from provisioning.directory import Sku
from provisioning.errors import BadOrder
from provisioning.figures import BUCKETS, Report
from provisioning.listing import CaseLine, CasePage, is_late
from provisioning.seats import is_low, with_mailbox

MOST_ROWS = 1_000
_FILTERS = ("stage", "by", "older", "newer", "page")


async def cases(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    if not 1 <= options.limit <= MOST_ROWS:
        raise BadOrder(f"--limit is a number from 1 to {MOST_ROWS:,}.")
    desk = await open_records(settings, stack)
    now = desk.clock.now()
    given = tuple((name, value) for name in _FILTERS if (value := getattr(options, name)))
    typed = Command("cases", (options.state,) if options.state else (), given)
    wanted, chosen, number = wanted_of(typed, whoever_sits_here(), now)
    page = await desk.records.cases(wanted, number, options.limit)
    if options.json:
        print_json(_cases(page, now))
    else:
        show_cases(screen(), page, chosen, now)
    return WELL


async def licenses(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    desk = await open_records(settings, stack)
    directory = await open_tenant(settings, stack, desk)
    skus = with_mailbox(await directory.list_skus())
    waiting = await desk.records.waiting_for_seats()
    warning = await seats_warning(desk.preferences, settings.seats_warning)
    if options.json:
        print_json(_licenses(skus, warning, waiting, desk.clock.now()))
    else:
        show_licenses(screen(), skus, warning, waiting, desk.clock.now())
    return WELL


async def report(options: argparse.Namespace, settings: Settings, stack: AsyncExitStack) -> int:
    weeks = weeks_of(options.weeks)
    desk = await open_records(settings, stack)
    found = await desk.records.report(weeks)
    if options.json:
        print_json(_report(found))
    else:
        show_report(screen(), found)
    return WELL


def _cases(page: CasePage, now: datetime) -> Json:
    return {
        "total": page.total,
        "page": page.number + 1,
        "limit": page.size,
        "counts": dict(page.counts),
        "cases": [_case(line, now) for line in page.lines],
    }


def _case(line: CaseLine, now: datetime) -> Json:
    return {
        "case": line.id,
        "upn": line.upn,
        "name": line.name,
        "state": line.state.value,
        "stage": line.stage.value if line.stage else None,
        "late": is_late(line, now),
        "watch": line.is_watch,
        "cause": line.cause,
        "license": line.license_name,
        "asked_by": line.asker_name,
        "created_at": stamp(line.created_at),
        "waiting_since": stamp(line.waiting_since),
        "ended_at": stamp(line.ended_at),
        "ready_seconds": line.ready_seconds,
    }


def _licenses(skus: Sequence[Sku], warning: int, waiting: Sequence[CaseLine], now: datetime) -> Json:
    return {
        "warning": warning,
        "licenses": [
            {
                "id": sku.id,
                "part_number": sku.part_number,
                "name": sku.name,
                "seats": sku.enabled,
                "used": sku.consumed,
                "free": sku.free,
                "status": sku.capability_status,
                "low": is_low(sku, warning),
            }
            for sku in skus
        ],
        "waiting": [_case(line, now) for line in waiting],
    }


def _report(found: Report) -> Json:
    return {
        "count": found.count,
        "median_seconds": _seconds(found.median),
        "high_seconds": _seconds(found.high),
        "weeks": [
            {
                "begins": week.begins.isoformat(),
                "count": week.count,
                "median_seconds": _seconds(week.median),
                "high_seconds": _seconds(week.high),
            }
            for week in found.weeks
        ],
        "distribution": [
            {"range": name, "count": count} for (_, name), count in zip(BUCKETS, found.buckets, strict=True)
        ],
        "ends": dict(found.ends),
        "causes": dict(found.causes),
    }


def _seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None
