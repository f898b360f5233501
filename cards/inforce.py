"""The settings in force, for admins: what differs from the default, and what can be changed in the chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards import parts
from cards.elements import Element, TextInput
from cards.language import marked, say, told
from cards.parts import Card, plain

MOST_BYTES = 14_000
_SECRETS = {"set": marked("set"), "not set": marked("not set")}  # what is shown of a secret


@dataclass(frozen=True)
class SettingLine:
    """A setting as it may be shown: never a secret. `name` is the environment variable's."""

    name: str
    value: str
    meaning: str
    is_default: bool


def settings_card(lines: Sequence[SettingLine], warning: int, warning_set_here: bool) -> Card:
    """`warning`: the seats warning in force; `warning_set_here`: in the chat, whatever the environment says."""
    title = say("Settings in force")
    own = [line for line in lines if not line.is_default]
    usual = [line for line in lines if line.is_default]
    rest = say("Everything else is set where Mailroom runs: the environment variable of that name, and a restart.")
    body: list[Element] = [
        parts.header(title, say("{count} differ from the default", count=len(own))),
        *_changeable(warning, warning_set_here),
        parts.text(say("Set for this Mailroom"), weight="Bolder", separator=True, spacing="Medium"),
        *_rows(own),
        *parts.evidence(say("At their defaults"), _rows(usual), "defaults"),
        parts.small(rest, spacing="Medium"),
    ]
    return parts.card(body, title, wide=True)


def _changeable(warning: int, set_here: bool) -> list[Element]:
    label = say("A license is low at so many free seats (as MAILROOM_SEATS_WARNING says)")
    if set_here:
        label = say("A license is low at so many free seats (set in the chat)")
    field = TextInput(
        id="seats_warning",
        label=label,
        value=str(warning),
        max_length=6,
        regex="^[0-9]+$",
        is_required=True,
        error_message=say("A whole number, 0 or more"),
    )
    save = parts.button(say("Save"), "settings-save", {}, sends_inputs=True, style="positive")
    reset = [parts.button(say("Back to the default"), "settings-reset", {})] if set_here else []
    return [parts.text(say("Can be changed here"), weight="Bolder"), field, parts.buttons([save, *reset])]


def _rows(lines: Sequence[SettingLine]) -> list[Element]:
    """As many as a message holds."""
    rows: list[Element] = []
    for line in lines:
        rows.append(_row(line))
        if parts.size(rows) > MOST_BYTES // 2:
            rows[-1] = parts.small(say("And {count} more.", count=len(lines) - len(rows) + 1))
            break
    return rows or [parts.small(say("None."))]


def _row(line: SettingLine) -> Element:
    shown = told(_SECRETS[line.value]) if line.value in _SECRETS else line.value
    value = plain(shown, 160) or say("(nothing)")
    return parts.text(f"**{plain(line.name, 60)}** {value}", size="Small", spacing="Small")
