"""What cures whom: the documented fixes, those of other causes, and what Mailroom's verdict says of either."""

from dataclasses import dataclass

from support.cause_table import Clinic, Situation, answered, situations
from support.cures import is_well, person

from provisioning import fixes
from provisioning.directory import Snapshot
from provisioning.errors import BadOrder
from provisioning.repair import Repair, RepairState
from sandbox.causes import CAUSES

ALL = {one.scenario: one for one in situations()}
# Nothing is broken in the directory, or Graph shows the same before and after.
INCURABLE = {"sign-in-name-taken", "known-by-alias", "guest-account", "second-mailbox"}
CURABLE = [name for name in ALL if name not in INCURABLE]
# Over within a day, whatever is done.
TIMELY = {"normal-latency", "replication-lag", "follow-up-too-early", "not-seen-by-rest"}
STUBBORN = [name for name in CURABLE if name not in TIMELY]
# What brings the mailbox by another way than mending: another license, or the same plan among others.
OTHER_WAYS = {
    "dependent-plan-off": {"assign-license"},
    "exchange-plan-off": {"assign-license", "enable-all-plans", "reassign-license", "recreate-mailbox"},
    "exchange-plan-off-in-group": {"assign-license"},
    "no-usage-location": {"assign-license"},
    "plan-pending-activation": {"assign-license"},
    "plan-pending-provisioning": {"assign-license"},
}
# They start the license's clock anew, or take away what a finding rested on.
MISLEADING = {"reassign-license", "recreate-mailbox", "purge-deleted"}
NO_WRITES = {"re-check", "use-free-name"}
DAY = 26.0  # hours: longer than any mailbox takes


@dataclass(frozen=True)
class Outcome:
    """What Mailroom's repairs said, what a new diagnosis says a day later, and what the sandbox knows."""

    repairs: tuple[Repair, ...]
    is_healthy: bool
    is_well: bool
    summary: str

    @property
    def is_called_cured(self) -> bool:
        return any(repair.state is RepairState.CURED for repair in self.repairs)

    @property
    def problems(self) -> list[str]:
        return [repair.problem.sentence for repair in self.repairs if repair.problem]


async def cure(clinic: Clinic, one: Situation) -> Outcome:
    """By the documented fixes."""
    await clinic.admit(*one.names)
    before = await clinic.look_at(one)
    repairs = await clinic.cure(one, before.who, before.named[0])
    if not (await clinic.look(before.who)).diagnosis.is_healthy:
        await clinic.rest(DAY)
    return await _outcome(clinic, one, before.who, *repairs)


async def leave_alone(clinic: Clinic, one: Situation) -> Outcome:
    """Nobody does anything for a day."""
    await clinic.admit(*one.names)
    who = (await clinic.look_at(one)).who
    await clinic.rest(DAY)
    return await _outcome(clinic, one, who)


async def mistreat(clinic: Clinic, one: Situation, fix_id: str) -> Outcome:
    """By a fix for something else. Raises BadOrder where Mailroom refuses it for this user."""
    await clinic.admit(*one.names)
    before = await clinic.look_at(one)
    repair = await clinic.treat(fix_id, before.who, before.named[0])
    await clinic.rest(DAY)
    return await _outcome(clinic, one, before.who, repair)


async def foreign_fixes(clinic: Clinic, one: Situation, most: int) -> tuple[list[str], int]:
    """Those that Mailroom would carry out for this user although they mend something else, and how many it refuses.

    With fewer than there are, others for everybody.
    """
    right = {one.cured_by[0], *(way[0] for way in one.alternatives), *OTHER_WAYS.get(one.scenario, ())}
    await clinic.admit(*one.names)
    snapshot = (await clinic.look_at(one)).snapshot
    tried = sorted(set(fixes.PLANNERS) - right - MISLEADING - NO_WRITES)
    planned = [fix_id for fix_id in tried if _can_plan(fix_id, snapshot)]
    start = list(ALL).index(one.scenario) % max(1, len(planned))
    return (planned[start:] + planned[:start])[:most], len(tried) - len(planned)


def _can_plan(fix_id: str, snapshot: Snapshot) -> bool:
    try:
        answered(fix_id, snapshot)
    except BadOrder:
        return False
    return True


async def _outcome(clinic: Clinic, one: Situation, who: str, *repairs: Repair) -> Outcome:
    after = (await clinic.look(who)).diagnosis
    tenant = clinic.sandbox.tenant
    well = is_well(tenant, person(tenant, CAUSES[one.scenario]))
    return Outcome(repairs, after.is_healthy, well, after.summary)
