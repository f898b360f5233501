"""What the floors need of each other, as Protocols. `bot/app.py` is where they meet their implementations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from provisioning.audit import AuditEntry, AuditRecord
from provisioning.case import Case, Conversation, Order, Person
from provisioning.directory import Account, AssignedLicense, Credential, Lookup, Match, Probe, Snapshot, Standing
from provisioning.fixes.steps import Step
from provisioning.repair import Repair


class Clock(Protocol):
    def now(self) -> datetime:
        """Timezone-aware UTC."""
        ...


class Directory(Protocol):
    """Microsoft Graph, as Mailroom needs it. Every method raises provisioning.errors.GraphError and its kin.

    Reads may be retried inside, briefly and bounded. Writes are sent once: callers look before they repeat.
    A write to a protected account raises ProtectedAccount and is not sent; a write that could not be written into
    the audit trail raises AuditUnavailable, whatever became of it. They are made on behalf of acting().
    """

    async def look_up(self, upn: str, manager: str = "") -> Lookup:
        """One `$batch`: the account, the recycle bin, the tenant, its seats, the manager if named."""
        ...

    async def get_account(self, name: str) -> Account | None:
        """By object id or UPN; None on 404."""
        ...

    async def create_account(self, order: Order, password: str) -> Account:
        """Raises ObjectConflict when the UPN or an address is taken."""
        ...

    async def restore_account(self, deleted_id: str) -> Account: ...

    async def update_account(self, account_id: str, changes: dict[str, str]) -> None:
        """PATCH with Graph's property names, e.g. {"usageLocation": "US"}."""
        ...

    async def set_manager(self, account_id: str, manager_id: str) -> None: ...

    async def assign_license(
        self,
        account_id: str,
        sku_id: str,
        disabled_plans: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None:
        """One assignLicense call: add `sku_id`, remove the SKUs in `remove`."""
        ...

    async def probe_mailboxes(self, account_ids: Sequence[str]) -> dict[str, Probe]:
        """`mailboxSettings` of each, 20 to a `$batch`. Never raises for a single member: that is UNKNOWN."""
        ...

    async def take_snapshot(self, name: str) -> Snapshot:
        """One `$batch` by object id or UPN; parts that cannot be read are named in it."""
        ...

    async def search(self, text: str) -> tuple[Match, ...]:
        """Who could be meant: by UPN, mail, alias, proxy address, display name, and the recycle bin; best first.

        At most ten; one exact hit (an address) answers alone. One `$batch`.
        """
        ...

    async def change_licenses(
        self, account_id: str, add: Sequence[AssignedLicense], remove: Sequence[str] = ()
    ) -> None:
        """One assignLicense call; a SKU in `add` that is held gets exactly these disabled plans."""
        ...

    async def change_group_licenses(self, group_id: str, add: Sequence[AssignedLicense]) -> None:
        """POST /groups/{id}/assignLicense: for every member."""
        ...

    async def reprocess_licenses(self, account_id: str) -> None: ...

    async def retry_provisioning(self, account_id: str) -> None:
        """POST /users/{id}/retryServiceProvisioning: Entra tells Exchange about the user again."""
        ...

    async def purge_deleted(self, deleted_id: str) -> None:
        """DELETE /directory/deletedItems/{id}: for good."""
        ...

    async def create_access_pass(self, account_id: str, minutes: int) -> Credential:
        """A one-time Temporary Access Pass. GraphRejected or GraphDenied where the policy forbids it."""
        ...

    async def set_password(self, account_id: str, password: str) -> None:
        """A password that must be changed at the next sign-in."""
        ...

    async def revoke_access_pass(self, account_id: str, pass_id: str) -> None:
        """By Credential.id. One that is gone already is fine."""
        ...

    async def check_changeable(self, account_id: str) -> None:
        """Raises ProtectedAccount where every write to the account would, so that a person is told at once.

        GraphError where the protection cannot be read; nothing where there is no such account. By object id or UPN.
        """
        ...

    async def standing(self, account_id: str, group_ids: Sequence[str]) -> Standing:
        """One `$batch`: does the user exist, and which of the groups (any number) is it in, transitively?

        `groups` has their ids in lower case.
        """
        ...

    async def members_of(self, group_id: str, most: int = 20) -> tuple[Person, ...]:
        """Users in the group, transitively, the first `most` of them. Raises GraphNotFound for an unknown group."""
        ...

    async def ping(self) -> None:
        """Cheap proof that Graph answers with our token; raises GraphError otherwise."""
        ...


class Audit(Protocol):
    """The append-only audit trail."""

    async def record(self, record: AuditRecord) -> None: ...

    async def history(self, subject: str, limit: int = 20) -> tuple[AuditEntry, ...]:
        """Newest first: what was done about, or ordered for, a UPN."""
        ...

    async def count(self, subject: str) -> int:
        """How many entries speak of a UPN."""
        ...


class Resync(Protocol):
    """The operator's webhook that starts a delta synchronization on the sync server."""

    async def start(self) -> None:
        """Raises MailroomError when the webhook does not take the call."""
        ...


class Jobs(Protocol):
    """The durable part, as the handlers need it."""

    async def start(self, order: Order, requester: Person, conversation: Conversation, case_id: str = "") -> Case:
        """Start a case and show its live card in `conversation`; an open case for the same UPN is joined.

        With a `case_id` that exists, open or ended, that case is shown and nothing is started.
        """
        ...

    async def get(self, case_id: str) -> Case | None: ...

    async def find(self, upn: str) -> Case | None:
        """The newest case for the UPN, open or ended."""
        ...

    async def open_cases(self, limit: int = 20) -> tuple[Case, ...]:
        """Newest first."""
        ...

    async def count_open(self) -> int:
        """All of them."""
        ...

    async def untold(self, limit: int = 5) -> tuple[Case, ...]:
        """Ready in the last days, and nobody could be told, since the chats of the order are gone. Newest first."""
        ...

    async def heard_from(self, conversation: Conversation, person: Person) -> None:
        """Somebody speaks to Mailroom, or adds it: what a conversation that was gone is owed is sent after all."""
        ...

    async def show(self, case_id: str, conversation: Conversation) -> None:
        """Put the live card at the bottom of `conversation`; an older one there becomes a pointer."""
        ...

    async def check_now(self, case_id: str) -> Case:
        """Look at the mailbox at once; answers the case as it is then."""
        ...

    async def cancel(self, case_id: str, by: Person) -> Case:
        """Stop working on the case. What was done stays done, and the card says what."""
        ...

    async def announce(self, case_id: str, conversation: Conversation) -> None:
        """Post the ready notification in `conversation` as well (once)."""
        ...

    async def start_repair(self, repair: Repair, steps: Sequence[Step], conversation: Conversation) -> Repair:
        """Show the live card in `conversation` and carry the fix out; the same id again is the same repair.

        Where another one is open for the same person, that one is answered instead.

        A repair that awaits approval is shown to those who are asked as well, and carried out once one of them agrees.
        """
        ...

    async def decide_repair(self, repair_id: str, by: Person, *, is_approved: bool, reason: str = "") -> Repair:
        """The second person's answer. Raises as provisioning.approving; that `by` may decide was checked before."""
        ...

    async def withdraw_repair(self, repair_id: str, by: Person) -> Repair:
        """Raises as provisioning.approving."""
        ...

    async def approval_place(self) -> Conversation | None:
        """The conversation in which approvals are asked for; None: each approver's 1:1 chat."""
        ...

    async def set_approval_place(self, conversation: Conversation | None) -> None: ...

    async def get_repair(self, repair_id: str) -> Repair | None: ...

    async def repairs_of(self, user: str) -> tuple[Repair, ...]:
        """Newest first."""
        ...

    async def hand_over(self, case_id: str, to: Person) -> Case:
        """From now on `to` alone may see the first sign-in details; unchanged if they have been shown."""
        ...

    async def claim_credential(self, case_id: str, by: Person) -> bool:
        """True for exactly one caller in the life of the account, and only for the credential's holder."""
        ...

    async def release_credential(self, case_id: str) -> None:
        """Undo the claim after Graph refused to issue the credential."""
        ...


class Messenger(Protocol):
    """Teams, as the jobs and handlers need it. Raises ConversationGone, MessageGone, MessageRefused,
    MessengerUnavailable.
    """

    async def show_case(self, case: Case, conversation: Conversation, activity_id: str = "") -> str:
        """Post the live card, or update it in place; answers the message's id."""
        ...

    async def show_repair(self, repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        """Post a repair's live card, or update it in place; answers the message's id."""
        ...

    async def show_approval(self, repair: Repair, conversation: Conversation, activity_id: str = "") -> str:
        """Post the card that asks a second person, or update it in place; a new one notifies. Answers its id."""
        ...

    async def announce_decision(self, repair: Repair, conversation: Conversation) -> str:
        """A new message that tells the requester what the second person said; answers its id."""
        ...

    async def show_moved(self, subject: Case | Repair, conversation: Conversation, activity_id: str) -> None:
        """Turn an older live card into a line that says the card is further down."""
        ...

    async def announce_ready(self, case: Case, conversation: Conversation) -> str:
        """A new message that notifies the requester; answers its id."""
        ...

    async def open_personal(self, person: Person, near: Conversation) -> Conversation:
        """The 1:1 chat with `person`, through the same service and tenant as `near`."""
        ...
