"""What handlers need for bulks, as Protocols: the durable part, and files in Teams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from provisioning.bulk import Bulk, BulkLine, BulkSummary, Outcome
from provisioning.case import Conversation, Person
from provisioning.fixes.steps import Step
from provisioning.repair import Repair


@dataclass(frozen=True)
class SharedFile:
    """A file that somebody attached in a 1:1 chat. `url` is signed and good for minutes."""

    name: str
    url: str


@dataclass(frozen=True)
class Upload:
    """Where a file goes that somebody agreed to take: `uploadInfo` of Teams' file consent."""

    name: str
    url: str
    content_url: str
    unique_id: str
    file_type: str


class Files(Protocol):
    """Files in the OneDrive of whoever chats with the bot. Raises BadOrder with the sentence."""

    async def fetch(self, file: SharedFile, near: Conversation) -> bytes:
        """At most bulk_reading.MOST_BYTES."""
        ...

    async def put(self, upload: Upload, content: bytes, near: Conversation) -> None: ...

    async def offer(
        self, name: str, description: str, size: int, answer: Mapping[str, str], conversation: Conversation
    ) -> None:
        """Ask in a 1:1 chat whether the file is wanted. `answer` has the verb of the handler, and comes back sealed."""
        ...

    async def hand_over(self, upload: Upload, conversation: Conversation, consent_id: str) -> None:
        """A message with the file that was put; the question is taken away."""
        ...

    async def withdraw(self, conversation: Conversation, consent_id: str) -> None:
        """Take the question away."""
        ...


class Bulks(Protocol):
    """The durable part."""

    async def draft(self, bulk: Bulk, lines: Sequence[BulkLine]) -> None:
        """Keep a checked list, instead of an earlier check of it."""
        ...

    async def get(self, bulk_id: str) -> Bulk | None: ...

    async def lines(self, bulk_id: str) -> tuple[BulkLine, ...]: ...

    async def start(self, bulk_id: str, by: Person, conversation: Conversation) -> BulkSummary:
        """Show the one card in `conversation`, and begin; one that has begun is only shown."""
        ...

    async def start_repairs(
        self, bulk: Bulk, repairs: Sequence[tuple[Repair, Sequence[Step]]], conversation: Conversation
    ) -> BulkSummary:
        """The same fix for several people, each a normal repair; the same id again starts nothing."""
        ...

    async def stop(self, bulk_id: str, by: Person) -> BulkSummary:
        """What has not begun does not begin. The rest goes on."""
        ...

    async def again(self, bulk_id: str, by: Person, after: int) -> BulkSummary:
        """Order once more what failed; nothing where round `after` is not the last one any more."""
        ...

    async def show(self, bulk_id: str, conversation: Conversation) -> None: ...

    async def summary(self, bulk_id: str) -> BulkSummary | None: ...

    async def open_ones(self) -> tuple[BulkSummary, ...]:
        """Newest first."""
        ...

    async def outcomes(self, bulk_id: str) -> tuple[Outcome, ...]:
        """Every line, in order."""
        ...

    async def at_work(self, upns: Sequence[str]) -> Mapping[str, str]:
        """Who ordered, by UPN in lower case, for those who are being worked on."""
        ...
