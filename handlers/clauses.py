"""What may stand behind the address of an order: `as sales`, and when it is to begin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.grammar import Command, clip
from handlers.moments import is_time_word, moment_of
from provisioning.errors import BadOrder
from provisioning.scheduled import zone_of
from provisioning.words import say


@dataclass(frozen=True)
class Clauses:
    """Empty where nothing was said. `zone` is that of `starts_at`."""

    profile: str = ""
    starts_at: datetime | None = None
    zone: str = ""


def clauses_of(typed: Command, now: datetime, zone: str) -> tuple[Command, Clauses]:
    """The command without them. Raises BadOrder for a clause that is begun and makes no sense."""
    names = [arg for arg in typed.args if "@" in arg]
    profile, words = _profile([arg for arg in typed.args if "@" not in arg])
    if not words or not is_time_word(words[0]):
        return replace(typed, args=(*names, *words)), Clauses(profile)
    starts_at = moment_of(words, now, zone)
    return replace(typed, args=tuple(names)), Clauses(profile, starts_at, zone_of(zone).key)


def profile_of(typed: Command) -> tuple[Command, str]:
    """Of a list: the command without “as sales”, and the profile. Raises BadOrder for a time."""
    names = [arg for arg in typed.args if "@" in arg]
    profile, words = _profile([arg for arg in typed.args if "@" not in arg])
    if words and is_time_word(words[0]):
        raise BadOrder(
            say(
                "A list begins at once, so leave out “{typed}”, or order this person alone.",
                typed=clip(" ".join(words)),
            )
        )
    return replace(typed, args=(*names, *words)), profile


def as_words(profile: str, starts_at: datetime | None, zone: str) -> tuple[str, ...]:
    """The clauses as they could be typed."""
    local = starts_at.astimezone(zone_of(zone)) if starts_at else None
    when = ("at", f"{local:%Y-%m-%d}", f"{local:%H:%M}") if local else ()
    return (*(("as", profile) if profile else ()), *when)


def _profile(words: Sequence[str]) -> tuple[str, list[str]]:
    """The name behind “as”, and the other words."""
    places = [index for index, word in enumerate(words) if word.lower() == "as"]
    if not places:
        return "", list(words)
    if len(places) > 1:
        raise BadOrder(
            say("One order takes one profile: write “as” once, such as provision jane@contoso.com as sales.")
        )
    [index] = places
    if index + 1 == len(words):
        raise BadOrder(say("As what? Write the profile's name behind “as”; type profiles to see them."))
    return words[index + 1], [*words[:index], *words[index + 2 :]]
