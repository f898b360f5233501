"""On whose behalf something is done: set around a piece of work, read by whatever writes the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from provisioning.case import Person

MAILROOM = Person("mailroom", "Mailroom")  # what it does by itself, such as watching


@dataclass(frozen=True)
class Acting:
    """`subject`: the UPN that the work is about; `case`: the id of the case or repair, "" where there is none."""

    actor: Person = MAILROOM
    subject: str = ""
    case: str = ""


_NOBODY = Acting()
_now: ContextVar[Acting] = ContextVar("acting", default=_NOBODY)


def acting() -> Acting:
    return _now.get()


@contextmanager
def acting_for(actor: Person, subject: str = "", case: str = "") -> Iterator[None]:
    """Everything inside, tasks started in it included, is done for `actor`."""
    token = _now.set(Acting(actor, subject, case))
    try:
        yield
    finally:
        _now.reset(token)
