"""How long it usually takes, in words."""

from datetime import timedelta

from cards.texts import duration
from provisioning.figures import FEWEST, Estimate

MICROSOFT = "usually under 30 minutes, up to 24 hours"


def usually(estimate: Estimate) -> str:
    """From this tenant's own cases; Microsoft's words where those are too few."""
    if estimate.median is None or estimate.high is None:
        return f"{_few(estimate.count)}. Microsoft says: {MICROSOFT}"
    cases = f"{estimate.count:,} cases {estimate.scope.value}"
    return f"{rounded(estimate.median)}, 9 in 10 within {rounded(estimate.high)} ({cases})"


def rounded(span: timedelta) -> str:
    """Whole minutes from a minute on: more would pretend."""
    return duration(span if span < timedelta(minutes=1) else timedelta(minutes=round(span / timedelta(minutes=1))))


def _few(count: int) -> str:
    known = {0: "No finished case here yet", 1: "1 finished case here"}.get(count, f"{count} finished cases here")
    return f"{known}: {FEWEST} are needed for a figure of our own"
