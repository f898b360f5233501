"""“Who did you mean?”: the people whom a name could mean, each with the button that goes on with them."""

from collections.abc import Sequence

from cards import parts
from cards.elements import Column, ColumnSet, Element
from cards.language import say, told
from cards.parts import Card, plain
from provisioning.directory import Match

MOST = 10
LONGEST = 113  # characters of a sign-in name in Microsoft Entra ID


def choices_card(typed: str, matches: Sequence[Match]) -> Card:
    """The button of each goes on with the diagnosis."""
    words = plain(typed, 80)
    if not matches:
        nobody = say("Nobody was found for “{words}”.", words=words)
        return parts.card([parts.text(nobody)], nobody)
    title = say("Who do you mean by “{words}”?", words=words)
    shown = matches[:MOST]
    body: list[Element] = [parts.header(title), *[_row(match, index) for index, match in enumerate(shown)]]
    if len(matches) > MOST:
        more = len(matches) - MOST
        body.append(parts.small(say("{count} more are not shown. Type more of the name.", count=more)))
    return parts.card(body, title)


def _row(match: Match, index: int) -> Element:
    name = plain(match.display_name or match.upn, 80)
    by = say("Found by {what}", what=plain(told(match.matched), 60)) if match.matched else ""
    where = say("↺ In the recycle bin") if match.is_deleted else ""
    below = " · ".join(words for words in (where, by) if words)
    lines: list[Element] = [parts.text(name, weight="Bolder"), parts.small(plain(match.upn, 120), spacing="None")]
    if below:
        lines.append(parts.small(below, spacing="None"))
    what = {"text": f"diagnose {_key(match)}"}
    go = parts.button(say("Diagnose"), "run", what, tooltip=say("Diagnose {who}", who=name))
    columns = [
        Column(width="stretch", items=lines),
        Column(width="auto", items=[parts.buttons([go])], vertical_content_alignment="Center"),
    ]
    return ColumnSet(columns=columns, separator=index > 0, spacing="Medium")


def _key(match: Match) -> str:
    """The sign-in name, unless the command would be read as two words."""
    is_one_word = 0 < len(match.upn) <= LONGEST and not any(ch.isspace() or ch in "\"'“”" for ch in match.upn)
    return match.upn if is_one_word else match.id
