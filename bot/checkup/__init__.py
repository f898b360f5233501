"""What `python -m bot.doctor` finds, and how each of its checks is kept from hanging or breaking the others."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from provisioning.errors import GraphError, MailroomError

T = TypeVar("T")
SECONDS = 15.0  # for one check


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Found:
    """Of one check: what is so, and what to do about it. Neither ever holds a secret."""

    name: str
    state: State
    sentence: str
    remedy: str = ""

    @property
    def is_failed(self) -> bool:
        return self.state is State.FAILED


def ok(name: str, sentence: str) -> Found:
    return Found(name, State.OK, sentence)


def warning(name: str, sentence: str, remedy: str) -> Found:
    return Found(name, State.WARNING, sentence, remedy)


def failed(name: str, sentence: str, remedy: str) -> Found:
    return Found(name, State.FAILED, sentence, remedy)


def skipped(name: str, sentence: str, remedy: str = "") -> Found:
    return Found(name, State.SKIPPED, sentence, remedy)


async def within(name: str, work: Awaitable[Found], remedy: str, seconds: float = SECONDS) -> Found:
    """What the check found, or that it broke or took too long. What an unknown error says is not shown."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        return failed(name, f"No answer within {seconds:g} seconds.", remedy)
    except GraphError as error:
        trace = f" ({error.trace.code}: {error.trace.message})" if error.trace.code else ""
        return failed(name, f"{error.sentence}{trace}", remedy)
    except MailroomError as error:
        return failed(name, error.sentence, remedy)
    except Exception as error:
        return failed(name, f"The check broke: {type(error).__name__}.", remedy)


async def whole(name: str, checks: Awaitable[list[Found]]) -> list[Found]:
    """A group of checks; what breaks outside each of them breaks no other group."""
    try:
        return await checks
    except Exception as error:
        return [failed(name, f"The checks broke: {type(error).__name__}.", "Tell whoever develops Mailroom.")]


async def aside(call: Callable[[], T]) -> T:
    """In a thread of its own, that nobody waits for at the end: a call to a database that is gone may never return."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:
            with suppress(InvalidStateError):
                done.set_exception(error)
            return
        with suppress(InvalidStateError):  # nobody waits any more
            done.set_result(result)

    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(done)
