"""How well causes are named, in figures: everybody in trouble, people with two troubles, and a healthy fleet."""

import itertools
from dataclasses import dataclass, field

from support.cause_table import Clinic, Look, Situation, situations

MOST_ROUND_TRIPS = 2
NEWCOMER = "pat.doe"


@dataclass
class Score:
    """`wanted` causes, one a trouble; `named`: those that were told. `problems` says each shortcoming in words.

    `shared`, `shared_on_top`: the cause named is one that nothing in Graph tells from the true one. `alike`: findings
    of that kind, most of them beside the true one; they are marked as likely, and are not false.
    """

    people: int = 0
    wanted: int = 0
    named: int = 0
    shared: int = 0
    on_top: int = 0
    shared_on_top: int = 0
    findings: int = 0
    alike: int = 0
    false: int = 0
    most_round_trips: int = 0
    hidden: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return percent(self.named + self.shared, self.wanted)

    @property
    def strict_recall(self) -> float:
        """Counts what Graph cannot tell apart as missed."""
        return percent(self.named, self.wanted)

    @property
    def precision(self) -> float:
        return percent(self.findings - self.false, self.findings)

    def add(self, title: str, look: Look, *troubles: Situation) -> None:
        allowed = frozenset().union(*(trouble.allowed for trouble in troubles))
        false = [cause for cause in look.named if cause not in allowed]
        self.people += 1
        true = frozenset().union(*(trouble.causes for trouble in troubles))
        self.findings += len(look.named)
        self.alike += sum(cause in allowed - true for cause in look.named)
        self.false += len(false)
        self.most_round_trips = max(self.most_round_trips, look.round_trips)
        for trouble in troubles:
            self._add_trouble(title, look, trouble)
        if look.named and look.named[0] in allowed:
            is_it = any(look.named[0] in trouble.causes for trouble in troubles)
            self.on_top, self.shared_on_top = self.on_top + is_it, self.shared_on_top + (not is_it)
        if false or look.round_trips > MOST_ROUND_TRIPS:
            self.problems.append(f"{title}: named {look.named}, {look.round_trips} round trips")

    def _add_trouble(self, title: str, look: Look, trouble: Situation) -> None:
        self.wanted += 1
        if set(trouble.causes) & set(look.named):
            self.named += 1
        elif trouble.allowed & set(look.named):
            self.shared += 1
        else:
            self.problems.append(f"{title}: not one of {trouble.causes} is among {look.named}")


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


async def name_everybody(clinic: Clinic) -> Score:
    """One trouble each. Who has one that Graph never shows must look healthy."""
    score = Score()
    for one in situations():
        await clinic.admit(*one.names)
        look = await clinic.look_at(one)
        if not one.is_hidden:
            score.add(one.scenario, look, one)
            continue
        score.hidden.append(one.scenario)
        if look.named:
            score.problems.append(f"{one.scenario}: {look.named} was named, of which Graph shows nothing")
    return score


def pairs(every: int = 1) -> list[tuple[Situation, Situation]]:
    """Troubles of different aspects, those of which the sandbox says that one person can have both."""
    both = itertools.combinations([one for one in situations() if one.aspects], 2)
    return [(one, other) for one, other in both if not set(one.aspects) & set(other.aspects)][::every]


async def name_pairs(clinic: Clinic, every: int = 1) -> Score:
    score = Score()
    for number, (one, other) in enumerate(pairs(every)):
        await clinic.admit("default")
        user = f"{NEWCOMER}{number}@contoso.com"
        await clinic.add_together(user, one.scenario, other.scenario)
        score.add(f"{one.scenario} + {other.scenario}", await clinic.look(user), one, other)
    return score


async def name_fleet(clinic: Clinic, size: int) -> Score:
    """Nobody in it has anything that needs repair."""
    await clinic.admit("default")
    score = Score()
    for look in await clinic.look_at_all(await clinic.add_fleet(size)):
        score.add(look.diagnosis.user, look)
        if not look.diagnosis.is_healthy:
            score.problems.append(f"{look.diagnosis.user}: {look.diagnosis.summary}")
    return score


def told(everybody: Score, both: Score, fleet: Score) -> str:
    """All figures in one line."""
    return (
        f"causes: {everybody.people} people, the right one on top {everybody.on_top} times and one that looks the same "
        f"{everybody.shared_on_top} times, "
        f"recall {everybody.recall} % ({everybody.strict_recall} % without what Graph cannot tell apart), "
        f"precision {everybody.precision} %; pairs: {both.people}, recall {both.recall} %, "
        f"precision {both.precision} %; healthy: {fleet.people}, false alarms {fleet.findings}"
    )
