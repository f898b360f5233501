"""Cases, licenses and reports as tables with bars. On a narrow screen what matters least is left out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.terminal.screen import is_narrow, share_bar, words
from cards.estimates import rounded
from cards.people import line_words
from cards.texts import duration
from provisioning.case import CaseState
from provisioning.causes import CAUSES
from provisioning.directory import Sku
from provisioning.figures import BUCKETS, FEWEST, Report
from provisioning.listing import CaseLine, CasePage, is_late
from provisioning.seats import is_low, is_usable

BAR = 24
_STYLES = {CaseState.READY: "green", CaseState.FAILED: "red", CaseState.GIVEN_UP: "red", CaseState.CANCELLED: "dim"}


def show_cases(console: Console, page: CasePage, chosen: str, now: datetime) -> None:
    console.print(words(f"Cases: {chosen}, {page.total:,} in all", "bold"))
    narrow = is_narrow(console)
    table = _table("person", "state", *([] if narrow else ["age", "asked by", "cause"]))
    for line in page.lines:
        late = is_late(line, now)
        state = words(
            f"{line_words(line)}{', late' if late else ''}", "yellow" if late else _STYLES.get(line.state, "")
        )
        more = (words(_age(line, now)), words(line.asker_name), words(_cause(line.cause)))
        table.add_row(words(line.upn), state, *(() if narrow else more))
    if page.lines:
        console.print(table)
    if page.has_more:
        console.print(words(f"Page {page.number + 1:,}; there are more: --page {page.number + 2}"))
    counts = [f"{count:,} {group.replace('_', ' ')}" for group, count in page.counts if count]
    if counts:
        console.print(words(f"Of all cases: {', '.join(counts)}", "dim"))


def show_licenses(
    console: Console, skus: Sequence[Sku], warning: int, waiting: Sequence[CaseLine], now: datetime
) -> None:
    if not skus:
        console.print(words("No license of this tenant has an Exchange Online mailbox."))
        return
    narrow = is_narrow(console)
    table = _table("license", "free", "used", *([] if narrow else ["", "part number"]))
    for sku in skus:
        low = is_low(sku, warning)
        style = "red" if not sku.free or not is_usable(sku) else "yellow" if low else "green"
        free = f"{sku.free:,}" if is_usable(sku) else sku.capability_status.lower()
        bar = share_bar(sku.consumed / max(1, sku.enabled), BAR, style)
        cells = (words(sku.name), words(free, style), words(f"{sku.consumed:,} of {sku.enabled:,}"))
        table.add_row(*cells, *(() if narrow else (bar, words(sku.part_number))))
    console.print(table)
    console.print(words(f"Low, in yellow, are {warning:,} free seats or fewer.", "dim"))
    if waiting:
        console.print(words(f"Waiting for a license: {len(waiting):,}", "bold yellow"))
    for line in waiting:
        age = duration(now - line.created_at)
        console.print(words(f"{line.upn} · {line.license_name or 'a license'} · for {age}"))


def show_report(console: Console, found: Report) -> None:
    console.print(words(_says(found), "bold"))
    ends = [f"{count:,} {state.replace('_', ' ')}" for state, count in found.ends]
    if ends:
        console.print(words(f"Ended: {', '.join(ends)}"))
    if found.count:
        console.print("", _spread(found), "", _weeks(found, narrow=is_narrow(console)), sep="\n")
    if found.causes:
        console.print("", _causes(found), sep="\n")


def _says(found: Report) -> str:
    weeks = f"Last {len(found.weeks)} weeks" if len(found.weeks) > 1 else "This week"
    if found.median is None or found.high is None:
        return f"{weeks}: nobody was waited for until the mailbox was ready"
    few = f", from only {found.count}" if found.count < FEWEST else ""
    return f"{weeks}: half were ready within {rounded(found.median)}, 9 in 10 within {rounded(found.high)}{few}"


def _spread(found: Report) -> Table:
    table = _table("time to ready", "", "mailboxes")
    for (_, name), count in zip(BUCKETS, found.buckets, strict=True):
        table.add_row(words(name), _bar(count, max(found.buckets)), words(f"{count:,}"))
    return table


def _weeks(found: Report, *, narrow: bool) -> Table:
    table = _table("week of", "mailboxes", "half within", *([] if narrow else [""]), "9 in 10 within")
    longest = max((_minutes(week.median) for week in found.weeks), default=0.0)
    for week in found.weeks:
        bars = () if narrow else (_bar(_minutes(week.median), longest),)
        cells = (words(f"{week.begins:%Y-%m-%d}"), words(f"{week.count:,}"), words(_span(week.median)))
        table.add_row(*cells, *bars, words(_span(week.high)))
    return table


def _causes(found: Report) -> Table:
    table = _table("what held cases up", "", "cases")
    most = max(count for _, count in found.causes)
    for cause, count in found.causes:
        table.add_row(words(_cause(cause)), _bar(count, most), words(f"{count:,}"))
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _bar(value: float, most: float) -> Text:
    """As long as the value is; one that is not nothing is seen."""
    length = max(round(BAR * value / most), 1) if value and most else 0
    return Text("━" * length, style="cyan", no_wrap=True)


def _cause(cause: str) -> str:
    """C12 is no-seats."""
    known = CAUSES.get(cause)
    return known.slug.replace("-", " ") if known else cause


def _age(line: CaseLine, now: datetime) -> str:
    if line.ended_at:
        return f"ended {duration(now - line.ended_at)} ago"
    return duration(now - line.created_at)


def _minutes(span: timedelta | None) -> float:
    return span / timedelta(minutes=1) if span else 0.0


def _span(span: timedelta | None) -> str:
    return rounded(span) if span is not None else "–"
