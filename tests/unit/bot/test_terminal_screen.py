"""What the terminal shows: nothing from the tenant is obeyed, JSON stays JSON, and tables fit a narrow screen."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from support.fake_directory import E3

from bot.refusing import refuse, safe
from bot.terminal.person import is_at_terminal, whoever_sits_here
from bot.terminal.preview import show_preview
from bot.terminal.screen import print_json, print_lines
from bot.terminal.tables import show_cases, show_licenses, show_report
from provisioning.bulk import Bulk, BulkLine, Seats
from provisioning.bulk_checking import Checked
from provisioning.case import CaseState, Order, Person, Stage
from provisioning.figures import BUCKETS, Report, Week
from provisioning.listing import CaseLine, CasePage

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
EVIL = "[red]Eve[/red] \x1b[31m\x1b]0;title\x07\u202eback\x9b2J\nnew :smile:"
PLAIN = "[red]Eve[/red] [31m]0;titleback2J new :smile:"
COLORED = ("\x1b[1m", "\x1b[2m", "\x1b[3", "\x1b[0m")


def on(width: int, *, is_terminal: bool = False, no_color: bool = False) -> Console:
    color = "standard" if is_terminal else None
    file = io.StringIO()
    kinds = {"markup": False, "highlight": False, "emoji": False, "legacy_windows": False}
    return Console(file=file, width=width, force_terminal=is_terminal, color_system=color, no_color=no_color, **kinds)


def shown(console: Console) -> str:
    return console.file.getvalue()


def line(upn: str = "jane@contoso.com", name: str = "Jane", asker: str = "Helga") -> CaseLine:
    return CaseLine("c1", upn, name, CaseState.WAITING, Stage.MAILBOX, "id", asker, NOW, waiting_since=NOW)


def report() -> Report:
    weeks = (Week(date(2026, 11, 16), 0), Week(date(2026, 11, 23), 4, timedelta(minutes=9), timedelta(minutes=20)))
    counts = tuple(range(len(BUCKETS)))
    return Report(weeks, counts, timedelta(minutes=9), timedelta(minutes=20), (("ready", 4),), (("C12", 2),))


@given(st.text(st.characters(codec=None)))
def test_what_is_made_safe_is_one_line_that_no_terminal_obeys(text: str) -> None:
    made = safe(text)
    assert all(letter.isprintable() or letter in "\u200c\u200d" for letter in made)
    assert safe(made) == made


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_is_the_same_when_it_is_read_and_obeyed_by_no_terminal(document: object) -> None:
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", written)
        print_json(document)
    text = written.getvalue()
    assert json.loads(text) == document
    assert all(letter.isprintable() or letter in "\u200c\u200d" for letter in text.removesuffix("\n"))


def test_lines_and_refusals_are_made_safe_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(f"    {EVIL}")
    assert refuse(EVIL, 2) == 2
    assert capsys.readouterr() == (f"    {PLAIN}\n", f"mailroom: {PLAIN}\n")


def test_names_from_the_tenant_are_neither_markup_nor_obeyed() -> None:
    console = on(200)
    order = Order("eve@contoso.com", EVIL, "US", E3.id, EVIL)
    good, bad = BulkLine(1, "eve", order=order), BulkLine(2, EVIL, problem=EVIL)
    show_preview(console, Bulk("b", EVIL, Person("p", "P"), NOW, 1, 1), Checked((good, bad), (Seats(EVIL, 1, 2),)))
    show_cases(console, CasePage((line(EVIL, EVIL, EVIL),), 1), EVIL, NOW)
    show_licenses(console, [E3], 5, [line(EVIL)], NOW)
    text = shown(console)
    assert text.count(PLAIN) == 9
    assert set("\x1b\x07\x9b\u202e").isdisjoint(text)


@pytest.mark.parametrize("width", [30, 50, 80, 140])
def test_nothing_is_wider_than_the_screen(width: int) -> None:
    console = on(width)
    long = line("a-rather-long-name-of-somebody@contoso.onmicrosoft.com", asker="Somebody with a long name")
    show_cases(console, CasePage((long,), 1, counts=(("open", 1),)), "open", NOW)
    show_licenses(console, [E3], 5, [long], NOW)
    show_report(console, report())
    rows = shown(console).splitlines()
    assert max(map(len, rows)) <= width
    assert "asked by" in shown(console) or width < 72
    together = "".join(row.strip() for row in rows)
    assert "onmicrosoft.com" in together.replace(" ", "") or width < 50


def test_without_color_there_are_bars_of_different_length_and_no_escape() -> None:
    console = on(100)
    show_report(console, report())
    bars = {row.count("━") for row in shown(console).splitlines() if "min" in row and "━" in row}
    assert len(bars) > 2
    assert not any(code in shown(console) for code in COLORED)
    colored = on(100, is_terminal=True)
    show_report(colored, report())
    assert any(code in shown(colored) for code in COLORED)


def test_whoever_sits_here_is_named_by_the_system_not_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    person = whoever_sits_here()
    assert is_at_terminal(person)
    assert "somebody-else" not in person.id + person.name
    assert not is_at_terminal(Person("6f0e1d2c-0000-4000-8000-0000000000a1", "terminal:helga"))
