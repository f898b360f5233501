"""`python -m bot.audit`: check the audit trail, or write it out as JSON Lines. Works while the bot runs.

    python -m bot.audit verify [--file FILE] [--anchor SEQ:HASH]… [--json]
    python -m bot.audit export [--subject UPN] [--since TIME] [--output FILE]

It reads the database of MAILROOM_DATABASE_URL and needs no other setting, unless MAILROOM_DATABASE_LOGIN is
entra: then it signs in as the bot does. `--file` reads an exported log instead. An export with --subject or --since
leaves entries out, so it cannot be verified by itself. Exit codes: 0 unbroken or written, 1 broken, 2 wrong settings or
arguments.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.refusing import refuse
from bot.settings import SettingsError, read, read_database
from provisioning.audit import Anchor, AuditEntry, NotAnEntry, Verdict, check, cut_of, entry_in, line_of, written
from provisioning.errors import MailroomError

if TYPE_CHECKING:
    from jobs.audit_reading import Trail

UNBROKEN, BROKEN, BAD = range(3)
FILTERED = "an export with --subject or --since leaves entries out and cannot be verified by itself"
_ANCHOR = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _verify(options) if options.command == "verify" else _export(options)
    except SettingsError as error:
        return refuse(str(error), BAD)
    except MailroomError as error:
        return refuse(error.sentence, BAD)
    except OSError as error:
        return refuse(f"{error.filename}: {error.strerror}", BAD)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.audit", description="Check or export the audit trail.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="say whether the log is unbroken")
    verify.add_argument("--file", help="an exported log, instead of the database")
    verify.add_argument("--anchor", type=_anchor, action="append", default=[], metavar="SEQ:HASH", help="as logged")
    verify.add_argument("--json", action="store_true", help="print one JSON object")
    export = commands.add_parser("export", help="write entries as JSON Lines, oldest first")
    export.add_argument("--subject", default="", metavar="UPN", help="only what is about one person")
    export.add_argument("--since", type=_time, metavar="TIME", help="ISO 8601, UTC unless it says otherwise")
    export.add_argument("--output", metavar="FILE", help="instead of the terminal")
    return parser


def _verify(options: argparse.Namespace) -> int:
    verdict = _of_file(options.file, options.anchor) if options.file else _of_database(options.anchor)
    is_broken = bool(verdict.fault)
    if options.json:
        _say(json.dumps(_told(verdict)))
        return BROKEN if is_broken else UNBROKEN
    if verdict.removed:
        _say(f"Entries 1 to {verdict.removed} were removed by retention, as the trail itself says.")
    for anchor in options.anchor:
        if anchor.seq < verdict.removed:
            _say(f"The anchor of entry {anchor.seq} proves nothing any more: the entry was removed.")
    if is_broken:
        _say(f"Broken: {verdict.fault}. Unbroken before it: {verdict.count - verdict.removed}.")
    else:
        count = verdict.count - verdict.removed
        _say(f"Unbroken, entries: {count}. To keep as an anchor: {verdict.count}:{verdict.newest}")
    return BROKEN if is_broken else UNBROKEN


def _told(verdict: Verdict) -> dict[str, object]:
    return {
        "unbroken": not verdict.fault,
        "entries": verdict.count - verdict.removed,
        "removed": verdict.removed,
        "newest": verdict.newest,
        "fault": verdict.fault,
    }


def _of_database(anchors: Sequence[Anchor]) -> Verdict:
    with _trail() as trail:
        head = trail.head
        verdict = check(trail.entries(), [*anchors, head], trail.cuts)
    if not verdict.fault and verdict.count > head.seq:
        return replace(verdict, fault=f"there are entries after {head.seq}, the newest that Mailroom wrote")
    return verdict


def _trail() -> AbstractContextManager["Trail"]:
    from jobs.audit_reading import open_trail

    database = read_database()
    if database.database_login == "url":
        return open_trail(database.database_url)
    from bot.database import token_source

    return open_trail(database.database_url, token_source(read()))


def _of_file(name: str, anchors: Sequence[Anchor]) -> Verdict:
    with _lines_of(name) as lines:
        cuts = _cuts_in(lines)
    with _lines_of(name) as lines:
        verdict = check(_entries_in(lines), anchors, cuts)
    if "stands in its place" in verdict.fault:
        return replace(verdict, fault=f"{verdict.fault} ({FILTERED})")
    return verdict


def _lines_of(name: str) -> TextIO:
    return Path(name).open(encoding="utf-8", errors="surrogateescape")


def _cuts_in(lines: Iterable[str]) -> list[Anchor]:
    """What is no entry cuts nothing; the check that follows says so."""
    found = []
    for line in lines:
        with suppress(NotAnEntry):
            found.append(cut_of(entry_in(line)))
    return [cut for cut in found if cut]


def _entries_in(lines: Iterable[str]) -> Iterator[AuditEntry]:
    for number, line in enumerate(lines, start=1):
        try:
            yield entry_in(line)
        except NotAnEntry as error:
            raise NotAnEntry(f"line {number} is no entry: {error}") from None


def _export(options: argparse.Namespace) -> int:
    with _trail() as trail, _output(options.output) as output:
        try:
            for entry in trail.entries(options.subject, options.since or ""):
                output.write(f"{line_of(entry)}\n")
        except NotAnEntry as error:
            return refuse(f"{error}: it and what follows is not written. See verify.", BROKEN)
    return UNBROKEN


def _output(name: str | None) -> TextIO:
    """A half of a surrogate pair, which only a tampered log can hold, becomes its JSON escape."""
    where = name or sys.stdout.fileno()
    return open(where, "w", encoding="utf-8", errors="backslashreplace", newline="\n", closefd=bool(name))


def _anchor(text: str) -> Anchor:
    found = _ANCHOR.fullmatch(text.strip().lower())
    if found is None:
        raise argparse.ArgumentTypeError("an anchor is a number, a colon and 64 hexadecimal digits")
    return Anchor(int(found[1]), found[2])


def _time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a time looks like 2026-11-23 or 2026-11-23T09:00:00Z") from None
    return written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
