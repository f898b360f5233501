"""`python -m bot.reference settings|commands`: the pages of docs/ that are made from the code."""

import sys
from collections.abc import Callable, Mapping

import handlers  # noqa: F401 (registers every command)
from bot.settings import rows
from handlers.access import Role
from handlers.registry import roles

SETTINGS = """\
# Settings

Environment variables, or lines of a `.env` file. An empty one counts as not set; a wrong or missing one stops the start
with a line that names it. `settings` in the chat shows admins what is in force; `python -m bot.doctor` checks it.

This page is made from `bot/settings.py` by `python -m bot.reference settings > docs/settings.md`, and a test holds them
together.

| setting | default | what it is |
|---|---|---|
"""
COMMANDS = """\
# Commands

In a 1:1 chat as they stand, in a group chat or channel after `@Mailroom`. What is in brackets may be left out. `help`
shows them in the chat. Where roles are set, the last column says who may; an operator may what a viewer may, and an
admin all.

This page is made from `handlers/` by `python -m bot.reference commands > docs/commands.md`, and a test holds them
together.

| command | what it does | who |
|---|---|---|
"""


def settings_page() -> str:
    lines = [f"| `{row.name}` | {_code(row.default)} | {_cell(row.meaning)} |" for row in rows()]
    return SETTINGS + "\n".join(lines) + "\n"


def commands_page() -> str:
    lines = [f"| `{_cell(help_.usage)}` | {_cell(help_.summary)} | {_who(role)} |" for help_, role in roles()]
    return COMMANDS + "\n".join(lines) + "\n"


def _who(role: Role | None) -> str:
    return role.name.lower() if role else "everybody"


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES: Mapping[str, Callable[[], str]] = {"settings": settings_page, "commands": commands_page}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PAGES:
        sys.exit("Say which page: settings or commands.")
    sys.stdout.write(PAGES[sys.argv[1]]())
