"""One look at a person: the snapshot, what it means, and the case if there is one."""

from dataclasses import dataclass, replace

from cards.diagnosis import diagnosis_card
from handlers.requests import Reply, Services
from provisioning.attempts import attempts_of
from provisioning.case import Case
from provisioning.diagnosis import Diagnosis, diagnose
from provisioning.directory import Snapshot


@dataclass(frozen=True)
class Look:
    """One look at a person: what Graph says, what it means, and the case if Mailroom has one."""

    snapshot: Snapshot
    diagnosis: Diagnosis
    case: Case | None


async def look(name: str, services: Services, case: Case | None = None) -> Look:
    """The snapshot of `name` and its diagnosis, with what the person's case tried. Raises GraphError."""
    snapshot = await services.directory.take_snapshot(name)
    upn = snapshot.account.upn if snapshot.account else name
    case = case or await services.jobs.find(upn)
    attempts = attempts_of(case) if case else ()
    snapshot = replace(snapshot, attempts=attempts)
    return Look(snapshot, diagnose(snapshot), case)


def show(found: Look, services: Services) -> Reply:
    case_id = found.case.id if found.case else ""
    card = diagnosis_card(found.diagnosis, can_resync=services.can_resync, case_id=case_id)
    return Reply(card=card, own_view=("diagnose", {"user": found.diagnosis.user}))
