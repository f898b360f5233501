"""How an order goes, on stderr until it has ended: bars on a terminal, elsewhere a line for each change."""

import asyncio
from datetime import timedelta

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from bot.terminal.screen import is_narrow, screen, share_bar, words
from cards.estimates import rounded
from cards.people import state_words
from cards.texts import duration
from jobs.desk import Desk
from provisioning.bulk import BAD, GOOD, BulkState, BulkSummary, Fate, Outcome
from provisioning.case import Case
from provisioning.ports import estimate_for

LOOK_SECONDS = 1.0
ONE_BAR_EACH = 12  # people; a longer list has one bar
LEFT = "Mailroom goes on with it. See how it stands with: python -m bot.cli cases"
ASLEEP = "No Mailroom runs on this database just now: it goes on when one does."

_COUNTED = {
    Fate.TO_DO.value: "to begin",
    "running": "at work",
    "waiting": "waiting for the mailbox",
    "ready": "ready",
    "failed": "failed",
    "given_up": "given up",
    "cancelled": "cancelled",
    Fate.STOPPED.value: "stopped",
    Fate.ELSEWHERE.value: "ordered by somebody else",
}


async def follow(desk: Desk, bulk_id: str, minutes: float | None) -> BulkSummary:
    """Until it has ended, or so many minutes have passed; Ctrl-C ends only the looking."""
    console = screen(is_err=True)
    try:
        async with asyncio.timeout(minutes * 60 if minutes else None):
            await (_bars if console.is_terminal and not console.is_dumb_terminal else _lines)(desk, bulk_id, console)
    except TimeoutError:
        console.print(words(f"Not all are ready within {minutes:g} minutes. {LEFT}", "yellow"))
    except asyncio.CancelledError:
        console.print(words(LEFT))
        raise
    return await _summary(desk, bulk_id)


async def _bars(desk: Desk, bulk_id: str, console: Console) -> None:
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            summary = await _summary(desk, bulk_id)
            live.update(await _drawn(desk, summary, console), refresh=True)
            if summary.bulk.state is BulkState.ENDED:
                return
            await asyncio.sleep(LOOK_SECONDS)


async def _lines(desk: Desk, bulk_id: str, console: Console) -> None:
    """Only what is new, so that a log of it can be read."""
    before: list[str] = []
    while True:
        summary = await _summary(desk, bulk_id)
        now = await _said(desk, summary)
        for line in now:
            if line not in before:
                console.print(words(line))
        before = now
        if summary.bulk.state is BulkState.ENDED:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _said(desk: Desk, summary: BulkSummary) -> list[str]:
    if not _is_short(summary):
        return [_counts(summary)]
    outcomes = await desk.bulks.outcomes(summary.id)
    begun = [one for one in outcomes if one.state not in (Fate.TO_DO, Fate.REFUSED)]
    return [f"{one.upn}: {_COUNTED.get(one.state, one.state)}" for one in begun]


async def _drawn(desk: Desk, summary: BulkSummary, console: Console) -> RenderableType:
    narrow = is_narrow(console)
    table = Table.grid(padding=(0, 1))
    table.add_column(overflow="ellipsis", no_wrap=True, max_width=20 if narrow else 40)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    width = 8 if narrow else 20
    for one in await desk.bulks.outcomes(summary.id) if _is_short(summary) else ():
        if one.state != Fate.REFUSED:
            case = await desk.get(one.subject_id) if one.subject_id else None
            style = "green" if one.state in GOOD else "red" if one.state in BAD else "cyan"
            told = words(await _how(desk, one, case), "red" if one.state in BAD else "")
            table.add_row(words(one.upn), share_bar(case.progress if case else 0.0, width, style), told)
    if summary.bulk.size > 1:
        table.add_row(
            words(f"All {summary.bulk.size:,}"), share_bar(summary.share, width, "cyan"), words(_counts(summary))
        )
    asleep = () if await desk.has_bot() else (words(ASLEEP, "yellow"),)
    return Group(table, *asleep)


async def _how(desk: Desk, one: Outcome, case: Case | None) -> str:
    if case is None:
        return _COUNTED.get(one.state, one.state)
    now = desk.clock.now()
    usual = await estimate_for(case, desk.records)
    parts = [
        state_words(case),
        duration(max(timedelta(), (case.ended_at or now) - case.created_at)),
        f"usually {rounded(usual.median)}" if usual and usual.median else "",
        one.sentence,
    ]
    return " · ".join(filter(None, parts))


def _is_short(summary: BulkSummary) -> bool:
    return summary.bulk.size + summary.bulk.refused <= ONE_BAR_EACH


def _counts(summary: BulkSummary) -> str:
    return ", ".join(f"{count:,} {said}" for state, said in _COUNTED.items() if (count := summary.counts.get(state)))


async def _summary(desk: Desk, bulk_id: str) -> BulkSummary:
    summary = await desk.bulks.summary(bulk_id)
    if summary is None:
        raise LookupError(f"list {bulk_id} is gone")
    return summary
