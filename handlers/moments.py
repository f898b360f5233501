"""“at 08:00 tomorrow”, “on monday”, “at 2026-12-01 08:00”: words to a moment. Pure; docs/profiles.md has the grammar.

    when = day [time] | time [day]
    day  = today | tomorrow | monday … sunday (the next one, never today) | 2026-12-01
    time = 08:00 | 8:00 | 8am | 8:30 pm | at 8

“at” and “on” may stand before either. A day alone is 08:00. Everything is in the zone of whoever types.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from provisioning.errors import BadOrder
from provisioning.scheduled import said, zone_of
from provisioning.words import say

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MORNING = time(8)
FURTHEST = timedelta(days=366)

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?")
_FILLERS = ("at", "on")


@dataclass(frozen=True)
class _Said:
    day: date | None = None
    clock: time | None = None


def is_time_word(word: str) -> bool:
    """Whether what begins with this word speaks of a time."""
    low = word.lower()
    return low in (*_FILLERS, "today", "tomorrow", *DAYS) or bool(_DATE.match(low)) or bool(re.match(r"\d{1,2}:", low))


def moment_of(words: Sequence[str], now: datetime, zone: str) -> datetime:
    """In UTC. Raises BadOrder for what is no time, does not exist, is past, or is more than a year away."""
    where = zone_of(zone)
    local = now.astimezone(where)
    found = _read(_pieces(words), local.date())
    day = found.day or local.date()
    moment = _in_zone(datetime.combine(day, found.clock or MORNING), where)
    if moment <= now:
        raise BadOrder(_passed(said(moment, zone), None if found.day else found.clock or MORNING))
    if moment - now > FURTHEST:
        raise BadOrder(say("{when} is more than a year away, which I do not plan for.", when=said(moment, zone)))
    return moment


def _passed(when: str, clock: time | None) -> str:
    """`clock`: where no day was said, so that tomorrow may be meant."""
    if clock is None:
        return say("{when} has passed already.", when=when)
    return say("{when} has passed already. Say at {time} tomorrow.", when=when, time=f"{clock:%H:%M}")


def _pieces(words: Sequence[str]) -> list[str]:
    """In small letters, 2026-12-01T08:00 in two, “8 am” in one."""
    parts = " ".join(words).lower().replace(",", " ")
    parts = re.sub(r"(\d{4}-\d{1,2}-\d{1,2})t(?=\d)", r"\1 ", parts)
    return re.sub(r"(\d) (am|pm)\b", r"\1\2", parts).split()


def _read(pieces: Sequence[str], today: date) -> _Said:
    day: date | None = None
    clock: time | None = None
    before = ""
    for piece in pieces:
        if piece in _FILLERS and before not in _FILLERS:
            before = piece
            continue
        a_day = _day(piece, today)
        a_time = None if a_day else _time(piece, is_after_at=before == "at")
        if a_day is None and a_time is None:
            raise BadOrder(
                say(
                    "I do not understand “{typed}” as a time. "
                    "Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.",
                    typed=_clip(piece),
                )
            )
        if (a_day and day) or (a_time is not None and clock is not None):
            raise BadOrder(_named_twice(_clip(" ".join(pieces)), is_day=bool(a_day)))
        day, clock, before = a_day or day, clock if a_time is None else a_time, piece
    if before in (*_FILLERS, ""):
        raise BadOrder(
            say("A time is missing at the end. Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.")
        )
    return _Said(day, clock)


def _day(piece: str, today: date) -> date | None:
    if piece in ("today", "tomorrow"):
        return today + timedelta(days=piece == "tomorrow")
    if piece in DAYS:
        ahead = (DAYS.index(piece) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    if not _DATE.fullmatch(piece):
        return None
    try:
        return date(*(int(part) for part in piece.split("-")))
    except ValueError:
        raise BadOrder(
            say(
                "There is no day {day}. Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.",
                day=piece,
            )
        ) from None


def _time(piece: str, *, is_after_at: bool) -> time | None:
    found = _TIME.fullmatch(piece)
    if found is None or not (found[2] or found[3] or is_after_at):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        raise BadOrder(_no_time(piece))
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise BadOrder(_no_time(piece)) from None


def _named_twice(text: str, *, is_day: bool) -> str:
    if is_day:
        return say(
            "“{typed}” names two days. Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.",
            typed=text,
        )
    return say(
        "“{typed}” names two times. Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.",
        typed=text,
    )


def _no_time(piece: str) -> str:
    return say(
        "There is no time {time}. Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.",
        time=piece,
    )


def _in_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    """In UTC; the first of two where clocks go back. Raises BadOrder for an hour that clocks leave out."""
    try:
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise BadOrder(
            say(
                "{day} is too far away. Write it like at 08:00 tomorrow, on monday, or at 2026-12-01 08:00.",
                day=f"{wall:%Y-%m-%d}",
            )
        ) from None
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        raise BadOrder(
            say(
                "There is no {time} on {day} in {zone}: the clocks go forward then.",
                time=f"{wall:%H:%M}",
                day=f"{wall:%Y-%m-%d}",
                zone=zone.key,
            )
        )
    return moment


def _clip(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
