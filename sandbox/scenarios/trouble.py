"""Scenarios in which Microsoft Graph itself is in trouble."""

from sandbox.faults import FaultRule
from sandbox.scenarios.registry import World, scenario


@scenario("graph-down")
def graph_down(world: World) -> None:
    """Microsoft Graph answers 503 to everything."""
    world.faults.add(FaultRule(status=503))


@scenario("graph-slow")
def graph_slow(world: World) -> None:
    """Microsoft Graph takes ten seconds for every answer."""
    # Not the $batch itself: its members are slow already, all at the same time.
    world.faults.add(FaultRule(path=r"^/(?!\$batch)", delay_seconds=10.0))


@scenario("graph-html")
def graph_html(world: World) -> None:
    """A gateway before Microsoft Graph answers 502 with an HTML page."""
    world.faults.add(FaultRule(status=502, html=True))


@scenario("throttled")
def throttled(world: World) -> None:
    """Microsoft Graph throttles: 429 with Retry-After 5."""
    world.faults.add(FaultRule(status=429, retry_after=5))


@scenario("forbidden")
def forbidden(world: World) -> None:
    """The app lacks the permissions: 403 to everything."""
    world.faults.add(FaultRule(status=403, path=r"^/(?!\$batch)"))  # a batch is let through, its members are not
