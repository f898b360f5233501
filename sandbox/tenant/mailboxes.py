"""When a mailbox is there: it is prepared after an enabled mailbox plan, and goes a while after its loss."""

import random
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.tenant.users import Mailbox

MEDIAN_MINUTES = 8.0
SPREAD = 0.6  # sigma of the lognormal: nine of ten mailboxes take 3 to 21 minutes
SLOW_SHARE = 0.03
SLOW_HOURS = (2.0, 24.5)
RECONNECT_MINUTES = (1.0, 5.0)
REMOVAL_MINUTES = (2.0, 15.0)
KEPT_DAYS = 30  # a disconnected mailbox can be reconnected for so long


class MailboxState(StrEnum):
    NONE = "none"
    PREPARING = "preparing"
    READY = "ready"
    LEAVING = "leaving"  # the license is gone, the mailbox still answers
    DISCONNECTED = "disconnected"


class Preparation(StrEnum):
    """How Exchange Online behaves for mailboxes that are asked for from now on."""

    NORMAL = "normal"
    SLOW = "slow"
    NEVER = "never"


def draw_preparation(rng: random.Random, how: Preparation) -> timedelta:
    """Lognormal around 8 minutes; about 3 % take hours, as now and then in real tenants."""
    if how is Preparation.SLOW or rng.random() < SLOW_SHARE:
        return timedelta(hours=rng.uniform(*SLOW_HOURS))
    return draw_usual(rng)


def draw_usual(rng: random.Random) -> timedelta:
    """Without the few that take hours: what held a mailbox up before is out of its way now."""
    return timedelta(minutes=MEDIAN_MINUTES * rng.lognormvariate(0.0, SPREAD))


def state_of(mailbox: Mailbox, now: datetime) -> MailboxState:
    if mailbox.wanted_at is not None:
        held_up = mailbox.never or bool(mailbox.blockers)
        done = not held_up and mailbox.ready_at is not None and mailbox.ready_at <= now
        return MailboxState.READY if done else MailboxState.PREPARING
    if mailbox.gone_at is not None and mailbox.gone_at > now:
        return MailboxState.LEAVING
    return MailboxState.DISCONNECTED if mailbox.existed else MailboxState.NONE


def answers(mailbox: Mailbox, now: datetime) -> bool:
    """Does the mailbox answer over REST?"""
    if mailbox.hidden_until is not None and mailbox.hidden_until > now:
        return False
    return state_of(mailbox, now) in (MailboxState.READY, MailboxState.LEAVING)


def follow_plan(mailbox: Mailbox, has_plan: bool, now: datetime, rng: random.Random, how: Preparation) -> None:
    """Call after every license change: starts, keeps or takes away the mailbox."""
    if has_plan and mailbox.wanted_at is None:
        _start(mailbox, now, rng, how)
    elif not has_plan and mailbox.wanted_at is not None:
        _stop(mailbox, now, rng)


def make_ready(mailbox: Mailbox, at: datetime) -> None:
    mailbox.wanted_at = mailbox.wanted_at or at
    mailbox.never, mailbox.ready_at, mailbox.gone_at, mailbox.blockers = False, at, None, ()


def make_never(mailbox: Mailbox, now: datetime) -> None:
    mailbox.wanted_at = mailbox.wanted_at or now
    mailbox.never, mailbox.ready_at = True, None


def _start(mailbox: Mailbox, now: datetime, rng: random.Random, how: Preparation) -> None:
    state = state_of(mailbox, now)
    kept = mailbox.gone_at is not None and now - mailbox.gone_at < timedelta(days=KEPT_DAYS)
    mailbox.wanted_at, mailbox.never = now, how is Preparation.NEVER
    if state is MailboxState.LEAVING:
        mailbox.ready_at = now
    elif mailbox.existed and kept:
        mailbox.ready_at = now + timedelta(minutes=rng.uniform(*RECONNECT_MINUTES))
    else:
        mailbox.ready_at = now + draw_preparation(rng, how)
    mailbox.gone_at = None


def _stop(mailbox: Mailbox, now: datetime, rng: random.Random) -> None:
    if state_of(mailbox, now) is MailboxState.READY:
        mailbox.existed = True
        mailbox.gone_at = now + timedelta(minutes=rng.uniform(*REMOVAL_MINUTES))
    mailbox.wanted_at = mailbox.ready_at = None
    mailbox.never, mailbox.blockers = False, ()
