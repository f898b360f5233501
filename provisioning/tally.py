"""What can be counted while work is done: called where it happens, counted by whoever looks from outside.

This one counts nothing; bot/metrics.py counts for Prometheus. Methods are called from any thread and never raise.
No argument is anyone's name or id.
"""

from provisioning.priority import Priority


class Tally:
    """The port, and what stands there when nobody counts."""

    def graph_answered(self, method: str, path: str, outcome: str) -> None:
        """One request, also one in a `$batch`; `path` is its template, `outcome` one of graph/watching.py's."""

    def graph_waited(self, limit: str, urgency: Priority, seconds: float) -> None:
        """A request was held back so long, so that the limit is kept."""

    def case_ready(self, seconds: float) -> None:
        """A mailbox is ready, so long after it was ordered."""

    def card_sent(self, kind: str, *, is_update: bool, merged: int) -> None:
        """A conversation was brought up to date; `merged` changes before the last were not sent by themselves."""

    def audited(self, kind: str, *, is_written: bool) -> None:
        """Something was to be put into the audit trail by itself; orders and ends go with their case."""

    def repair_ended(self, fix: str, outcome: str) -> None:
        """A fix that somebody asked for came to an end."""


NOBODY = Tally()
