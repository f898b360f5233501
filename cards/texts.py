"""Words on cards: text from outside made harmless, times in the reader's zone, durations, a card's first words."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from cards.language import counted, say

LIMIT = 200

_BREAKS = re.compile(r"[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ud800-\udfff]")
# Marks that are not seen but reorder or split what is; the joiners of Persian and of emoji (200c, 200d) stay.
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
_ACCENT = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED = re.compile(rf"({_ACCENT}{{3}}){_ACCENT}+")  # more than any script needs, over the lines around
_BRACE = re.compile(r"\{(?=\{)")
_LOOKALIKES = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "*": "∗", "`": "'", "|": "¦"})
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_LINK = re.compile(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)")
_MARKER = re.compile(r"^(#{1,6}|[-+=]|\d{1,9}[.)])(?: |$)")
_RULE = re.compile(r"^[-=~ ]+$")


def plain(text: str, limit: int = LIMIT) -> str:
    """`text` from outside on one line, so that no client reads markdown, a link, a mention or a macro in it.

    Letters stay; only marks with a meaning in markdown or HTML become their lookalikes. Underscores and dots
    inside words stay as well, so that addresses can be copied.
    """
    seen = text if text.isascii() else _PILED.sub(r"\1", _UNSEEN.sub("", text))
    line = " ".join(_BREAKS.sub(" ", seen).split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    line = _ESCAPE.sub("∖", _ENTITY.sub("＆", line)).translate(_LOOKALIKES)
    line = _UNDERSCORE.sub(lambda run: "＿" * len(run.group()), line).replace("~~", "∼∼")
    line = no_macros(_LINK.sub("\u2060", line))
    if _RULE.match(line):
        return line.replace("-", "–").replace("=", "＝").replace("~", "∼")
    return _MARKER.sub("\\1\u00a0", line)


def no_macros(text: str) -> str:
    """Two braces would be read as a date macro; in words for a person, a space between them does no harm."""
    return _BRACE.sub("{ ", text)


def stamp(moment: datetime) -> str:
    """As the macros of Adaptive Cards need it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def at_time(moment: datetime) -> str:
    """The time of day, which the client writes in the reader's own zone."""
    return f"{{{{TIME({stamp(moment)})}}}}"


def at_day(moment: datetime) -> str:
    return f"{{{{DATE({stamp(moment)},SHORT)}}}}"


def at(moment: datetime, now: datetime) -> str:
    """The time, with the day unless it is less than half a day away."""
    if abs(now - moment) < timedelta(hours=12):
        return at_time(moment)
    return f"{at_day(moment)}, {at_time(moment)}"


def duration(span: timedelta) -> str:
    """In words, the two largest units: "12 s", "6 min", "2 h 5 min", "3 days 4 h"."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return say("under 1 s")
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    whole = counted("1 day", "{n} days", days)
    return f"{whole} {hours} h" if hours else whole


def summary_of(card: dict[str, Any]) -> str:
    """The card's first words, for a notification and for clients that draw no cards."""
    return str(card.get("fallbackText", ""))
