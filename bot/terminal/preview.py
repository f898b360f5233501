"""A list before it is ordered: what would be made, the seats, which lines cannot start and why; as JSON as well."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.terminal.screen import Json, is_narrow, words
from provisioning.bulk import Bulk, BulkLine, Origin
from provisioning.bulk_checking import Checked

SHOWN = 20

ORIGINS = {
    Origin.CREATE: "create",
    Origin.RESTORE: "restore",
    Origin.ADOPT: "exists",
    Origin.LICENSED: "exists, licensed",
}
_OPTIONS = {"display_name": "--names-from-addresses", "usage_location": "--location", "license": "--license"}


def show_preview(console: Console, bulk: Bulk, checked: Checked) -> None:
    console.print(words(title(bulk), "bold"))
    good = [line for line in checked.lines if line.is_startable]
    bad = [line for line in checked.lines if not line.is_startable]
    if good:
        console.print(_people(good[:SHOWN], narrow=is_narrow(console)))
        _more(console, len(good))
    for one in checked.seats:
        mark = "" if one.are_enough else " — not enough"
        style = "" if one.are_enough else "bold red"
        console.print(words(f"Seats of {one.name}: {one.needed:,} needed, {one.free:,} free{mark}", style))
    if bad:
        console.print(words("Lines that cannot start", "bold"))
        console.print(_bad(bad[:SHOWN]))
        _more(console, len(bad))
    if checked.missing:
        console.print(words(f"Said once for all who lack it: {', '.join(_OPTIONS[what] for what in checked.missing)}"))
    if bulk.unused:
        console.print(words(f"Columns that nothing is made of: {', '.join(bulk.unused)}", "yellow"))


def title(bulk: Bulk) -> str:
    total = bulk.size + bulk.refused
    if not bulk.size:
        return "This order cannot start" if total == 1 else f"None of {total:,} can start"
    people = "1 person" if bulk.size == 1 else f"{bulk.size:,} people"
    return f"{people} can start" + (f", {bulk.refused:,} cannot" if bulk.refused else "")


def preview_json(bulk: Bulk, checked: Checked) -> Json:
    return {
        "list": bulk.id,
        "state": bulk.state.value,
        "size": bulk.size,
        "refused": bulk.refused,
        "seats": [{"license": one.name, "needed": one.needed, "free": one.free} for one in checked.seats],
        "unused_columns": list(bulk.unused),
        "people": [_line_json(line) for line in checked.lines],
    }


def _line_json(line: BulkLine) -> Json:
    order = line.order
    return {
        "line": line.number,
        "upn": order.upn if order else line.who,
        "name": order.display_name if order else "",
        "license": order.license_name if order else "",
        "location": order.usage_location if order else "",
        "state": "to_do" if line.is_startable else "refused",
        "account": line.origin.value if line.is_startable else "",
        "note": line.problem,
    }


def _people(lines: Sequence[BulkLine], *, narrow: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("address", overflow="fold")
    table.add_column("name", overflow="fold")
    if not narrow:
        table.add_column("license", overflow="fold")
        table.add_column("location")
    table.add_column("account")
    for line in lines:
        table.add_row(*_cells(line, narrow=narrow))
    return table


def _cells(line: BulkLine, *, narrow: bool) -> Iterator[Text]:
    order = line.order
    if order is None:
        return
    yield words(order.upn)
    yield words(order.display_name)
    if not narrow:
        yield words(order.license_name or "keeps its own")
        yield words(order.usage_location)
    yield words(ORIGINS[line.origin])


def _bad(lines: Sequence[BulkLine]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(words(f"line {line.number}", "red"), words(line.who), words(line.problem))
    return table


def _more(console: Console, count: int) -> None:
    if count > SHOWN:
        console.print(words(f"and {count - SHOWN:,} more: --dry-run --json has all of them"))
