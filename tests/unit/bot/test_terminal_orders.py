"""The terminal's commands in this process, against the sandbox over HTTP and a database that no bot is at work on."""

import io
import json
import re
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from support.contoso import TENANT_ID
from support.sandbox_app import Sandbox, running_sandbox

from bot import cli
from bot.settings import read
from bot.terminal import screen
from jobs.migrations import migrate
from jobs.tables import bulks, open_engine, schedules

E3 = ("--license", "E3", "--location", "de")
JANE = ("jane@contoso.com", "--name", "Jane Doe", *E3)
LIST = "UPN;Name;Shoe size\njane@contoso.com;Jane;44\nnobody;X;44\nbob@elsewhere.com;Bob;44\n"

Run = Callable[..., Awaitable[int]]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    engine = open_engine(f"sqlite:///{tmp_path}/mailroom.db")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def run(sandbox: Sandbox, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command line, up to its exit code."""
    settings = {
        "APP_TYPE": "Anonymous",
        "TENANT_ID": TENANT_ID,
        "GRAPH_BASE_URL": str(sandbox.client.make_url("/v1.0")),
        "DATABASE_URL": str(engine.url),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"MAILROOM_{name}", value)

    async def run(*arguments: str) -> int:
        return await cli.run(cli.options_of(arguments), read())

    return run


def ordered(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(bulks.c.state).where(bulks.c.state != "draft")).scalars())


async def test_the_list_is_checked_whole_and_nothing_begins(
    run: Run, engine: sa.Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.csv").write_text(LIST)
    assert await run("provision", "--csv", str(tmp_path / "new.csv"), *E3, "--yes") == screen.BAD
    shown, error = capsys.readouterr()
    for words in ("1 person can start, 2 cannot", "1 needed,", "line 3", "“nobody” is not an address", "Shoe size"):
        assert words in shown
    assert "elsewhere.com is not a verified domain" in shown
    assert "--skip-bad" in error
    assert ordered(engine) == []


async def test_without_a_bot_nothing_is_ordered_unless_it_may_wait_for_one(
    run: Run, engine: sa.Engine, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("provision", *JANE, "--yes") == screen.UNREACHABLE
    assert "No Mailroom runs" in capsys.readouterr().err
    assert ordered(engine) == []
    assert await run("provision", *JANE, "--yes", "--no-wait", "--json") == screen.WELL
    shown, error = capsys.readouterr()
    document = json.loads(shown)
    assert (document["state"], document["people"][0]["upn"]) == ("running", "jane@contoso.com")
    assert "begin when one does" in error
    assert ordered(engine) == ["running"]
    assert (await sandbox.get("/users/jane@contoso.com")).status == 404  # the terminal itself does nothing


async def test_without_yes_and_nobody_to_ask_nothing_is_ordered(
    run: Run, engine: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("provision", *JANE, "--no-wait", "--json") == screen.BAD
    shown, error = capsys.readouterr()
    assert json.loads(shown)["people"][0]["state"] == "to_do"
    assert "Say --yes" in error
    assert ordered(engine) == []


async def test_the_others_are_ordered_only_where_that_is_said(
    run: Run, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(LIST.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert await run("provision", "--csv", "-", *E3, "--yes", "--skip-bad", "--no-wait", "--json") == screen.WELL
    states = [one["state"] for one in json.loads(capsys.readouterr().out)["people"]]
    assert states == ["to_do", "refused", "refused"]
    assert ordered(engine) == ["running"]


async def test_a_dry_run_changes_nothing(run: Run, engine: sa.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("provision", "jane.doe@contoso.com", "--names-from-addresses", *E3, "--dry-run") == screen.WELL
    assert "Jane Doe" in capsys.readouterr().out
    assert await run("provision", "jane.doe@contoso.com", *E3, "--dry-run") == screen.BAD
    assert "--names-from-addresses" in capsys.readouterr().out
    assert ordered(engine) == []


async def test_one_person_can_be_ordered_for_later(
    run: Run, engine: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    later = ("--at", "08:00 tomorrow", "--zone", "Europe/Berlin", "--yes")
    assert await run("provision", *JANE, *later) == screen.WELL
    assert "08:00 (Europe/Berlin)" in capsys.readouterr().out
    with engine.connect() as connection:
        assert connection.execute(sa.select(schedules.c.upn)).scalars().all() == ["jane@contoso.com"]
    assert await run("provision", *JANE, *later) == screen.BAD  # already
    assert ordered(engine) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a@contoso.com", "b@contoso.com", "--name", "A B"), "--name is for one person"),
        (("a@contoso.com", "b@contoso.com", "--at", "08:00 tomorrow"), "--at is for one person"),
        (("a@contoso.com", "--at", "soon"), "as a time"),
        (("a@contoso.com", "--at", "08:00 tomorrow", "--zone", "Mars"), "no time zone “Mars”"),
        (("--csv", "no/such/file"), "no/such/file cannot be read"),
        (("--csv", "/dev/null"), "nobody in this list"),
    ],
)
async def test_what_makes_no_sense_is_one_sentence(
    run: Run, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("provision", *words) == screen.BAD
    shown, error = capsys.readouterr()
    assert shown == ""
    assert error.startswith("mailroom: ")
    assert says in error
    assert error.count("\n") == 1


async def test_lists_are_one_json_document(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("provision", *JANE, "--yes", "--no-wait") == screen.WELL
    capsys.readouterr()

    async def asked(*words: str) -> Any:
        assert await run(*words, "--json") == screen.WELL
        shown, error = capsys.readouterr()
        assert error == ""
        return json.loads(shown)

    assert await asked("cases", "all", "--by", "me") == {
        "total": 0,
        "page": 1,
        "limit": 50,
        "counts": {"open": 0, "late": 0},
        "cases": [],
    }
    seats = await asked("licenses")
    assert seats["warning"] == 5
    assert {"name": "Office 365 E3", "low": False}.items() <= seats["licenses"][0].items()
    found = await asked("report", "--weeks", "3")
    assert (found["count"], len(found["weeks"]), found["median_seconds"]) == (0, 3, None)


@pytest.mark.parametrize(
    "words", [("cases", "sometimes"), ("cases", "--stage", "x"), ("cases", "--limit", "0"), ("report", "--weeks", "99")]
)
async def test_a_wrong_filter_is_refused(run: Run, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(*words) == screen.BAD
    assert capsys.readouterr().out == ""


async def test_sign_in_details_are_shown_on_an_interactive_screen_only(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("sign-in", "jane@contoso.com") == screen.BAD
    assert "interactive terminal only" in capsys.readouterr().err
    with pytest.raises(SystemExit) as refused:
        cli.options_of(["sign-in", "jane@contoso.com", "--json"])
    assert refused.value.code == screen.BAD


async def test_a_database_or_a_graph_that_is_not_there_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILROOM_GRAPH_BASE_URL", "http://127.0.0.1:1/v1.0")
    assert await run("licenses") == screen.UNREACHABLE
    monkeypatch.setenv("MAILROOM_DATABASE_URL", "postgresql://127.0.0.1:1/mailroom")
    assert await run("cases") == screen.UNREACHABLE
    monkeypatch.setenv("MAILROOM_DATABASE_URL", "sqlite:///no/such.db")
    assert await run("cases") == screen.BAD
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [["provision"], ["provision", "a@contoso.com", "--csv", "x"], ["report", "x"], []])
def test_a_wrong_command_line_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        cli.options_of(words)
    assert refused.value.code == screen.BAD


def test_help_says_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["provision", "--help"]):
        with pytest.raises(SystemExit):
            cli.options_of(words)
        assert "3    Microsoft Graph or the database does not answer" in capsys.readouterr().out


def test_what_the_documentation_tells_to_type_is_understood() -> None:
    page = (Path(__file__).parents[3] / "docs/cli.md").read_text()
    examples = re.findall(r"^    python -m bot.cli ([^\[\n]*@[^\[\n]*|[^\[\n]*\.csv[^\[\n]*)$", page, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        assert cli.options_of(shlex.split(example)).command == "provision"
    options = set(re.findall(r"`(--[a-z-]+)", page))
    text = "".join(command.format_help() for command in cli._parser()._subparsers._group_actions[0].choices.values())
    assert options <= set(re.findall(r"--[a-z-]+", text))
