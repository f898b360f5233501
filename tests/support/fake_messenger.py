"""A Messenger in memory: what stands in each conversation, and everything that was ever sent."""

from collections import deque
from dataclasses import dataclass, field

from provisioning.bulk import BulkSummary
from provisioning.case import Case, Conversation, Person
from provisioning.errors import ConversationGone, MessageGone
from provisioning.incidents import Incident
from provisioning.repair import Repair


@dataclass(frozen=True)
class Sent:
    """One call. `kind`: posted, updated, moved, ready, trouble, decision, incident or incident over."""

    kind: str
    conversation_id: str
    activity_id: str
    case: Case | Repair | BulkSummary | Incident


@dataclass
class FakeMessenger:
    sent: list[Sent] = field(default_factory=list)
    failures: deque[Exception] = field(default_factory=deque)
    deleted: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)  # ids of people who have not installed the app

    def fail(self, *errors: Exception) -> None:
        """The next calls raise these, one each."""
        self.failures.extend(errors)

    def kinds(self) -> list[str]:
        return [sent.kind for sent in self.sent]

    async def show_case(self, case: Case, conversation: Conversation, activity_id: str = "") -> str:
        if activity_id in self.deleted:
            raise MessageGone("The message is gone.")
        return self._send("updated" if activity_id else "posted", conversation, activity_id, case)

    async def show_repair(self, repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        return self._send("repair updated" if activity_id else "repair posted", conversation, activity_id, repair)

    async def show_approval(self, repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        return self._send("approval updated" if activity_id else "approval posted", conversation, activity_id, repair)

    async def announce_decision(self, repair: Repair, conversation: Conversation) -> str:
        return self._send("decision", conversation, "", repair)

    async def show_bulk(self, summary: BulkSummary, conversation: Conversation, activity_id: str = "") -> str:
        return self._send("bulk updated" if activity_id else "bulk posted", conversation, activity_id, summary)

    async def announce_bulk(self, summary: BulkSummary, conversation: Conversation) -> str:
        return self._send("bulk ended", conversation, "", summary)

    async def show_moved(self, case: Case | Repair | BulkSummary, conversation: Conversation, activity_id: str) -> None:
        self._send("moved", conversation, activity_id, case)

    async def announce_ready(self, case: Case, conversation: Conversation) -> str:
        return self._send("ready", conversation, "", case)

    async def announce_incident(self, incident: Incident, conversation: Conversation, *, is_over: bool) -> str:
        return self._send("incident over" if is_over else "incident", conversation, "", incident)

    async def announce_trouble(self, case: Case, conversation: Conversation) -> str:
        return self._send("trouble", conversation, "", case)

    async def open_personal(self, person: Person, near: Conversation) -> Conversation:
        if person.id in self.strangers:
            raise ConversationGone("Teams knows no 1:1 chat with this person.")
        return Conversation(f"a:{person.id}", "personal", near.service_url, near.tenant_id)

    def _send(
        self, kind: str, conversation: Conversation, activity_id: str, case: Case | Repair | BulkSummary | Incident
    ) -> str:
        if self.failures:
            raise self.failures.popleft()
        activity_id = activity_id or f"m{len(self.sent)}"
        self.sent.append(Sent(kind, conversation.id, activity_id, case))
        return activity_id
