"""The time of this machine."""

from datetime import UTC, datetime


class SystemClock:
    """Implements provisioning.ports.Clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
