"""The oldest entries of the audit trail are removed, in a way that still proves the rest.

First the trail says, as an entry of its own, up to which number and hash it is cut, and `audit_start` moves there in
the same transaction. Then the rows go, some at a time. The check of the chain (provisioning/audit.py) accepts a later
beginning only where the trail itself says so.
"""

from datetime import datetime

import sqlalchemy as sa

from jobs.audit import append, audit, audit_head, audit_start
from jobs.sweeping import AT_ONCE, erasing
from jobs.tables import reading, writing
from provisioning.audit import Anchor, written
from provisioning.keeping import trail_cut


def cut_trail(engine: sa.Engine, before: datetime, now: datetime) -> int:
    """Remove what was written before that moment; answers how many entries. Safe to repeat."""
    newest = _newest_before(engine, before)
    if newest is not None:
        _move_start(engine, newest, before, now)
    removed = 0
    while some := _remove_some(engine):
        removed += some
    return removed


def _newest_before(engine: sa.Engine, before: datetime) -> int | None:
    """The number of the last entry to go; those after it stay, whatever a clock that was wrong wrote into them."""
    with reading(engine) as connection:
        start = connection.execute(sa.select(audit_start.c.seq)).scalar_one()
        rest = sa.select(audit.c.seq).where(audit.c.seq > start)
        stays = rest.where(audit.c.at >= written(before)).order_by(audit.c.seq).limit(1)
        first_kept = connection.execute(stays).scalar()
        head = connection.execute(sa.select(audit_head.c.seq)).scalar_one()
    newest = head if first_kept is None else first_kept - 1
    return newest if newest > start else None


def _move_start(engine: sa.Engine, newest: int, before: datetime, now: datetime) -> None:
    with writing(engine) as connection:
        moved = audit_start.update().where(audit_start.c.seq < newest)  # another process may have been quicker
        hash_of = sa.select(audit.c.hash).where(audit.c.seq == newest).scalar_subquery()
        if connection.execute(moved.values(seq=newest, hash=hash_of)).rowcount:
            start = connection.execute(sa.select(audit_start.c.seq, audit_start.c.hash)).one()
            append(connection, trail_cut(Anchor(start.seq, start.hash), before), now)


def _remove_some(engine: sa.Engine) -> int:
    """The oldest first, so that what is left is always the end of the chain."""
    start = sa.select(audit_start.c.seq).scalar_subquery()
    some = sa.select(audit.c.seq).where(audit.c.seq <= start).order_by(audit.c.seq).limit(AT_ONCE)
    with erasing(engine) as connection:
        return connection.execute(audit.delete().where(audit.c.seq.in_(some))).rowcount
