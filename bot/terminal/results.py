"""How an order ended, for people and as JSON. No sign-in details are ever in it."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.terminal.screen import NOT_WELL, WELL, Json, is_narrow, words
from cards.texts import duration
from jobs.desk import Desk
from provisioning.bulk import GOOD, BulkSummary, Fate, Outcome
from provisioning.case import AccountOrigin, CaseState

SHOWN = 20
SIGN_IN = "First sign-in details, for one person at a time and once: python -m bot.cli sign-in {}"


def code_of(summary: BulkSummary) -> int:
    """Well only where everybody of the list has a mailbox."""
    return WELL if summary.ready == summary.bulk.size and not summary.bulk.refused else NOT_WELL


async def show_results(console: Console, desk: Desk, summary: BulkSummary) -> None:
    outcomes = await desk.bulks.outcomes(summary.id)
    bad = [one for one in outcomes if one.state not in GOOD]
    total = summary.bulk.size + summary.bulk.refused
    console.print(words(f"{summary.ready:,} of {total:,} ready", "red bold" if bad else "green bold"))
    shown = [*bad, *(one for one in outcomes if one.state in GOOD)][:SHOWN]
    console.print(_table(shown, narrow=is_narrow(console)))
    if len(outcomes) > len(shown):
        console.print(words(f"and {len(outcomes) - len(shown):,} more"))
    if summary.bulk.started_at and summary.bulk.ended_at:
        console.print(words(f"Took {duration(summary.bulk.ended_at - summary.bulk.started_at)}.", "dim"))
    created = [one for one in outcomes if one.state == CaseState.READY and one.origin == AccountOrigin.CREATED]
    if created:
        console.print(words(SIGN_IN.format(created[0].upn if len(created) == 1 else "UPN")))


async def results_json(desk: Desk, bulk_id: str) -> Json:
    summary = await desk.bulks.summary(bulk_id)
    if summary is None:
        raise LookupError(f"list {bulk_id} is gone")
    return {
        "list": bulk_id,
        "state": summary.bulk.state.value,
        "size": summary.bulk.size,
        "refused": summary.bulk.refused,
        "counts": dict(summary.counts),
        "people": [_json(one) for one in await desk.bulks.outcomes(bulk_id)],
    }


def _json(one: Outcome) -> Json:
    return {
        "line": one.number,
        "upn": one.upn,
        "name": one.name,
        "state": one.state,
        "mail": one.mail,
        "account": one.origin,
        "cause": one.cause,
        "note": one.sentence,
        "case": one.subject_id,
    }


def _table(outcomes: Sequence[Outcome], *, narrow: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(2 if narrow else 3):
        table.add_column(overflow="fold")
    for one in outcomes:
        state = one.state.replace("_", " ") if one.state != Fate.REFUSED else "not started"
        shown = words(state, "green" if one.state in GOOD else "red")
        note = words(one.sentence or (f"mailbox {one.mail}" if one.mail and one.mail != one.upn else ""))
        cells = [Text.assemble(shown, " ", note)] if narrow else [shown, note]
        table.add_row(words(one.upn), *cells)
    return table
