"""How urgent a piece of work is: set at its entry point, read by whatever has to share something scarce."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Priority(IntEnum):
    """The lower, the sooner."""

    INTERACTIVE = 0  # somebody waits for the answer
    WORK = 1  # the steps of a case or a repair, a bulk of them included
    BACKGROUND = 2  # looking again at what is waited for


_now: ContextVar[Priority] = ContextVar("priority", default=Priority.INTERACTIVE)


def priority() -> Priority:
    """Interactive unless somebody said otherwise."""
    return _now.get()


@contextmanager
def done_as(urgency: Priority) -> Iterator[None]:
    """Everything inside, tasks started in it included, has this priority."""
    token = _now.set(urgency)
    try:
        yield
    finally:
        _now.reset(token)


def as_priority(urgency: Priority) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """The same for a whole coroutine function."""

    def decorate(work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(work)
        async def run(*args: P.args, **kwargs: P.kwargs) -> T:
            with done_as(urgency):
                return await work(*args, **kwargs)

        return run

    return decorate
