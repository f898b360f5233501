"""`python -m graph.permissions_page > docs/permissions.md`: the table of permissions as a page."""

import sys

from graph.granted import ALSO_ENOUGH, features
from graph.permissions import PERMISSIONS

INTRODUCTION = """\
# What Mailroom may do in Microsoft Graph

Mailroom uses application permissions only, the least privileged that Microsoft documents for each call. Grant those
of the first table that you need, with admin consent: without one, what stands beside it stops working, and nothing
else. At its start Mailroom says in its log what is off for want of a permission, and `GET /readyz` lists it.

Before every change Mailroom reads whether the account holds a directory role or is protected by `MAILROOM_PROTECTED`.
Where that cannot be read it changes nothing. Eligible roles, custom roles and those limited to an administrative unit
are not among what it reads: name such people, or a group of them, in `MAILROOM_PROTECTED`.

`infra/grant-graph-roles.sh CLIENT_ID` grants those of the table and no others; `--dry-run` only says what, `--without
PERMISSION` leaves one out. It also names what is granted beyond the table.

This page is made from `graph/permissions.py` by `python -m graph.permissions_page`, and a test holds them together.
"""


def page() -> str:
    return "\n".join([INTRODUCTION, "## Permissions\n", *_permissions(), "", "## Calls\n", *_calls(), ""])


def _permissions() -> list[str]:
    rows = [
        f"| `{name}` | {'; '.join(stops)} | {', '.join(f'`{other}`' for other in ALSO_ENOUGH.get(name, ()))} |"
        for name, stops in sorted(features().items())
    ]
    return ["| permission | what stops without it | also enough |", "|---|---|---|", *rows]


def _calls() -> list[str]:
    rows = [
        f"| `{call}` | `{needed.name}` | to {needed.action} | {needed.feature} |"
        for call, needed in PERMISSIONS.items()
    ]
    return ["| call | permission | why | what stops without it |", "|---|---|---|---|", *rows]


if __name__ == "__main__":
    sys.stdout.write(page())
