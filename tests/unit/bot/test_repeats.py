"""How long a turn is remembered."""

import asyncio

from bot.activity import Activity, Place
from bot.repeats import KEPT, KEPT_SECONDS, Repeats


async def nothing() -> None:
    """A turn without an answer."""


def message(number: int) -> Activity:
    return Activity(type="message", id=str(number), conversation=Place(id="chat"))


async def test_a_turn_is_forgotten_after_minutes_and_when_there_are_too_many():
    time = [0.0]
    repeats = Repeats(lambda: time[0])
    turn = asyncio.create_task(nothing())
    repeats.keep(message(0), turn)
    assert repeats.find(message(0)) is turn
    for number in range(1, KEPT + 1):
        repeats.keep(message(number), turn)
    assert repeats.find(message(0)) is None
    assert repeats.find(message(1)) is turn
    time[0] = KEPT_SECONDS + 1
    assert repeats.find(message(1)) is None


async def test_what_has_no_id_is_never_taken_for_the_same():
    repeats = Repeats()
    nameless = Activity(type="message", conversation=Place(id="chat"))
    repeats.keep(nameless, asyncio.create_task(nothing()))
    assert repeats.find(nameless) is None
