"""How long it usually takes, in words."""

from datetime import timedelta

from cards.language import counted, number, say, told
from cards.texts import duration
from provisioning.figures import FEWEST, Estimate


def usually(estimate: Estimate) -> str:
    """From this tenant's own cases; Microsoft's words where those are too few."""
    if estimate.median is None or estimate.high is None:
        few = _few(estimate.count)
        return say("{few}. Microsoft says: usually under 30 minutes, up to 24 hours", few=few)
    cases = say("{count} cases {scope}", count=number(estimate.count), scope=told(estimate.scope.value))
    half, high = rounded(estimate.median), rounded(estimate.high)
    return say("{half}, 9 in 10 within {high} ({cases})", half=half, high=high, cases=cases)


def rounded(span: timedelta) -> str:
    """Whole minutes from a minute on: more would pretend."""
    return duration(span if span < timedelta(minutes=1) else timedelta(minutes=round(span / timedelta(minutes=1))))


def _few(count: int) -> str:
    if not count:
        return say("No finished case here yet: {needed} are needed for a figure of our own", needed=FEWEST)
    return counted(
        "1 finished case here: {needed} are needed for a figure of our own",
        "{n} finished cases here: {needed} are needed for a figure of our own",
        count,
        needed=FEWEST,
    )
