"""The results of a bulk as a CSV file. Pure. No sign-in details are ever in it."""

import csv
import io
from collections.abc import Sequence

from provisioning.bulk import Bulk, Fate, Outcome

HEADER = ("line", "upn", "name", "state", "mail", "account", "note")
_WORDS = {
    Fate.TO_DO.value: "to do",
    Fate.REFUSED.value: "not started",
    Fate.STOPPED.value: "stopped before it began",
    Fate.ELSEWHERE.value: "ordered by somebody else",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate: owasp.org, "CSV Injection"


def results_csv(outcomes: Sequence[Outcome]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in outcomes:
        state = _WORDS.get(one.state, one.state.replace("_", " "))
        row = (str(one.number), one.upn, one.name, state, one.mail, one.origin, one.sentence)
        writer.writerow([_harmless(cell) for cell in row])
    return written.getvalue().encode("utf-8-sig", "replace")


def file_name(bulk: Bulk) -> str:
    """Of letters that every file system takes."""
    stem = bulk.title.rpartition(".")[0] or bulk.title
    kept = "".join(character if character.isalnum() or character in "-_" else "-" for character in stem)[:60]
    return f"{kept.strip('-') or 'list'}-results.csv"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
