"""Waiting for the mailbox: what a look at it means, and when to look again. Pure.

Microsoft's own figures: usually under 30 minutes, up to 24 hours
(learn.microsoft.com/exchange/troubleshoot/user-and-shared-mailboxes/delays-provision-mailbox-sync-changes).
"""

import zlib
from datetime import datetime, timedelta

from provisioning.case import Case, Problem, Stage, StageState, enter, give_up, touch
from provisioning.directory import Probe, ProbeResult
from provisioning.words import say

USUAL = timedelta(minutes=30)
LONG = timedelta(hours=4)
HALF_A_DAY = timedelta(hours=12)
LONGEST = timedelta(hours=24)
EXPLAINED_AFTER = (30 / 60, 4, 24, 48)  # hours: a longer wait changes its reasons less
JITTER = 0.25  # of the spacing, at most
SPACINGS = ((USUAL, 1), (LONG, 4), (HALF_A_DAY, 10))  # until this age, times the shortest spacing
SELDOM = 20  # after that
SHOWN_EVERY = timedelta(seconds=30)
GIVE_UP = timedelta(hours=72)  # none lives for ever: three times what Microsoft calls the longest

PREPARING = say("Preparing a mailbox for this user. Usually under 30 minutes, sometimes up to 24 hours.")
LATE = say("Still preparing the mailbox after 30 minutes. Microsoft allows up to 24 hours; Mailroom keeps looking.")
OVERDUE = say("Not ready after 24 hours: contact Microsoft Support. Mailroom keeps looking for another two days.")
GAVE_UP = say("The mailbox did not appear within 72 hours, so Mailroom stopped looking. Contact Microsoft Support.")


def spacing(age: timedelta, shortest: float, case_id: str = "") -> timedelta:
    """Seconds to the next look, by the age of the wait: often while it is likely, seldom later.

    `shortest` (the POLL_SECONDS setting) for the first half hour, then 4 times, after 4 hours 10 and after 12 hours 20
    times that. Each case adds its own share of up to a quarter, so that a thousand started together soon come due
    evenly.
    """
    factor = next((times for until, times in SPACINGS if age < until), SELDOM)
    return timedelta(seconds=shortest * factor * (1 + JITTER * _phase(case_id)))


def longest_spacing(shortest: float) -> float:
    """Seconds: no look is ever put off for longer."""
    return shortest * SELDOM * (1 + JITTER)


def observe(case: Case, probe: Probe, now: datetime, shortest: float) -> Case:
    """The waiting case after one look that did not find the mailbox ready. READY is `finish`'s business."""
    if case.waiting_since is None:
        raise ValueError(f"case {case.id} is not waiting")
    age = now - case.waiting_since
    if age >= GIVE_UP:
        return give_up(case, Problem(GAVE_UP, probe.trace), now)
    note = PREPARING if age < USUAL else LATE if age < LONGEST else OVERDUE
    noted = case if case.stage(Stage.MAILBOX).note == note else enter(case, Stage.MAILBOX, note, now)
    return touch(
        noted,
        now,
        problem=_unreadable(probe),
        checks=case.checks + 1,
        last_check_at=now,
        next_check_at=now + spacing(age, shortest, case.id),
    )


def lateness(case: Case, now: datetime) -> str:
    """Why the case wants an explanation now, as a key that is new at each threshold; "" while it is in time."""
    waited = now - case.waiting_since if case.waiting_since else timedelta(0)
    passed = [hours for hours in EXPLAINED_AFTER if waited >= timedelta(hours=hours)]
    return f"after {passed[-1]:g} hours" if passed else ""


def worth_showing(before: Case, after: Case) -> bool:
    """Should the card be redrawn for this look? Often while the person is likely watching, seldom later.

    Not for every look where looks are frequent: a redrawn card takes what a click has just shown on it away.
    """
    if before.state is not after.state or before.problem != after.problem or before.stages != after.stages:
        return True
    if after.waiting_since is None or after.last_check_at is None or after.next_check_at is None or after.checks == 1:
        return True
    age = after.last_check_at - after.waiting_since
    # At the shortest spacing of 30 s: every 20 minutes until four hours, every six hours after.
    seldom = 1 if age < timedelta(minutes=10) else 10 if age < LONG else 72 if age < HALF_A_DAY else 36
    looks = SHOWN_EVERY / max(after.next_check_at - after.last_check_at, timedelta(milliseconds=1))
    return after.checks % max(seldom, round(looks)) == 0


def is_waiting_for_sync(case: Case) -> bool:
    return case.stage(Stage.SYNC).state is StageState.RUNNING


def _phase(case_id: str) -> float:
    """0 to 1, always the same for one case, evenly spread over all of them."""
    return zlib.crc32(case_id.encode()) / 2**32 if case_id else 0.0


def _unreadable(probe: Probe) -> Problem | None:
    if probe.result is not ProbeResult.UNKNOWN:
        return None
    if not probe.trace.status:
        return Problem(say("The last look at the mailbox could not be made. Mailroom tries again."), probe.trace)
    answer = f"{probe.trace.status} {probe.trace.code}"
    return Problem(
        say("The last look at the mailbox could not be made ({answer}). Mailroom tries again.", answer=answer),
        probe.trace,
    )
