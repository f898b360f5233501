"""What Mailroom can be told, with examples to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cards import parts
from cards.elements import Element, RichTextBlock, TextRun
from cards.language import say, spoken, told
from cards.parts import Card


@dataclass(frozen=True)
class CommandHelp:
    """One command: how to write it, what it does in a sentence, and an example ("" for no button)."""

    usage: str
    summary: str
    example: str = ""


def help_card(commands: Sequence[CommandHelp]) -> Card:
    """The same card for all who speak a language, so it is drawn once; nobody may change it."""
    return _drawn(tuple(commands), spoken())


@cache
def _drawn(commands: tuple[CommandHelp, ...], language: str) -> Card:  # noqa: ARG001 (what it is kept for)
    below = say("I create the account, assign the license and wait until the mailbox answers.")
    body: list[Element] = [parts.header("Mailroom", below)]
    for command in commands:
        usage = TextRun(text=command.usage, font_type="Monospace", weight="Bolder")
        body += [RichTextBlock(inlines=[usage]), parts.small(parts.plain(told(command.summary)), spacing="None")]
    examples = list(dict.fromkeys(command.example for command in commands if command.example))
    if examples:
        runs = [parts.button(parts.plain(example, 60), "run", {"text": example}) for example in examples]
        body.append(parts.buttons(runs))
    usages = "; ".join(parts.plain(command.usage) for command in commands)
    return parts.card(body, say("What Mailroom can do: {commands}.", commands=usages))
