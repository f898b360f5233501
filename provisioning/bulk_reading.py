"""A list of people, from a file's bytes or a pasted text to numbered lines. Pure.

A table has a header that names the column of the addresses; its delimiter is the one by which the header makes most
sense. Anything else is one person a line, or several addresses in one, and is left to the grammar of the command.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provisioning.errors import BadOrder
from provisioning.words import say

MOST_PEOPLE = 5_000
MOST_BYTES = 4 * 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
ADDRESS = "upn"
NO_ADDRESS = say("There is no address in this line.")

# How a column of addresses may be called, without spaces and marks; `columns` of `read` has the other names.
_ADDRESS_NAMES = frozenset(
    {"upn", "userprincipalname", "principalname", "user", "username", "signinname", "login", "account", "email"}
    | {"mail", "emailaddress", "mailaddress", "address"}
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATOR_LINE = re.compile(r"^\ufeff?\s*sep=.\s*$", re.IGNORECASE)  # by which Excel is told the delimiter
_OPTIONS = re.compile(r"(?<!\S)[^\W\d][\w-]*\s*=")
# “as sales”, or a time, behind the last address of several; not where another has its own before.
_CLAUSE = re.compile(r"(?<=\s)(?:as|at|on|today|tomorrow|\w+day|\d[\d:-]*)(?!\S)[^@]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """`number` as its editor counts; `fields` of a table by column, None where `text` is to be understood."""

    number: int
    text: str
    fields: Mapping[str, str] | None = None
    problem: str = ""


@dataclass(frozen=True)
class Sheet:
    """`unused`: columns of the table that nothing is made of."""

    lines: tuple[Line, ...]
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Header:
    delimiter: str
    cells: tuple[str, ...]
    names: tuple[str, ...] = field(default=())  # "" for a column that is not used


def decode(data: bytes) -> str:
    """By its mark; else UTF-16 by its zeros, else UTF-8, else what Excel writes in the West. Raises BadOrder."""
    if len(data) > MOST_BYTES:
        size, most = f"{len(data):,}", f"{MOST_BYTES:,}"
        raise BadOrder(say("The file has {size} bytes; at most {most} are possible.", size=size, most=most))
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    evens, odds = data[0::2].count(0), data[1::2].count(0)
    if max(evens, odds) > len(data) // 8:  # a letter of the West has one zero byte there
        return data.decode("utf-16-be" if evens > odds else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read(text: str, columns: Mapping[str, str]) -> Sheet:
    """`columns`: the field that a column's name means, by the name without spaces and marks. Raises BadOrder."""
    lines = text.splitlines()
    start = 1 if lines and _SEPARATOR_LINE.match(lines[0]) else 0
    start = next((index for index in range(start, len(lines)) if lines[index].strip()), len(lines))
    header = _header(lines[start], columns) if start < len(lines) else None
    sheet = _table(lines, start, header) if header else Sheet(tuple(_free(lines)))
    if not sheet.lines:
        raise BadOrder(say("There is nobody in this list. Write one person a line, or a header and one person a line."))
    if len(sheet.lines) > MOST_PEOPLE:
        count, most = f"{len(sheet.lines):,}", f"{MOST_PEOPLE:,}"
        raise BadOrder(say("The list has {count} people; I take up to {most}. Split it.", count=count, most=most))
    return sheet


def is_table(line: str, columns: Mapping[str, str]) -> bool:
    """Whether `line` is the header of a table."""
    return _header(line, columns) is not None


def squashed(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _header(line: str, columns: Mapping[str, str]) -> _Header | None:
    """None where no column is one of addresses; an address itself is no header."""
    if "@" in line:
        return None
    found = [_read_header(line, delimiter, columns) for delimiter in DELIMITERS]
    fitting = [header for header in found if ADDRESS in header.names]
    return max(fitting, key=lambda header: len([name for name in header.names if name]), default=None)


def _read_header(line: str, delimiter: str, columns: Mapping[str, str]) -> _Header:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return _Header(delimiter, ())
    names: list[str] = []
    for cell in cells:
        key = squashed(cell)
        name = ADDRESS if key in _ADDRESS_NAMES else columns.get(key, "")
        names.append("" if name in names else name)  # the first of two that mean the same
    return _Header(delimiter, tuple(cell.strip() for cell in cells), tuple(names))


def _table(lines: Sequence[str], start: int, header: _Header) -> Sheet:
    try:
        rows = list(_rows(lines, start, header.delimiter))
    except csv.Error:  # somewhere a quotation mark is wrong: each line by itself, so that the others count
        rows = list(_row_by_row(lines, start, header.delimiter))
    unused = tuple(cell for cell, name in zip(header.cells, header.names, strict=True) if cell and not name)
    return Sheet(tuple(_line(number, cells, header) for number, cells in rows if cells is None or any(cells)), unused)


def _rows(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """A value in quotation marks may go over several lines; the number is that of the first."""
    reader = csv.reader((f"{line}\n" for line in lines[start + 1 :]), delimiter=delimiter, strict=True)
    number = start + 2
    for cells in reader:
        yield number, [cell.strip() for cell in cells]
        number = start + 2 + reader.line_num


def _row_by_row(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """None for a line that cannot be read."""
    for number, line in enumerate(lines[start + 1 :], start + 2):
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            yield number, None
        else:
            yield number, [cell.strip() for cell in cells]


def _line(number: int, cells: list[str] | None, header: _Header) -> Line:
    if cells is None:
        problem = say("A quotation mark in this line is never closed, or stands in the middle of a value.")
        return Line(number, "", {}, problem)
    fields = {name: cell for name, cell in zip(header.names, cells, strict=False) if name and cell}
    text = fields.get(ADDRESS, "")
    if any(cells[len(header.names) :]):
        problem = say(
            "The line has {values} values, and the header {columns} columns.",
            values=len(cells),
            columns=len(header.names),
        )
        return Line(number, text, fields, problem)
    return Line(number, text, fields, "" if text else NO_ADDRESS)


def _free(lines: Sequence[str]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        for piece in _people(line.strip()):
            yield Line(number, piece, None, "" if "@" in piece else NO_ADDRESS)


def _people(line: str) -> list[str]:
    """One text a person. Options and clauses at the end of a line are those of everybody in it."""
    options = _OPTIONS.search(line)
    head, tail = (line[: options.start()], line[options.start() :]) if options else (line, "")
    clause = _CLAUSE.search(head)
    if clause and " as " not in head[: clause.start()].lower():
        head, tail = head[: clause.start()], f"{clause[0].strip()} {tail}"
    for separator in (r"[;\t]", r"[,;\t]", r"[\s,;]"):  # the coarsest that leaves one address in each
        pieces = [piece.strip() for piece in re.split(separator, head) if piece.strip()]
        if len(pieces) > 1 and all(piece.count("@") == 1 for piece in pieces):
            return [f"{piece} {tail}".strip() for piece in pieces]
    return [line] if line else []
