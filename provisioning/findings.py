"""What a diagnosis says: evidence, findings and the fixes that they offer. Data only."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


@dataclass(frozen=True)
class Evidence:
    """A property as Microsoft Graph names it, and its value in this snapshot."""

    property: str
    value: str


class FixKind(StrEnum):
    GRAPH = "graph"  # a button: Mailroom can do it
    POWERSHELL = "powershell"  # exact commands to copy
    ADVICE = "advice"  # something to do or wait for


class Risk(IntEnum):
    """From nothing at all to possible loss of data; 2 and 3 want a confirmation and a second person."""

    NONE = 0
    REVERSIBLE = 1
    MAIL_FLOW = 2  # affects mail flow or several objects
    DATA_LOSS = 3


@dataclass(frozen=True)
class Fix:
    """`changes`: one sentence for before the click. `script`: PowerShell, filled in with the user's values.

    `runs_by_webhook`: becomes a button where the operator has set up a webhook for it (directory sync).
    """

    id: str
    title: str
    kind: FixKind
    risk: Risk
    changes: str
    script: str = ""
    runs_by_webhook: bool = False


@dataclass(frozen=True)
class Source:
    title: str
    url: str


@dataclass(frozen=True)
class Finding:
    """A cause that the snapshot shows. `sentence`: what is wrong and what to do.

    `is_likely`: named by elimination, because Graph cannot show it; `proof` is what would prove it.
    `is_note`: explains something, but nothing needs repair. Lower `rank` is more likely.
    """

    cause: str
    slug: str
    sentence: str
    evidence: tuple[Evidence, ...]
    fixes: tuple[Fix, ...]
    source: Source
    rank: int
    is_likely: bool = False
    proof: str = ""
    is_note: bool = False

    @property
    def order(self) -> tuple[bool, bool, int, str]:
        """Sorts findings: certain before likely, notes at the end, then by rank."""
        return self.is_note, self.is_likely, self.rank, self.cause
